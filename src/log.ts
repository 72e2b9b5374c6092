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
    redact: { paths: hidden.flatMap((name) => [name, `*.${name}`]), remove: true },
  }, pino.destination({ dest: 2, sync: true }))
}

const nothing = (): void => undefined

/** Says nothing: for commands whose answer is all a person wants, and for tests. */
export const silentLog: Log = { info: nothing, warn: nothing, error: nothing, debug: nothing }
