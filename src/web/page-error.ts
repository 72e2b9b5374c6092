// The page that says what went wrong and what to do now.

import type { Context } from 'hono'
import { html } from 'hono/html'
import { layout } from './layout.ts'
import type { Html } from './parts.ts'
import type { Env } from './visitor.ts'

export function errorPage(c: Context<Env>, status: number, message: string): Html {
  const words = c.get('words')
  const title = words.errors[status] ?? words.errors[500]!
  return layout(c, { title, content: html`<section class="narrow card">
<p class="quiet">${status}</p>
<h1>${title}</h1>
<p class="message">${message}</p>
${c.get('reader') ? html`<p><a href="/">${words.back}</a></p>` : ''}
</section>` })
}
