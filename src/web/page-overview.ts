// The first page, from its view to HTML.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { Asking, Health, Line, Overview } from '../app/overview.ts'
import { alarmsCard } from './alarms-card.ts'
import { layout, linkTo } from './layout.ts'
import { command, daysLeft, dayOn, type Html, inLanguage, legend, lightMark, stepper, tag } from './parts.ts'
import { runFacts } from './run-card.ts'
import { runway } from './runway.ts'
import type { Env } from './visitor.ts'
import type { PageWords } from './words-en.ts'

export function overviewPage(c: Context<Env>, view: Overview): Html {
  const words = c.get('words')
  const { overview } = words
  return layout(c, { title: overview.title, section: 'overview', question: view, content: html`
<div class="lead">
<div>
<h1>${overview.verdict(view.counts)}</h1>
<p class="quiet">${overview.scope[view.sight](words.day(view.asOf))}</p>
</div>
${askForm(view, words)}
</div>
${view.health ? alarmsCard(view.health.alarms, view.zone, words) : ''}
${numbers(view, words)}
${isEmpty(view) ? emptyCard(words) : html`
${lateCard(c, view)}
${aheadCard(c, view)}
${askingCard(c, view)}
${runningCard(c, view)}`}
${view.health ? healthLine(view.health, view.zone, words) : ''}` })
}

const isEmpty = ({ counts, late, ahead, asking, running }: Overview): boolean =>
  counts.late + counts.next30 + counts.unconfirmed + late.length + ahead.length + asking.length + running.length === 0

function askForm({ asOf }: Overview, words: PageWords): Html {
  return html`<form class="ask" method="get" action="/">
<label for="asOf">${words.asked.label}</label>
<input id="asOf" type="date" name="asOf" value="${asOf.toString()}" required>
<button class="plain">${words.asked.go}</button>
</form>`
}

function numbers({ counts, capped }: Overview, words: PageWords): Html {
  const { numbers: labels, atLeast } = words.overview
  const entries = [
    ['late', counts.late ? 'red' : 'none', String(counts.late)],
    ['inDanger', counts.inDanger ? 'amber' : 'none', capped ? atLeast(counts.inDanger) : String(counts.inDanger)],
    ['next30', 'blue', String(counts.next30)],
    ['unconfirmed', 'none', String(counts.unconfirmed)],
  ] as const
  return html`<dl class="numbers">${entries.map(([name, tone, value]) =>
    html`<div class="card"><dt>${labels[name]}</dt><dd class="${tone}">${value}</dd></div>`)}</dl>`
}

const emptyCard = ({ overview }: PageWords): Html => html`<section class="card pad">
<h2>${overview.empty}</h2>
<p>${overview.emptyWay}</p>
<p>${command('certification add --help')}</p>
<p>${command('import FILE --dry-run')}</p>
</section>`

function lateCard(c: Context<Env>, view: Overview): Html | '' {
  const { overview } = c.get('words')
  if (view.late.length === 0) return ''
  return html`<section class="card" aria-labelledby="late">
<h2 id="late">${overview.late}</h2>
${lineTable(c, view.late, 'lateBy')}
${view.lateMore > 0 ? html`<p class="foot">${overview.more(view.lateMore)}</p>` : ''}
</section>`
}

function aheadCard(c: Context<Env>, view: Overview): Html {
  const words = c.get('words')
  const { overview } = words
  return html`<section class="card" aria-labelledby="ahead">
<h2 id="ahead">${overview.ahead}</h2>
${view.ahead.length === 0 ? html`<p class="foot">${overview.aheadNone}</p>` : html`
${runway(view, words)}
${lineTable(c, view.ahead, 'left')}
${view.aheadMore > 0 ? html`<p class="foot">${overview.more(view.aheadMore)}</p>` : ''}
<div class="foot split">${legend(words)}<span>${overview.aheadNote}</span></div>`}
</section>`
}

function lineTable(c: Context<Env>, lines: readonly Line[], left: 'left' | 'lateBy'): Html {
  const { columns } = c.get('words')
  return html`<table class="rows lines">
<thead><tr><th scope="col">${columns.certification}</th><th scope="col">${columns.duty}</th><th scope="col">${columns.owner}</th>
<th scope="col">${columns.by}</th><th scope="col" class="end">${columns[left]}</th></tr></thead>
<tbody>${lines.map((line) => lineRow(c, line))}</tbody>
</table>`
}

function lineRow(c: Context<Env>, line: Line): Html {
  const words = c.get('words')
  return html`<tr>
<th scope="row"><div class="lit">${lightMark(line.light, words)}<span><a href="${linkTo(c, `/certifications/${line.certificationId}`)}">${line.certification}</a>
<span class="under">${inLanguage(line.scheme, words)} · ${line.organisation}</span></span></div></th>
<td>${line.duties.map((duty) => inLanguage(duty.title, words)).join(' · ')}${marks(line, words)}</td>
<td data-label="${words.columns.owner}">${line.owner ?? html`<span class="quiet">${words.nobody}</span>`}</td>
<td data-label="${words.columns.by}">${dayOn(line.dueOn, words)} <span class="quiet">${words.weekday(line.dueOn)}</span>${besideDay(line, words)}</td>
<td class="end">${daysLeft(line.daysLeft, line.light, words)}</td>
</tr>`
}

