// A file of somebody's on its way to a browser: to be saved, never to be shown or run in our place.

import type { Context } from 'hono'
import type { Env } from './visitor.ts'

export interface Download {
  readonly name: string
  /** In bytes. */
  readonly size: number
  readonly type: string
  readonly content: AsyncGenerator<Uint8Array>
}

/** Whatever the file holds, a page, a picture with scripts or a program: nothing of it runs, loads or is framed. */
const policy = "sandbox; default-src 'none'; frame-ancestors 'none'"

/** Answers with a file, part by part as the browser takes them; a fault found before the first part becomes a page. */
export async function download(c: Context<Env>, { name, size, type, content }: Download): Promise<Response> {
  const first = c.req.method === 'HEAD' ? undefined : await content.next()
  return c.body(ReadableStream.from(fromFirst(first, content)), 200, {
    'Content-Type': type, 'Content-Length': String(size), 'Content-Disposition': attachment(name),
    'Content-Security-Policy': policy, 'Cache-Control': 'private, no-store', 'X-Content-Type-Options': 'nosniff',
  })
}

async function* fromFirst(first: IteratorResult<Uint8Array> | undefined, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first === undefined || first.done) return
  yield first.value
  yield* rest
}

/** Returns the header that names what is saved: in plain letters for older programs, then as it is (RFC 6266, RFC 5987). */
export function attachment(name: string): string {
  const plain = name.replace(/[^ !#$&+\-.0-9A-Z^_`a-z{}~()[\],;=@]/gu, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
