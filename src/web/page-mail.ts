// The mails: the list, and one with its words, attempts and the file as it went out.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { Attempt, MailboxEntry, MailboxPage, MailPage, Reported } from '../app/mailbox.ts'
import type { BounceAction } from '../core/bounce.ts'
import { type MessageState, messageStates } from '../core/message.ts'
import type { HeldPage } from '../app/quarantine.ts'
import { hrefWith, layout } from './layout.ts'
import { type Html, momentAt, tag, type Tone } from './parts.ts'
import { heldCard } from './page-quarantine.ts'
import { type Env, readerOf } from './visitor.ts'
import type { PageWords } from './words-en.ts'

const tones: Partial<Record<MessageState, Tone>> = {
  sent: 'green', captured: 'green', rejected: 'red', abandoned: 'red', deferred: 'amber', gated: 'amber', planned: 'blue', claimed: 'blue',
}

const stateTag = (state: MessageState, words: PageWords): Html => tag(words.mail.states[state], tones[state])

interface Beside { readonly mode: 'capture' | 'smtp'; readonly held: HeldPage | undefined }

export function mailboxPage(c: Context<Env>, view: MailboxPage, { mode, held }: Beside): Html {
  const { mail } = c.get('words')
  return layout(c, { title: mail.title, section: 'mail', content: html`
<div class="lead"><div><h1>${mail.title}</h1><p class="quiet">${mail.note[mode]}</p></div></div>
${states(c, view)}
${held ? heldCard(c, held) : mailCard(c, view)}` })
}

function mailCard(c: Context<Env>, view: MailboxPage): Html {
  const { mail } = c.get('words')
  return html`<section class="card">${view.entries.length === 0 ? html`<p class="foot">${mail.none}</p>` : table(c, view.entries)}</section>
${pager(c, view)}`
}

function states(c: Context<Env>, view: MailboxPage): Html {
  const { mail } = c.get('words')
  const entry = (state: MessageState | undefined): Html => html`<a href="${hrefWith(c, { state, before: undefined })}"${
    state === view.state ? html` aria-current="true"` : ''}>${state ? mail.states[state] : mail.all}</a>`
  return html`<nav class="tabs" aria-label="${mail.title}">${entry(undefined)}${messageStates.map(entry)}</nav>`
}

function table(c: Context<Env>, entries: readonly MailboxEntry[]): Html {
  const words = c.get('words')
  const { columns, mail } = words
  const { zone } = readerOf(c).person
  return html`<table class="rows">
<thead><tr><th scope="col">${columns.subject}</th><th scope="col">${columns.to}</th><th scope="col">${columns.when}</th><th scope="col" class="end">${columns.state}</th></tr></thead>
<tbody>${entries.map((one) => html`<tr>
<th scope="row"><a href="/mail/${one.id}">${one.subject ?? mail.noSubject}</a><span class="under">${mail.kinds[one.kind] ?? one.kind}${
    one.rehearsal ? ` · ${mail.rehearsal}` : ''}</span></th>
<td data-label="${columns.to}">${one.person}</td>
<td data-label="${columns.when}">${momentAt(one.at, zone, words)}</td>
<td class="end">${stateTag(one.state, words)}</td>
</tr>`)}</tbody>
</table>`
}

function pager(c: Context<Env>, view: MailboxPage): Html | '' {
  const { mail } = c.get('words')
  const older = c.req.query('before') !== undefined
  if (!view.before && !older) return ''
  return html`<p class="pager">${older ? html`<a href="${hrefWith(c, { before: undefined })}">${mail.first}</a>` : ''}
${view.before ? html`<a href="${hrefWith(c, { before: String(view.before) })}" rel="next">${mail.next}</a>` : ''}</p>`
}

