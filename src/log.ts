// pino, set up once. A log line never holds an address, a body, a token or a secret: callers pass
// ids and counts, and the redaction below is only the second net.

import { pino, type Logger } from 'pino'

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>

const hidden = ['password', 'token', 'secret', 'email', 'to', 'raw', 'text', 'html']

/** Writes JSON lines to standard error, so that standard output stays the answer of a command. */
export function openLog(level: string): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: faultOf },
    redact: { paths: hidden.flatMap((name) => [name, `*.${name}`]), remove: true },
  }, pino.destination({ dest: 2, sync: true }))
}

export interface Fault {
  readonly name: string
  readonly code?: string
  readonly message?: string
  readonly at: readonly string[]
}

/**
 * Names a fault by what and where it is. A failed query repeats the values it was given, addresses among
 * them, so its code stands for its message.
 */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { name: typeof error, at: [] }
  const cause = error.cause instanceof Error ? error.cause : error
  const code = 'code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {}
  const message = 'query' in error || 'query' in cause ? {} : { message: error.message.slice(0, 300) }
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 12).map((line) => line.trim())
  return { name: cause.name, ...code, ...message, at }
}

const nothing = (): void => undefined

/** Says nothing: for commands whose answer is all a person wants, and for tests. */
export const silentLog: Log = { info: nothing, warn: nothing, error: nothing, debug: nothing }
