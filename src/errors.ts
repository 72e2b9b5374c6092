// The one error for what a person can mend. Everything else that is thrown is a bug, and is caught
// only at the three doors: the command line, the request boundary, a job's run.

export type ErrorCode = 'invalid' | 'not-found' | 'conflict' | 'unavailable'

/** One thing wrong with an input, by its place: a row and column, a file and line, or an option. */
export interface Problem {
  readonly row?: number | undefined
  readonly column?: string | undefined
  readonly value?: string | undefined
  readonly reason: string
}

/** Names the value, the place, the allowed range and the way out; `problems` lists every fault of an input. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly problems: readonly Problem[]

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; problems?: readonly Problem[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.problems = options.problems ?? []
  }
}

export const invalid = (message: string, problems?: readonly Problem[]): AppError =>
  new AppError('invalid', message, problems ? { problems } : {})
export const notFound = (message: string): AppError => new AppError('not-found', message)
export const conflict = (message: string): AppError => new AppError('conflict', message)
