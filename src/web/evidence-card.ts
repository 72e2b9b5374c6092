// The evidence of a certification, all of it: what each piece proves and who added it when. What was withdrawn
// is folded away, with the reason.

import { html } from 'hono/html'
import type { EvidenceView } from '../app/evidence.ts'
import { type Evidence, formatSize, isWebLink } from '../core/evidence.ts'
import { command, type Html, inLanguage, momentAt } from './parts.ts'
import type { PageWords } from './words-en.ts'

export interface EvidenceShown {
  readonly certificationId: number
  /** The newest first. */
  readonly list: readonly EvidenceView[]
  /** More than these are recorded. */
  readonly cut: boolean
  /** The zone moments are told in. */
  readonly zone: string
}

export function evidenceCard({ certificationId, list, cut, zone }: EvidenceShown, words: PageWords): Html | '' {
  const { evidence: said } = words
  if (list.length === 0) return ''
  const valid = list.filter((one) => !one.withdrawn)
  const withdrawn = list.filter((one) => one.withdrawn)
  return html`<section class="card" aria-labelledby="evidence"><h2 id="evidence">${said.title}</h2>
${valid.length > 0 ? evidenceTable(valid, zone, words) : html`<p class="foot">${said.none}</p>`}
${withdrawn.length > 0 ? html`<details><summary>${said.withdrawn(withdrawn.length)}</summary>${evidenceTable(withdrawn, zone, words)}</details>` : ''}
${cut ? html`<p class="foot">${said.cut(list.length)} ${command(`evidence list --certification ${certificationId} --withdrawn`)}</p>` : ''}
</section>`
}

function evidenceTable(list: readonly EvidenceView[], zone: string, words: PageWords): Html {
  const { evidence: said, columns } = words
  return html`<table class="rows steps">
<thead><tr><th scope="col">${said.title}</th><th scope="col">${said.proves}</th><th scope="col" class="end">${columns.when}</th></tr></thead>
<tbody>${list.map((one) => evidenceRow(one, zone, words))}</tbody>
</table>`
}

function evidenceRow(one: EvidenceView, zone: string, words: PageWords): Html {
  const { evidence: said } = words
  const { target, withdrawn } = one
  return html`<tr>
<th scope="row">${proof(one)}${withdrawn?.reason ? html`<span class="under">${withdrawn.reason}</span>` : ''}</th>
<td data-label="${said.proves}">${target.code ? html`<span class="quiet">${target.code}</span> ` : ''}${inLanguage(target.title, words)}<span class="under">${said.kinds[target.kind]}</span></td>
<td class="end">${momentAt(one.addedAt, zone, words)}${one.addedBy ? html`<span class="under">${one.addedBy}</span>` : ''}${
    withdrawn ? html`<span class="under">${said.taken} ${momentAt(withdrawn.at, zone, words)}${withdrawn.by ? html` ${withdrawn.by}` : ''}</span>` : ''}</td>
</tr>`
}

// Whoever added it may have written anything: only what leads to a page of the web becomes a link.
export function proof({ id, title, link, file }: Evidence): Html {
  if (file) return html`<a href="/evidence/${id}">${title ?? file.name}</a> <span class="quiet">${title ? `${file.name}, ` : ''}${formatSize(file.size)}</span>`
  return isWebLink(link) ? html`<a href="${link}" rel="noreferrer noopener">${title ?? shortened(link)}</a>` : html`${title ?? ''} ${link}`
}

function shortened(link: string): string {
  const plain = link.replace(/^https?:\/\//, '').replace(/\/$/, '')
  return plain.length > 60 ? `${plain.slice(0, 40)}…${plain.slice(-18)}` : plain
}
