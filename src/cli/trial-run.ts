// A command tried out on a copy of the records: `reminder preview --with "COMMAND LINE"`.

import type { App } from '../app/app.ts'
import { AppError, invalid } from '../errors.ts'
import { splitWords } from './command-line.ts'
import type { Context } from './context.ts'

/** The whole command line, as program.ts runs it; handed down, since that is made of these commands. */
export type Run = (argv: readonly string[], context: Context, report: (error: unknown) => void) => Promise<number>

// What changes records. The others only read, write files, send, or are about the installation.
const changing = [
  'organisation', 'person', 'policy', 'certification', 'obligation', 'procedure', 'audit', 'finding', 'requirement', 'evidence', 'import', 'calendar',
]

/**
 * Returns what carries a command line out on a copy. One that fails throws what it said, with its exit code; what it
 * prints otherwise is not shown, as it did not happen.
 */
export function trialOf(line: string, context: Context, run: Run): (copy: App) => Promise<void> {
  const argv = splitWords(line)
  if (argv[0] === undefined || !changing.includes(argv[0])) {
    throw invalid(`--with ${JSON.stringify(line)} is not a command that changes records. It begins with one of ${changing.join(', ')}; `
      + 'leave "recert" out, and put the whole of it into quotes: --with "person away ann@example.org --from 2027-01-04 --until 2027-01-15"')
  }
  return async (copy) => {
    const faults: unknown[] = []
    let said = ''
    const exit = await run(argv, contextOf(copy, context, (text) => { said += text }), (error) => faults.push(error))
    // A fault of ours stays one: it is told and logged as any other.
    if (faults.length > 0) throw faults[0]
    if (exit !== 0) throw new AppError(exit === 2 ? 'invalid' : 'conflict', said.trimEnd() || `"${line}" ended with exit code ${exit}.`)
  }
}

function contextOf(copy: App, context: Context, stderr: (text: string) => void): Context {
  const refuse = () => Promise.reject(invalid('A trial starts no server.'))
  return {
    ...context, clock: copy.clock, app: async () => copy, served: true, serve: refuse, demo: refuse,
    io: { ...context.io, stdout: () => undefined, stdoutBytes: async () => undefined, stderr },
  }
}
