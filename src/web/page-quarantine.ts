// Mail held after a restore, as an administrator decides about it: what it says, and two buttons. It begins with nothing
// chosen, and what is pressed is about exactly what was shown.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { App } from '../app/app.ts'
import { decideHeldFor, type HeldMail, type HeldPage } from '../app/quarantine.ts'
import { tokenField } from './layout.ts'
import { command, type Html, inLanguage, momentAt, tag } from './parts.ts'
import { type Env, readerOf } from './visitor.ts'

export function heldCard(c: Context<Env>, { held, total }: HeldPage): Html {
  const { mail, columns } = c.get('words')
  const said = mail.quarantine
  if (held.length === 0) return html`<section class="card"><p class="foot">${said.none}</p></section>`
  return html`<section class="card" aria-labelledby="held"><h2 id="held">${said.title}</h2>
<p class="foot">${said.note}</p>
<p class="foot">${said.by} ${command('message release --unless-in FILE --dry-run')}</p>
${c.req.query('chosen') === 'none' ? html`<p class="asked amber" role="status">${said.nothing}</p>` : ''}
<form method="post" action="/mail/quarantine">${tokenField(c)}
<table class="rows"><thead><tr><th scope="col">${said.choose}</th><th scope="col">${columns.to}</th><th scope="col">${said.says}</th><th scope="col">${said.at}</th></tr></thead>
<tbody>${held.map((one) => heldRow(c, one))}</tbody></table>
${held.length < total ? html`<p class="foot">${said.rest(held.length)}</p>` : ''}
<p class="foot"><button class="primary" name="act" value="release">${said.release}</button> <button name="act" value="drop">${said.drop}</button></p>
</form>
${held.length === total ? wholeForm(c, held) : ''}
</section>`
}

// All that is shown, and no more: what came meanwhile has been looked at by nobody.
function wholeForm(c: Context<Env>, held: readonly HeldMail[]): Html {
  const said = c.get('words').mail.quarantine
  return html`<form method="post" action="/mail/quarantine">${tokenField(c)}${held.map((one) => html`<input type="hidden" name="message" value="${one.id}">`)}
<p class="foot"><button name="act" value="release">${said.releaseAll(held.length)}</button> <button name="act" value="drop">${said.dropAll(held.length)}</button></p></form>`
}

const shownNotices = 5

function heldRow(c: Context<Env>, one: HeldMail): Html {
  const words = c.get('words')
  const { mail, columns } = words
  const said = mail.quarantine
  const { zone } = readerOf(c).person
  const at = words.moment(one.dueAt.toZonedDateTimeISO(zone))
  return html`<tr>
<td><input type="checkbox" name="message" value="${one.id}" aria-label="${said.chooseOne(one.person, at)}"></td>
<th scope="row" data-label="${columns.to}">${one.person}<span class="under"><a href="/mail/${one.id}">${mail.kinds[one.kind] ?? one.kind}</a>${one.rehearsal ? ` · ${mail.rehearsal}` : ''}</span></th>
<td data-label="${said.says}">${one.notices.slice(0, shownNotices).map((notice) =>
    html`<span class="under">${notice.certification}: ${inLanguage(notice.title, words)}, ${words.notice(notice.notice)}</span>`)}${
    one.notices.length > shownNotices ? html`<span class="under">${said.more(one.notices.length - shownNotices)}</span>` : ''}${
    one.news > 0 ? html`<span class="under">${said.news(one.news)}</span>` : ''}${one.inDoubt ? tag(said.inDoubt, 'amber') : ''}</td>
<td data-label="${said.at}">${momentAt(one.dueAt, zone, words)}</td>
</tr>`
}

/** Carries out what the form of the page asks, and leads back to it. */
export async function decideHeld(app: App, c: Context<Env>): Promise<Response> {
  const form = await c.req.parseBody({ all: true })
  const chosen = [form['message']].flat().flatMap((value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? [Number(value)] : []))
  const asked = form['act'] === 'release' || form['act'] === 'drop' ? form['act'] : undefined
  const isEmpty = chosen.length === 0 || asked === undefined
  // Asked also where nothing was chosen: whoever may not decide learns nothing here.
  await decideHeldFor(app, readerOf(c), { act: asked ?? 'drop', chosen: asked === undefined ? [] : chosen })
  return c.redirect(`/mail?state=quarantined${isEmpty ? '&chosen=none' : ''}`, 303)
}
