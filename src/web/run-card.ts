// A run on the page of its certification: the stages in a row, what the forecast says of the day it is for, and
// step by step when each can and must happen. Beside it, the runs that nobody has started yet.

import { html } from 'hono/html'
import type { RunView, StageView, StepView } from '../app/runs.ts'
import type { Window } from '../app/windows.ts'
import type { Risk } from '../core/procedure.ts'
import { command, dayOn, type Html, inLanguage, stepper, tag, type Tone } from './parts.ts'
import type { PageWords } from './words-en.ts'

export const riskTones: Readonly<Record<Risk, Tone>> = { ended: 'grey', safe: 'green', tight: 'amber', danger: 'red', late: 'red' }

export function runCard(run: RunView, words: PageWords): Html {
  const { run: said } = words
  return html`<section class="card run" aria-labelledby="run-${run.id}">
<h2 id="run-${run.id}">${inLanguage(run.title, words)} <span class="quiet">${said.started(run.startedOn)}${run.startedBy === 'window' ? ` (${said.byItself})` : ''}</span></h2>
<div class="inset">${stepper(run, words)}${runFacts(run, words)}${forecastFacts(run, words)}</div>
<details><summary>${said.all}</summary>${run.stages.map((stage) => html`<h3 class="inset">${inLanguage(stage.title, words)} <span class="quiet">${said.percent(stage.percent)}</span> ${stageTag(stage, words)}</h3>${stepTable(stage.steps, words)}`)}
${historyOf(run, words)}</details>
</section>`
}

/** How far a run has come, in a line. */
export function runFacts(run: RunView, words: PageWords): Html {
  const { run: said } = words
  const facts = [
    said.percent(run.percent),
    run.endedOn ? said.ended(run.endedOn) : run.next && said.next(inLanguage(run.next, words), run.nextOn ? words.day(run.nextOn) : ''),
    run.waitsOn && said.waits(run.waitsOn, run.waitingSince),
    run.targetOn && `${said.target(run.targetOn)}${run.latestOn ? ` (${words.latest(run.latestOn)})` : ''}`,
  ].filter((fact) => fact !== undefined)
  return html`<p class="facts"><span>${facts.join(' · ')}</span>${
    run.slack === undefined || run.endedOn ? '' : tag(said.slack(run.slack), riskTones[run.risk])}</p>`
}

function forecastFacts(run: RunView, words: PageWords): Html | '' {
  const { run: said } = words
  if (run.endedOn) return run.endReason ? html`<p class="facts">${run.endReason}</p>` : ''
  const facts = [
    said.forecast(run.forecastOn), said.risks[run.risk], ...(run.chain.length > 0 ? [said.chain(run.chain.join(' → '))] : []),
    ...run.broken.map((one) => said.broken[one.by](one.code, words.day(one.on), one.days)),
  ]
  return html`<p class="facts"><span>${facts.join(' · ')}</span></p>`
}

const stageTag = (stage: StageView, words: PageWords): Html | '' =>
  (stage.risk === 'ended' || stage.risk === 'safe' ? '' : tag(words.run.risks[stage.risk], riskTones[stage.risk]))

function stepTable(steps: readonly StepView[], words: PageWords): Html {
  const { columns, run: said } = words
  return html`<table class="rows steps">
<thead><tr><th scope="col">${columns.step}</th><th scope="col">${columns.owner}</th><th scope="col">${columns.planned}</th><th scope="col">${said.spare}</th><th scope="col" class="end">${columns.state}</th></tr></thead>
<tbody>${steps.map((step) => stepRow(step, words))}</tbody>
</table>`
}

function stepRow(step: StepView, words: PageWords): Html {
  const { columns, run: said } = words
  const ended = step.state === 'done' || step.state === 'skipped'
  return html`<tr>
<th scope="row"><span class="quiet">${step.code}</span> ${inLanguage(step.title, words)}${underOf(step, words).map((one) => html`<span class="under">${one}</span>`)}</th>
<td data-label="${columns.owner}">${step.owner ?? step.role}</td>
<td data-label="${columns.planned}">${ended ? '' : html`${said.must} ${dayOn(step.latestFinishOn, words)}${step.provisional ? html` ${tag(words.provisional)}` : ''}<span class="under">${
    said.can} ${dayOn(step.earliestStartOn, words)} – ${dayOn(step.earliestFinishOn, words)}</span>${step.limitOn ? html`<span class="under">${said.limit} ${dayOn(step.limitOn, words)}</span>` : ''}`}</td>
<td data-label="${said.spare}">${ended ? '' : html`${said.days(step.slack)}${step.critical ? html`<span class="under">${said.critical}</span>` : ''}`}</td>
<td class="end">${tag(words.stepStates[step.state], step.state === 'done' ? 'green' : step.late ? 'red' : step.state === 'in-progress' ? 'blue' : 'grey')}${
    step.doneOn ? html`<span class="under">${dayOn(step.doneOn, words)}</span>` : ''}</td>
</tr>`
}

function underOf(step: StepView, words: PageWords): string[] {
  const { run: said } = words
  if (step.state === 'skipped') return [step.reason ?? '']
  if (step.state === 'waiting') return [said.waits(step.waitsOn ?? '', step.waitingSince), ...(step.expectedOn ? [said.expected(step.expectedOn)] : [])]
  return step.state !== 'done' && step.waitsOn ? [said.waits(step.waitsOn, undefined)] : []
}

function historyOf({ forecasts }: RunView, words: PageWords): Html | '' {
  const { run: said } = words
  if (forecasts.length < 2) return ''
  return html`<h3 class="inset">${said.history}</h3><ol class="events">${forecasts.toReversed().map((one) => html`<li>${dayOn(one.asOf, words)} <span>${
    said.forecast(one.finishOn)}${one.slack === undefined ? '' : html`<span class="under">${said.slack(one.slack)}</span>`}</span></li>`)}</ol>`
}

/** The runs that could begin, each with the last day to begin it. */
export function windowsCard(windows: readonly Window[], words: PageWords): Html | '' {
  const { run: said, columns } = words
  if (windows.length === 0) return ''
  return html`<section class="card" aria-labelledby="windows"><h2 id="windows">${said.toStart}</h2>
<table class="rows"><thead><tr><th scope="col">${columns.duty}</th><th scope="col">${columns.by}</th><th scope="col">${said.beginBy}</th><th scope="col" class="end">${said.spare}</th></tr></thead>
<tbody>${windows.map((one) => html`<tr><th scope="row">${inLanguage(one.duty, words)}<span class="under">${command(`procedure start ${one.certificationId} --template ${one.template} --for ${one.obligationId}`)}</span></th>
<td data-label="${columns.by}">${dayOn(one.dueOn, words)}</td><td data-label="${said.beginBy}">${dayOn(one.latestStartOn, words)}</td>
<td class="end">${tag(said.slack(one.slack), one.slack < 0 ? 'red' : one.slack < 20 ? 'amber' : 'grey')}</td></tr>`)}</tbody></table>
</section>`
}
