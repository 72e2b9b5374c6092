// One certification: where it stands and why, its days, what must be done, what was said and recorded.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { DutyView } from '../app/reading.ts'
import type { CertificationPage, NamedDay, Recorded, Said } from '../app/register-pages.ts'
import type { Decision, Words } from '../core/certification.ts'
import type { Remark } from '../core/remark.ts'
import { answersCard } from './answers-card.ts'
import { evidenceCard } from './evidence-card.ts'
import { layout, linkTo } from './layout.ts'
import { stateTag } from './page-certifications.ts'
import { auditsCard } from './audits-card.ts'
import { findingsCard } from './findings-card.ts'
import { requirementsCard } from './requirements-card.ts'
import { runCard, windowsCard } from './run-card.ts'
import { daysLeft, dayOn, type Html, inLanguage, legend, lightMark, momentAt, tag } from './parts.ts'
import { type Env, readerOf } from './visitor.ts'
import type { PageWords } from './words-en.ts'

export function certificationPage(c: Context<Env>, view: CertificationPage): Html {
  const words = c.get('words')
  const { certification } = view
  return layout(c, { title: certification.name, section: 'certifications', question: view, content: html`
<div class="lead"><div>
<p class="quiet">${inLanguage(view.scheme, words)} · ${view.organisation}</p>
<h1>${certification.name}</h1>
</div></div>
${standing(view, words)}
${remarks(view, words)}
<div class="pair">
${facts(c, view)}
${dates(view, words)}
</div>
${duties(view, words)}
${view.requirements ? requirementsCard(view.requirements, words) : ''}
${evidenceCard({ ...view.evidence, certificationId: certification.id, zone: readerOf(c).person.zone }, words)}
${view.runs.map((run) => runCard(run, words))}
${windowsCard(view.windows, words)}
${auditsCard(view.audits, certification.id, words)}
${findingsCard(view.findings, words)}
${said(c, view)}
${answersCard(c, view.answers)}
<div class="pair">
${decisions(view.decisions, words)}
${history(c, view.recorded)}
</div>` })
}

function standing({ standing: now }: CertificationPage, words: PageWords): Html {
  const { certification: said } = words
  const ended = now?.over === true
  const until = now?.endsOn && (ended ? said.ended(now.endsOn) : said.until(now.endsOn))
  return html`<section class="card pad standing">
<p class="state">${stateTag(now, words)} <strong>${until ?? said.noEnd}</strong></p>
${now?.binds && !ended ? html`<p>${said.binds(words.bindings[now.binds])} ${now.restorableUntil ? (now.doubt ? said.doubtful : said.restorable)(now.restorableUntil) : ''}</p>` : ''}
${now?.statedOn && now.computedOn && !now.statedOn.equals(now.computedOn) ? html`<p class="quiet">${said.differ(now.statedOn, now.computedOn)}</p>` : ''}
</section>`
}

function remarks({ remarks: list, footings }: CertificationPage, words: PageWords): Html | '' {
  if (list.length === 0) return ''
  return html`<section class="card" aria-labelledby="remarks"><h2 id="remarks">${words.remarks.title}</h2>
<ul>${list.map((one) => html`<li class="foot">${one.kind === 'finding-open' && one.late ? tag(words.findings.late, 'red') : ''} ${remarkText(one, footings, words)}</li>`)}</ul></section>`
}

function remarkText(one: Remark, footings: readonly Words[], words: PageWords): string {
  const { remarks: said } = words
  const inside = (text: Words): string => inLanguage(text, words)
  switch (one.kind) {
    case 'rule-set': return said.ruleSet(inside(one.title))
    case 'disputed': return said.disputed(inside(one.option), inside(one.value), inside(one.says))
    case 'edition-closed': return said.editionClosed(inside(one.edition), one.until, one.decidedOn)
    case 'restoration-doubtful': return inside(one.says)
    case 'locked-out': return said.lockedOut(one.until, one.basis)
    case 'footing-lapsed': return said.footingLapsed(words.certificationStates[one.state], one.endsOn)
    case 'finding-open': return said.findingOpen(inside(one.grade), one.number ?? String(one.findingId), one.title, one.dueOn)
    case 'footing-renewed': return said.footingRenewed(one.on)
    default: return said.footingUnknown(footings.map(inside))
  }
}

