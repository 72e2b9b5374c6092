// Signing in: asking for a link, the button that uses one, and what to do with one that is used up. Nothing here
// depends on whether an address is known.

import type { Context } from 'hono'
import { html } from 'hono/html'
import { layout, tokenField } from './layout.ts'
import { command, type Html } from './parts.ts'
import type { Env } from './visitor.ts'

const getLink = 'admin login-link EMAIL'

/** Takes an address and says how else to get a link; also what a page answers to somebody who is not signed in. */
export function signInPage(c: Context<Env>): Html {
  const { signIn } = c.get('words')
  return layout(c, { title: signIn.title, content: html`<section class="narrow card">
<h1>${signIn.title}</h1>
<p>${signIn.how}</p>
<form class="ask" method="post" action="/sign-in">${tokenField(c)}<label for="address">${signIn.address}</label>
<input id="address" name="address" type="email" autocomplete="email" maxlength="254" required><button class="primary">${signIn.send}</button></form>
<p>${signIn.ask}</p>
<p>${command(getLink)}</p>
<p class="quiet">${signIn.lasts}</p>
</section>` })
}

/** What whoever asked is told: the same to everybody. */
export function askedPage(c: Context<Env>): Html {
  const { signIn } = c.get('words')
  return layout(c, { title: signIn.askedTitle, content: html`<section class="narrow card">
<h1>${signIn.askedTitle}</h1>
<p>${signIn.asked}</p>
<p>${signIn.ask}</p>
<p>${command(getLink)}</p>
<p class="quiet">${signIn.lasts}</p>
</section>` })
}

/** The page behind a link: a button, so that a mail scanner that opens links signs nobody in. */
export function linkPage(c: Context<Env>): Html {
  const { signIn } = c.get('words')
  return layout(c, { title: signIn.title, content: html`<section class="narrow card">
<h1>${signIn.title}</h1>
<p>${signIn.ready}</p>
<form method="post">${tokenField(c)}<button class="primary">${signIn.button}</button></form>
<p class="quiet">${signIn.lasts}</p>
</section>` })
}

export function goneLinkPage(c: Context<Env>): Html {
  const { signIn } = c.get('words')
  return layout(c, { title: signIn.goneTitle, content: html`<section class="narrow card">
<h1>${signIn.goneTitle}</h1>
<p>${signIn.gone}</p>
<p>${command(getLink)}</p>
<p class="quiet">${signIn.lasts}</p>
</section>` })
}