export function mailPage(c: Context<Env>, view: MailPage): Html {
  const words = c.get('words')
  const { mail } = words
  return layout(c, { title: view.subject ?? mail.noSubject, section: 'mail', content: html`
<div class="lead"><div>
<p class="quiet">${mail.kinds[view.kind] ?? view.kind}${view.rehearsal ? ` · ${mail.rehearsal}` : ''}</p>
<h1>${view.subject ?? mail.noSubject}</h1>
</div>${view.raw ? html`<a class="button" href="/mail/${view.id}/message.eml" download="recert-${view.id}.eml">${mail.download}</a>` : ''}</div>
${headerFacts(c, view)}
${view.html === undefined ? html`<p class="foot">${mail.noParts}</p>` : html`<section class="card" aria-labelledby="html">
<h2 id="html">${mail.html} <a class="quiet" href="/mail/${view.id}/html">${mail.alone}</a></h2>
<iframe class="letter" src="/mail/${view.id}/html" sandbox="" title="${mail.frame}"></iframe>
</section>`}
${view.text === undefined ? '' : html`<section class="card" aria-labelledby="text"><h2 id="text">${mail.text}</h2><pre class="letter" tabindex="0">${view.text}</pre></section>`}
${attempts(c, view.attempts)}${view.reports.length > 0 ? reports(c, view.reports) : ''}` })
}

function headerFacts(c: Context<Env>, view: MailPage): Html {
  const words = c.get('words')
  const { mail, columns } = words
  const { zone } = readerOf(c).person
  return html`<section class="card"><dl class="pairs">
<div><dt>${columns.to}</dt><dd>${view.person}${view.address ? html` <span class="quiet">${view.address}</span>` : ''}</dd></div>
<div><dt>${columns.state}</dt><dd>${stateTag(view.state, words)}</dd></div>
<div><dt>${mail.dueAt}</dt><dd>${momentAt(view.dueAt, zone, words)}</dd></div>
${view.settledAt ? html`<div><dt>${mail.settledAt}</dt><dd>${momentAt(view.settledAt, zone, words)}</dd></div>` : ''}
<div><dt>${mail.identity}</dt><dd class="quiet">${view.messageId}</dd></div>
</dl></section>`
}

function attempts(c: Context<Env>, list: readonly Attempt[]): Html {
  const words = c.get('words')
  const { mail, columns } = words
  const { zone } = readerOf(c).person
  return html`<section class="card" aria-labelledby="attempts"><h2 id="attempts">${mail.attempts}</h2>
${list.length === 0 ? html`<p class="foot">${mail.noAttempts}</p>` : html`<table class="rows">
<thead><tr><th scope="col">${columns.attempt}</th><th scope="col">${columns.when}</th><th scope="col">${columns.channel}</th><th scope="col">${columns.reply}</th><th scope="col" class="end">${columns.outcome}</th></tr></thead>
<tbody>${list.map((one) => html`<tr>
<th scope="row">${one.number}</th>
<td data-label="${columns.when}">${momentAt(one.at, zone, words)}</td>
<td data-label="${columns.channel}">${mail.channels[one.channel] ?? one.channel}</td>
<td data-label="${columns.reply}">${one.reply ?? ''}</td>
<td class="end">${one.outcome ? tag(mail.outcomes[one.outcome] ?? one.outcome) : tag(mail.underWay, 'blue')}</td>
</tr>`)}</tbody></table>`}
</section>`
}

const actionTones: Partial<Record<BounceAction, Tone>> = { failed: 'red', delayed: 'amber' }

// In the mail server's own words, which anybody may have written: escaped like everything else, and cut.
function reports(c: Context<Env>, list: readonly Reported[]): Html {
  const words = c.get('words')
  const { mail, columns } = words
  const { zone } = readerOf(c).person
  return html`
<section class="card" aria-labelledby="reports"><h2 id="reports">${mail.reports}</h2><table class="rows">
<thead><tr><th scope="col">${columns.when}</th><th scope="col">${columns.reply}</th><th scope="col" class="end">${columns.outcome}</th></tr></thead>
<tbody>${list.map((one) => html`<tr>
<th scope="row">${momentAt(one.at, zone, words)}</th>
<td data-label="${columns.reply}">${[one.status, one.diagnostic].filter(Boolean).join(' · ')}${one.suspends ? html`<span class="under">${mail.suspended}</span>` : ''}</td>
<td class="end">${tag(mail.actions[one.action], actionTones[one.action])}</td>
</tr>`)}</tbody></table></section>`
}