function facts(c: Context<Env>, view: CertificationPage): Html {
  const words = c.get('words')
  const { certification: said } = words
  const { certification } = view
  const linked = (one: { id: number; name: string }): Html => html`<a href="${linkTo(c, `/certifications/${one.id}`)}">${one.name}</a>`
  const entries: readonly [string, unknown][] = [
    [said.owner, view.owner ?? html`<span class="quiet">${words.nobody}</span>`],
    [said.number, certification.certificateNumber],
    [said.body, certification.certificationBody],
    [said.holder, certification.holder],
    [said.covers, listed(certification.covers)],
    [said.sites, listed(certification.sites)],
    [said.scope, certification.scope],
    [said.tags, certification.tags.length > 0 ? certification.tags.join(words.list) : undefined],
    [said.country, certification.country],
    [said.parent, view.parent && linked(view.parent)],
    [said.riders, view.riders.length > 0 ? html`${view.riders.map((one) => html`${linked(one)}<br>`)}` : undefined],
  ]
  return html`<section class="card" aria-labelledby="facts"><h2 id="facts">${said.facts}</h2>
<dl class="pairs">${entries.filter(([, value]) => value !== undefined).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>`
}

const listed = (names: readonly string[]): Html | undefined =>
  (names.length === 0 ? undefined : html`${names.map((name) => html`${name}<br>`)}`)

function dates(view: CertificationPage, words: PageWords): Html {
  const { certification: said } = words
  const entry = (one: NamedDay): Html => html`<div><dt>${said.days[one.name] ?? (one.title ? inLanguage(one.title, words) : one.name)}</dt>
<dd>${one.day ? dayOn(one.day, words) : html`<span class="quiet">${words.notRecorded}</span>`} ${one.assumed ? tag(words.assumed) : one.computed ? tag(words.computed) : ''}</dd></div>`
  return html`<section class="card" aria-labelledby="dates"><h2 id="dates">${said.dates}</h2>
<dl class="pairs">${view.days.map(entry)}${view.otherDays.map(entry)}</dl>
</section>`
}

function duties(view: CertificationPage, words: PageWords): Html {
  const { certification: said } = words
  const isOpen = (duty: DutyView): boolean => duty.state !== 'met' && duty.state !== 'not-applicable'
  const open = view.duties.filter(isOpen)
  const closed = view.duties.filter((duty) => !isOpen(duty))
  return html`<section class="card" aria-labelledby="duties"><h2 id="duties">${said.duties}</h2>
${view.duties.length === 0 ? html`<p class="foot">${said.noDuties}</p>` : ''}
${open.length > 0 ? dutyTable(open, words) : ''}
${closed.length > 0 ? html`<details><summary>${said.closed(closed.length)}</summary>${dutyTable(closed, words)}</details>` : ''}
${open.length > 0 ? html`<div class="foot">${legend(words)}</div>` : ''}
</section>`
}

function dutyTable(shown: readonly DutyView[], words: PageWords): Html {
  const { columns } = words
  return html`<table class="rows duties">
<thead><tr><th scope="col">${columns.duty}</th><th scope="col">${columns.by}</th><th scope="col">${columns.booked}</th>
<th scope="col">${columns.owner}</th><th scope="col">${columns.basis}</th><th scope="col" class="end">${columns.state}</th></tr></thead>
<tbody>${shown.map((duty) => dutyRow(duty, words))}</tbody>
</table>`
}

// What is agreed with somebody else; of the rest nobody expects a booking.
const isBooked: ReadonlySet<DutyView['kind']> = new Set(['surveillance-audit', 'recertification', 'assessment', 'internal-audit', 'management-review'])

function dutyRow(duty: DutyView, words: PageWords): Html {
  const { columns } = words
  const { dueOn, latestOn, movedFrom, bookedOn, endedOn } = duty
  return html`<tr>
<th scope="row"><div class="lit">${duty.light ? lightMark(duty.light, words) : html`<span class="light" aria-hidden="true"></span>`}<span>${inLanguage(duty.title, words)}</span></div></th>
<td data-label="${columns.by}">${dayOn(dueOn, words)}${latestOn && !latestOn.equals(dueOn) ? html`<span class="under">${words.latest(latestOn)}</span>` : ''}${
    movedFrom ? html`<span class="under">${words.moved(movedFrom, duty.movedBy)}</span>` : ''}</td>
<td data-label="${columns.booked}">${bookedOn ? dayOn(bookedOn, words) : isBooked.has(duty.kind) ? html`<span class="quiet">${words.notBooked}</span>` : ''}</td>
<td data-label="${columns.owner}">${duty.owner ?? html`<span class="quiet">${words.nobody}</span>`}</td>
<td data-label="${columns.basis}" class="basis">${duty.basis}${duty.mark === 'derived' ? ` (${words.derived})` : ''}<span class="marks">${duty.mark === 'unverified' ? tag(words.unverified, 'amber') : ''}${
    duty.provisional ? tag(words.provisional) : ''}${duty.outside ? tag(words.outside) : ''}${duty.advice ? tag(words.advice) : ''}</span></td>
<td class="end">${duty.state === 'open' ? daysLeft(duty.outside || duty.advice ? Math.max(0, duty.daysLeft) : duty.daysLeft, duty.light, words)
    : tag(words.dutyStates[duty.state], duty.state === 'met' ? 'green' : duty.state === 'submitted' ? 'blue' : 'grey')}${
    endedOn ? html`<span class="under">${dayOn(endedOn, words)}</span>` : ''}</td>
</tr>`
}

