// The checklist of a certification, area by area: how far each has come, whose each item is, and the
// evidence for it. Long lists stay folded until somebody opens an area.

import { html } from 'hono/html'
import type { ChecklistView, RequirementView } from '../app/requirements.ts'
import { type Progress, type RequirementState, requirementWords } from '../core/requirement.ts'
import { proof } from './evidence-card.ts'
import { command, type Html, inLanguage, tag, type Tone } from './parts.ts'
import type { PageWords } from './words-en.ts'

/** As many items as are read at a glance: beyond that only the areas are. */
const unfolded = 20

export function requirementsCard(view: ChecklistView, words: PageWords): Html {
  const { requirements: said } = words
  const isLong = view.progress.all > unfolded
  return html`<section class="card" aria-labelledby="requirements">
<h2 id="requirements">${inLanguage(view.title, words)} ${view.mark === 'unverified' ? tag(words.unverified, 'amber') : ''}</h2>
<p class="foot">${progress(view.progress, words)}${view.basis ? html` · ${view.basis}` : ''}</p>
${view.areas.map((area) => html`<details${isLong ? '' : html` open`}><summary>${inLanguage(area.title, words)} ${progress(area.progress, words)}</summary>
${area.items.length > 0 ? itemTable(area.items, words) : html`<p class="foot">${
    area.byImport ? html`${said.fill} ${command(`requirement import FILE --certification ${view.certificationId}`)}` : said.empty}</p>`}</details>`)}
</section>`
}

function progress({ all, settled, percent, counts }: Progress, words: PageWords): Html {
  const { requirements: said } = words
  if (all === 0) return html`<span class="quiet">${said.empty}</span>`
  const rest = (['in-progress', 'open'] as const).filter((state) => counts[state] > 0).map((state) => `${stateIn(state, words)} ${counts[state]}`)
  return html`<progress max="100" value="${percent}" aria-label="${said.settled(settled, all)}"></progress> <span class="quiet">${
    [said.settled(settled, all), ...rest].join(words.list)}</span>`
}

function itemTable(items: readonly RequirementView[], words: PageWords): Html {
  const { requirements: said, columns } = words
  return html`<table class="rows steps">
<thead><tr><th scope="col">${said.item}</th><th scope="col">${columns.owner}</th><th scope="col">${said.evidence}</th>
<th scope="col" class="end">${columns.state}</th></tr></thead>
<tbody>${items.map((item) => itemRow(item, words))}</tbody>
</table>`
}

const stateIn = (state: RequirementState, words: PageWords): string => inLanguage(requirementWords[state], words)

const tones: Readonly<Record<RequirementState, Tone>> = { open: 'grey', 'in-progress': 'blue', met: 'green', 'not-applicable': 'grey' }

function itemRow(item: RequirementView, words: PageWords): Html {
  const { requirements: said, columns } = words
  return html`<tr>
<th scope="row"><span class="quiet">${item.code}</span> ${inLanguage(item.title, words)}${item.reason ? html`<span class="under">${item.reason}</span>` : ''}</th>
<td data-label="${columns.owner}">${item.owner ?? html`<span class="quiet">${words.nobody}</span>`}</td>
<td data-label="${said.evidence}">${item.evidence.length > 0 ? item.evidence.map((one, n) => html`${n > 0 ? html`<br>` : ''}${proof(one)}`)
    : item.state === 'met' ? tag(said.unproven, 'amber') : ''}</td>
<td class="end">${tag(stateIn(item.state, words), tones[item.state])}</td>
</tr>`
}
