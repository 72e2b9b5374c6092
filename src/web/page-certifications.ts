// The register: searched, leafed through, sorted by the last valid day.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { RegisterEntry, RegisterPage } from '../app/register-pages.ts'
import type { Standing } from '../core/standing.ts'
import { daysBetween } from '../core/day.ts'
import { hrefWith, layout, linkTo } from './layout.ts'
import { dayOn, type Html, inLanguage, tag, type Tone } from './parts.ts'
import type { Env } from './visitor.ts'
import type { PageWords } from './words-en.ts'

export function certificationsPage(c: Context<Env>, view: RegisterPage): Html {
  const { register } = c.get('words')
  return layout(c, { title: register.title, section: 'certifications', question: view, content: html`
<div class="lead"><h1>${register.title}</h1>${searchForm(c, view)}</div>
${tabs(c, view)}
<section class="card">
${view.entries.length === 0 ? html`<p class="foot">${view.words ? register.noneFound(view.words) : register.none}</p>` : table(c, view)}
</section>
${pager(c, view)}` })
}

function searchForm(c: Context<Env>, view: RegisterPage): Html {
  const { register } = c.get('words')
  const asOf = c.req.query('asOf')
  return html`<form class="ask" method="get" action="/certifications" role="search">
<label for="q">${register.search}</label>
<input id="q" type="search" name="q" value="${view.words}" maxlength="200">
${asOf ? html`<input type="hidden" name="asOf" value="${asOf}">` : ''}
<button class="plain">${register.find}</button>
${view.words ? html`<a href="${hrefWith(c, { q: undefined, show: undefined, after: undefined })}">${register.clear}</a>` : ''}
</form>`
}

function tabs(c: Context<Env>, view: RegisterPage): Html {
  const { register } = c.get('words')
  return html`<nav class="tabs" aria-label="${register.title}">${(['current', 'ended', 'all'] as const).map((shown) =>
    html`<a href="${hrefWith(c, { show: shown, after: undefined })}"${shown === view.shown ? html` aria-current="true"` : ''}>${
      register.shown[shown]} <span class="quiet">${view.counts[shown]}</span></a>`)}</nav>`
}

function table(c: Context<Env>, view: RegisterPage): Html {
  const { columns } = c.get('words')
  return html`<table class="rows">
<thead><tr><th scope="col">${columns.certification}</th><th scope="col">${columns.organisation}</th><th scope="col">${columns.owner}</th>
<th scope="col">${columns.state}</th><th scope="col">${columns.ends}</th></tr></thead>
<tbody>${view.entries.map((entry) => row(c, entry, view))}</tbody>
</table>`
}

function row(c: Context<Env>, entry: RegisterEntry, { asOf }: RegisterPage): Html {
  const words = c.get('words')
  const { columns } = words
  const endsOn = entry.standing?.endsOn
  return html`<tr>
<th scope="row"><a href="${linkTo(c, `/certifications/${entry.id}`)}">${entry.name}</a>
<span class="under">${inLanguage(entry.scheme, words)}${entry.number ? ` · ${entry.number}` : ''}</span>${
  entry.tags.length > 0 ? html`<span class="under">${entry.tags.join(words.list)}</span>` : ''}</th>
<td data-label="${columns.organisation}">${entry.organisation}</td>
<td data-label="${columns.owner}">${entry.owner ?? html`<span class="quiet">${words.nobody}</span>`}</td>
<td data-label="${columns.state}">${stateTag(entry.standing, words)}</td>
<td data-label="${columns.ends}">${endsOn ? html`${dayOn(endsOn, words)} <span class="quiet">${words.register.distance(daysBetween(asOf, endsOn))}</span>`
    : html`<span class="quiet">${words.register.noEnd}</span>`}</td>
</tr>`
}

const tones: Readonly<Record<Standing['state'], Tone>> = {
  planned: 'blue', active: 'green', 'in-renewal': 'green', 'pending-renewal': 'green', suspended: 'amber', 'expired-restorable': 'red', expired: 'red',
  deprecated: 'amber',
  withdrawn: 'grey', cancelled: 'grey', archived: 'grey', superseded: 'grey',
}

/** What a certification is, in the words of its field. */
export const stateTag = (standing: Standing | undefined, words: PageWords): Html =>
  standing ? tag(words.certificationStates[standing.state], tones[standing.state]) : tag(words.unknownState)

function pager(c: Context<Env>, view: RegisterPage): Html | '' {
  const { register } = c.get('words')
  const beyondFirst = c.req.query('after') !== undefined
  if (!view.after && !beyondFirst) return ''
  return html`<p class="pager">${beyondFirst ? html`<a href="${hrefWith(c, { after: undefined })}">${register.first}</a>` : ''}
${view.after ? html`<a href="${hrefWith(c, { after: view.after })}" rel="next">${register.next}</a>` : ''}</p>`
}
