// What proves the duties, steps, findings and items of a certification: files to fetch and links to open, with
// who added each and when.

import { html } from 'hono/html'
import type { EvidenceView } from '../app/evidence.ts'
import { dayOn, type Html, inLanguage } from './parts.ts'
import { proof } from './requirements-card.ts'
import type { PageWords } from './words-en.ts'

export function evidenceCard(list: readonly EvidenceView[], zone: string, words: PageWords): Html | '' {
  const { evidence: said, columns } = words
  if (list.length === 0) return ''
  return html`<section class="card" aria-labelledby="evidence"><h2 id="evidence">${said.title}</h2>
<table class="rows"><thead><tr><th scope="col">${said.what}</th><th scope="col">${said.proves}</th><th scope="col">${columns.when}</th><th scope="col" class="end">${columns.who}</th></tr></thead>
<tbody>${list.map((one) => html`<tr><th scope="row">${proof(one)}</th>
<td data-label="${said.proves}">${said.kinds[one.target.kind]}<span class="under">${inLanguage(one.target.title, words)}</span></td>
<td data-label="${columns.when}">${dayOn(one.addedAt.toZonedDateTimeISO(zone).toPlainDate(), words)}</td>
<td class="end">${one.addedBy ?? ''}</td></tr>`)}</tbody></table>
</section>`
}