function marks({ duties }: Line, words: PageWords): Html | '' {
  // The length of a step is always practice: saying so on each would drown where it matters.
  const unverified = duties.some((duty) => duty.mark === 'unverified' && duty.kind !== 'step')
  const provisional = duties.some((duty) => duty.provisional)
  const submitted = duties.find((duty) => duty.state === 'submitted')
  if (!unverified && !provisional && !submitted) return ''
  return html`<span class="marks">${submitted?.endedOn ? tag(words.submittedOn(submitted.endedOn), 'blue') : ''}${
    unverified ? tag(words.unverified) : ''}${provisional ? tag(words.provisional) : ''}</span>`
}

function besideDay({ bookedOn, latestOn, duties }: Line, words: PageWords): Html | '' {
  if (bookedOn) return html`<span class="under">${words.bookedOn(bookedOn)}</span>`
  if (latestOn) return html`<span class="under">${words.latest(latestOn)}</span>`
  return duties.every((duty) => duty.kind === 'expiry') ? html`<span class="under">${words.expires}</span>` : ''
}

function askingCard(c: Context<Env>, view: Overview): Html | '' {
  const { overview } = c.get('words')
  if (view.asking.length === 0) return ''
  const more = view.counts.asking - view.asking.length
  return html`<section class="card" aria-labelledby="asking">
<h2 id="asking">${overview.asking}</h2>
<p class="foot">${overview.askingNote}</p>
<ul class="questions">${view.asking.map((one) => question(c, one))}</ul>
${more > 0 ? html`<p class="foot">${overview.askingMore(more)} ${command('obligation list --unconfirmed')}</p>` : ''}
</section>`
}

function question(c: Context<Env>, asking: Asking): Html {
  const words = c.get('words')
  return html`<li>
<p><a href="${linkTo(c, `/certifications/${asking.certificationId}`)}">${asking.certification}</a> <span class="quiet">${inLanguage(asking.scheme, words)}</span></p>
${asking.expiry ? expiredQuestion(asking, asking.expiry, words) : ''}
${asking.duties.length > 0 ? pastQuestion(asking, words) : ''}
</li>`
}

function expiredQuestion({ certificationId, restorableUntil }: Asking, expiry: NonNullable<Asking['expiry']>, words: PageWords): Html {
  const { overview } = words
  const { answers } = overview
  return html`<p>${overview.askedExpired(expiry.on)} ${restorableUntil ? overview.askedRestorable(restorableUntil) : ''}</p>
<dl class="answers">
<div><dt>${answers.renewed}</dt><dd>${command(`certification renew ${certificationId} --on DAY --set expiry=DAY`)}</dd></div>
<div><dt>${answers.givenUp}</dt><dd>${command(`certification cancel ${certificationId} --on DAY`)}</dd></div>
${expiry.confirmed ? '' : html`<div><dt>${answers.restored}</dt><dd>${command(`obligation confirm ${expiry.obligationId} --answer open`)}</dd></div>`}
</dl>`
}

const shownDuties = 3

function pastQuestion({ duties }: Asking, words: PageWords): Html {
  const { overview } = words
  return html`<p>${overview.askedDuties(duties.length)}</p>
<dl class="answers">${duties.slice(0, shownDuties).map((duty) => html`<div><dt>${inLanguage(duty.title, words)}, ${dayOn(duty.dueOn, words)}</dt>
<dd>${command(`obligation confirm ${duty.id} --answer done --on DAY`)}</dd></div>`)}
<div><dt>${overview.answers.open} / ${overview.answers.notOurs}</dt><dd><code class="command">--answer open</code> / <code class="command">--answer not-ours</code></dd></div>
</dl>`
}

function runningCard(c: Context<Env>, view: Overview): Html | '' {
  const { overview } = c.get('words')
  if (view.running.length === 0) return ''
  return html`<section class="card" aria-labelledby="running">
<h2 id="running">${overview.running}</h2>
${view.running.map((run) => html`<article class="run">
<h3><a href="${linkTo(c, `/certifications/${run.certificationId}`)}">${run.certification}</a> <span class="quiet">${inLanguage(run.title, c.get('words'))}</span></h3>
${stepper(run, c.get('words'))}
${runFacts(run, c.get('words'))}
</article>`)}
</section>`
}

function healthLine(health: Health, zone: string, words: PageWords): Html {
  const { health: said } = words
  const { mail } = health
  return html`<p class="health"><strong>${said.title}</strong>
${health.lastRunAt ? html`<span>${said.lastRun(words.moment(health.lastRunAt.toZonedDateTimeISO(zone)))}</span>` : html`<span class="red">${said.noRun}</span>`}
${health.failedJobs.length > 0 ? html`<span class="red">${said.failed(health.failedJobs.join(words.list))}</span>` : ''}
<a href="/mail">${said.mail(mail)}</a>
${health.quarantined > 0 ? html`<a class="red" href="/mail?state=quarantined">${said.quarantined(health.quarantined)}</a>` : ''}
${mail.nextAt ? html`<span>${said.next(words.moment(mail.nextAt.toZonedDateTimeISO(zone)), mail.waiting)}</span>` : html`<span>${said.noneWaits}</span>`}
<span>${words.mail.note[health.mode]}</span></p>`
}