function said(c: Context<Env>, view: CertificationPage): Html {
  const words = c.get('words')
  const { columns, certification } = words
  return html`<section class="card" aria-labelledby="said"><h2 id="said">${certification.said}</h2>
${view.said.length === 0 ? html`<p class="foot">${certification.noSaid}</p>` : html`<table class="rows">
<thead><tr><th scope="col">${columns.duty}</th><th scope="col">${columns.said}</th><th scope="col">${columns.told}</th><th scope="col">${columns.when}</th>
<th scope="col" class="end">${columns.mail}</th></tr></thead>
<tbody>${view.said.map((row) => saidRow(c, row))}</tbody></table>
${readerOf(c).rights.messages === 'every' ? html`<p class="foot"><a href="/certifications/${c.req.param('id')}/proof.csv">${certification.proof}</a></p>` : ''}`}
</section>`
}

function saidRow(c: Context<Env>, row: Said): Html {
  const words = c.get('words')
  const { columns, mail } = words
  const state = row.messageState && (mail.states as Record<string, string>)[row.messageState]
  return html`<tr>
<th scope="row">${row.duty ? inLanguage(row.duty, words) : ''}</th>
<td data-label="${columns.said}">${words.notice(row.notice)}<span class="under">${words.day(row.countedTo)}</span></td>
<td data-label="${columns.told}">${row.person}<span class="under">${words.purposes[row.purpose] ?? row.purpose}</span></td>
<td data-label="${columns.when}">${momentAt(row.at, readerOf(c).person.zone, words)}</td>
<td class="end">${row.outcome !== 'said' ? tag(words.outcomes[row.outcome] ?? row.outcome)
    : row.messageId === undefined ? tag(state ?? '') : html`<a href="/mail/${row.messageId}">${state ?? row.messageId}</a>`}</td>
</tr>`
}

function decisions(list: readonly Decision[], words: PageWords): Html {
  const { certification } = words
  return html`<section class="card" aria-labelledby="decisions"><h2 id="decisions">${certification.decisions}</h2>
${list.length === 0 ? html`<p class="foot">${certification.noDecisions}</p>` : html`<ol class="events">${list.map((one) => html`<li>
${dayOn(one.decidedOn, words)} <span><strong>${words.decisions[one.kind]}</strong>${one.untilOn ? html`, ${words.columns.until} ${dayOn(one.untilOn, words)}` : ''}${
    one.was ? html`<span class="under">${words.before([one.was.certificateNumber, one.was.certificationBody, one.was.scope].filter((each) => each !== undefined).join(words.list))}</span>` : ''}${
    one.reason ? html`<span class="under">${one.reason}</span>` : ''}</span></li>`)}</ol>`}
</section>`
}

function history(c: Context<Env>, list: readonly Recorded[]): Html {
  const words = c.get('words')
  const { certification } = words
  const zone = readerOf(c).person.zone
  return html`<section class="card" aria-labelledby="history"><h2 id="history">${certification.history}</h2>
${list.length === 0 ? html`<p class="foot">${certification.noHistory}</p>` : html`<ol class="events">${list.map((one) => html`<li>
${dayOn(one.at.toZonedDateTimeISO(zone).toPlainDate(), words)} <span><strong>${words.events[one.event] ?? one.event}</strong>${
    one.duty ? html` ${inLanguage(one.duty, words)}` : ''}${change(one)}${one.actor ? html`<span class="under">${one.actor}</span>` : ''}</span></li>`)}</ol>`}
</section>`
}

function change({ from, to }: Recorded): string {
  if (from && to) return ` ${from} → ${to}`
  return to ? ` ${to}` : ''
}
