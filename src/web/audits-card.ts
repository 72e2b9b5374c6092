// The visits of auditors that a certification is part of: the last allowed, the booked and the actual day, who
// comes, where to, and how the days were moved.

import { html } from 'hono/html'
import type { AuditView, VisitedDuty } from '../app/audits.ts'
import { dayOn, type Html, inLanguage, tag, type Tone } from './parts.ts'
import type { PageWords } from './words-en.ts'

const tones: Readonly<Record<AuditView['state'], Tone>> = { planned: 'grey', booked: 'blue', 'carried-out': 'green', cancelled: 'grey' }

export function auditsCard(audits: readonly AuditView[], certificationId: number, words: PageWords): Html | '' {
  const { audits: said, columns } = words
  if (audits.length === 0) return ''
  return html`<section class="card" aria-labelledby="audits"><h2 id="audits">${said.title}</h2>
<table class="rows"><thead><tr><th scope="col">${said.visit}</th><th scope="col">${columns.by}</th><th scope="col">${columns.booked}</th><th scope="col">${said.actual}</th><th scope="col" class="end">${columns.state}</th></tr></thead>
<tbody>${audits.map((audit) => auditRow(audit, certificationId, words))}</tbody></table>
</section>`
}

function auditRow(audit: AuditView, certificationId: number, words: PageWords): Html {
  const { audits: said, columns } = words
  const own = audit.duties.filter((duty) => duty.certificationId === certificationId)
  const others = new Set(audit.duties.map((duty) => duty.certificationId)).size - 1
  return html`<tr><th scope="row">${audit.title}${[audit.body, ...audit.organisations, ...audit.sites].filter((one) => one !== undefined).map((one) => html`<span class="under">${one}</span>`)}${
    others > 0 ? html`<span class="under">${said.others(others)}</span>` : ''}</th>
<td data-label="${columns.by}">${own.map((duty) => html`<span class="under">${inLanguage(duty.title, words)}</span>${dayOn(duty.dueOn, words)}${duty.latestOn ? html`<span class="under">${words.latest(duty.latestOn)}</span>` : ''}`)}</td>
<td data-label="${columns.booked}">${bookedOf(audit, words)}${audit.moves.map((move) => html`<span class="under">${said.moved[move.movedBy]}${move.fromOn ? `: ${words.day(move.fromOn)} → ${move.toOn ? words.day(move.toOn) : ''}` : ''}${move.reason ? ` (${move.reason})` : ''}</span>`)}</td>
<td data-label="${said.actual}">${audit.carriedOutOn ? dayOn(audit.carriedOutOn, words) : ''}${own.map((duty) => beside(duty, audit, words))}</td>
<td class="end">${tag(said.states[audit.state], tones[audit.state])}${audit.reason ? html`<span class="under">${audit.reason}</span>` : ''}</td></tr>`
}

function bookedOf({ bookedFrom, bookedUntil, state }: AuditView, words: PageWords): Html {
  if (!bookedFrom) return state === 'planned' ? html`<span class="quiet">${words.notBooked}</span>` : html``
  return bookedUntil && !bookedUntil.equals(bookedFrom) ? html`${dayOn(bookedFrom, words)} – ${dayOn(bookedUntil, words)}` : html`${dayOn(bookedFrom, words)}`
}

// Early or late, it is kept: what that is to the limit, and what it costs.
function beside({ fit, daysToLimit, costs }: VisitedDuty, { state }: AuditView, words: PageWords): Html | '' {
  if (state === 'cancelled' || daysToLimit === undefined || fit === undefined) return ''
  if (fit === 'past-the-limit') return html`<span class="under">${tag(words.audits.late(-daysToLimit), 'red')} ${costs ? inLanguage(costs, words) : ''}</span>`
  return html`<span class="under">${words.audits.early(daysToLimit)}</span>`
}
