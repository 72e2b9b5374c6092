// Connections that are kept between mails: a greeting, TLS and a sign-in cost more than a mail. Which of them is
// open, how often it was used, and when it has idled too long; what a connection is, smtp.ts knows.

/** One connection, signed in; `close` says good-bye and may be called at any time and twice. */
export interface Line {
  readonly isOpen: () => boolean
  readonly close: () => void
}

export interface KeptLines<L extends Line> {
  /** Takes an idle connection; undefined where there is none. */
  take(): L | undefined
  /** Keeps a connection for the next mail, unless it is closed or has carried enough. */
  keep(line: L): void
  /** Closes all that idle: where one was found dead, the others are as old. */
  clear(): void
}

/** Mail servers end a connection after a number of mails, most often a hundred, and count it as a fault of ours. */
const mailsPerLine = 90
/** Servers that are idled at hang up; a run of mail that ended does not hold their connections. */
const longestIdle = 5_000

export function keepLines<L extends Line>(): KeptLines<L> {
  const idle: { readonly line: L; readonly timer: NodeJS.Timeout }[] = []
  const carried = new WeakMap<L, number>()
  const drop = (line: L): void => {
    const at = idle.findIndex((one) => one.line === line)
    if (at >= 0) idle.splice(at, 1)
    line.close()
  }
  return {
    take() {
      for (let one = idle.pop(); one; one = idle.pop()) {
        clearTimeout(one.timer)
        if (one.line.isOpen()) return one.line
      }
      return undefined
    },
    keep(line) {
      const mails = (carried.get(line) ?? 0) + 1
      if (!line.isOpen() || mails >= mailsPerLine) return line.close()
      carried.set(line, mails)
      idle.push({ line, timer: setTimeout(() => drop(line), longestIdle).unref() })
    },
    clear() {
      for (const { line, timer } of idle.splice(0)) {
        clearTimeout(timer)
        line.close()
      }
    },
  }
}
