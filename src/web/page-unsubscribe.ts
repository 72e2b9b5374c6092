// The page that ends a weekly mail from within it, and the one behind a link that leads nowhere any more.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { SubscriptionPage } from '../app/subscriptions.ts'
import { layout, tokenField } from './layout.ts'
import { type Html } from './parts.ts'
import type { Env } from './visitor.ts'

export function unsubscribePage(c: Context<Env>, { about, ended }: SubscriptionPage): Html {
  const { unsubscribe } = c.get('words')
  const says = unsubscribe[about]
  return layout(c, { title: says.title, content: html`<section class="narrow card">
<h1>${says.title}</h1>
${ended ? html`<p role="status">${says.ended}</p>
<form method="post">${tokenField(c)}<button name="again" value="1">${unsubscribe.again}</button></form>
<p class="quiet">${unsubscribe.later}</p>` : html`<p>${says.says}</p>
<form method="post">${tokenField(c)}<button class="primary">${says.button}</button></form>`}
<p class="quiet">${unsubscribe.reminders}</p>
</section>` })
}

/** A link that was never made, or has expired: the same to whoever tries. */
export function goneAnswerPage(c: Context<Env>): Html {
  const { answer } = c.get('words')
  return layout(c, { title: answer.goneTitle, content: html`<section class="narrow card">
<h1>${answer.goneTitle}</h1>
<p>${answer.gone}</p>
</section>` })
}
