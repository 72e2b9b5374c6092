// What audits found at a certification: grade, the three days with what is late, who answers for it, its state.

import { html } from 'hono/html'
import type { FindingView } from '../app/findings.ts'
import type { Day } from '../core/day.ts'
import { findingWords } from '../core/finding.ts'
import { dayOn, type Html, inLanguage, tag } from './parts.ts'
import type { PageWords } from './words-en.ts'

export function findingsCard(list: readonly FindingView[], words: PageWords): Html | '' {
  const { findings: said, columns } = words
  if (list.length === 0) return ''
  return html`<section class="card" aria-labelledby="findings"><h2 id="findings">${said.title}</h2>
<table class="rows"><thead><tr><th scope="col">${said.finding}</th><th scope="col">${said.answer}</th><th scope="col">${said.proof}</th><th scope="col">${said.verified}</th>
<th scope="col">${columns.owner}</th><th scope="col" class="end">${columns.state}</th></tr></thead>
<tbody>${list.map((one) => findingRow(one, words))}</tbody></table>
</section>`
}

function findingRow(one: FindingView, words: PageWords): Html {
  const { findings: said, columns } = words
  const late = (what: string): boolean => one.late && one.owed?.what === what
  return html`<tr>
<th scope="row">${one.number ? `${one.number} ` : ''}${one.title}<span class="under">${inLanguage(one.gradeTitle, words)}${one.clause ? ` · ${one.clause}` : ''}${one.site ? ` · ${one.site}` : ''}</span></th>
<td data-label="${said.answer}">${dayCell(one.answerDueOn, one.answeredOn, late('answer'), words)}</td>
<td data-label="${said.proof}">${dayCell(one.proofDueOn, one.provenOn, late('proof'), words)}</td>
<td data-label="${said.verified}">${dayCell(one.verifyDueOn, one.verifiedOn, false, words)}${one.mark === 'unverified' && one.open ? html`<span class="marks">${tag(words.unverified, 'amber')}</span>` : ''}</td>
<td data-label="${columns.owner}">${one.owner ?? html`<span class="quiet">${words.nobody}</span>`}</td>
<td class="end">${tag(inLanguage(findingWords[one.state], words), one.state === 'closed' ? 'green' : one.late ? 'red' : one.state === 'proof-sent' ? 'blue' : 'grey')}${
    one.closedOn ? html`<span class="under">${dayOn(one.closedOn, words)}</span>` : ''}</td>
</tr>`
}

// The day it was done; else the last day for it.
function dayCell(dueOn: Day | undefined, on: Day | undefined, late: boolean, words: PageWords): Html | '' {
  if (on) return dayOn(on, words)
  if (!dueOn) return ''
  return html`<span class="quiet">${words.findings.until(words.day(dueOn))}</span>${late ? tag(words.findings.late, 'red') : ''}`
}
