// All that a command may see of the terminal it was typed in. A command that a running server carries
// out for another terminal gets that terminal's.

export interface Io {
  readonly stdout: (text: string) => void
  /** Writes bytes as they are; returns once more can be taken. */
  readonly stdoutBytes: (part: Uint8Array) => Promise<void>
  readonly stderr: (text: string) => void
  /** Reads standard input to its end. */
  readonly stdin: () => Promise<string>
  /** The folder that relative file names start from, absolute. */
  readonly cwd: string
  /** Characters that fit on a line. */
  readonly columns: number
  readonly language: 'en' | 'zh'
}

/** The terminal of this process. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  return {
    stdout: (text) => void process.stdout.write(text),
    stdoutBytes: writeBytes,
    stderr: (text) => void process.stderr.write(text),
    stdin: readInput,
    cwd: process.cwd(),
    columns: process.stdout.columns ?? 80,
    language: languageOf(process.env),
  }
}

// `… | head` stops listening once it has its lines. The command has done its work all the same.
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

// Whoever reads slowly slows the writer down; one that has closed its end takes nothing, and is not waited for.
function writeBytes(part: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(part, () => resolve())
  })
}

async function readInput(): Promise<string> {
  let text = ''
  for await (const part of process.stdin.setEncoding('utf8')) text += part
  return text
}

/** Reads the language from the variables that POSIX names for it, the strongest first. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): 'en' | 'zh' {
  const locale = environment['LC_ALL'] || environment['LC_MESSAGES'] || environment['LANG'] || ''
  return locale.startsWith('zh') ? 'zh' : 'en'
}
