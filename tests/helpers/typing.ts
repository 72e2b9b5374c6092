// Commands as a person types them, carried out whole on a test application: words in, exit code and text out.

import type { App } from '../../src/app/app.ts'
import type { Context } from '../../src/cli/context.ts'
import { run } from '../../src/cli/program.ts'

export interface Answer { readonly exit: number; readonly out: string; readonly err: string; readonly bytes: Buffer }

export type Typist = (words: TemplateStringsArray, ...values: readonly string[]) => Promise<Answer>

export interface Terminal { readonly folder: string; readonly language?: 'en' | 'zh'; readonly columns?: number; readonly stdin?: string }

/** Returns how commands are typed; a value put into the words is one word, whatever it holds. */
export function typist(app: App, terminal: () => Terminal): Typist {
  return async (words, ...values) => {
    const said = { out: '', err: '', bytes: Buffer.alloc(0) }
    const { folder, language = 'en', columns = 100, stdin = '' } = terminal()
    const context: Context = {
      io: { stdout: (text) => void (said.out += text), stderr: (text) => void (said.err += text), stdoutBytes: async (part) => void (said.bytes = Buffer.concat([said.bytes, part])), stdin: async () => stdin, cwd: folder, columns, language },
      clock: app.clock, zone: 'UTC', app: async () => app, calendars: () => Promise.reject(new Error('no calendar is asked for')),
      served: false, jobs: [], transport: () => undefined, home: folder,
      serve: () => Promise.reject(new Error('not served here')), demo: () => Promise.reject(new Error('no demo here')),
    }
    const argv = words.flatMap((text, n) => [...text.split(' ').filter((one) => one !== ''), ...(n < values.length ? [values[n]!] : [])])
    const exit = await run(argv, context, (error) => { throw error })
    return { exit, ...said }
  }
}
