// A run as a person reads it in a terminal: what it is for and how it stands, its chart, its steps.

import type { RunView, StageView, StepView } from '../app/runs.ts'
import type { Day } from '../core/day.ts'
import type { Risk } from '../core/procedure.ts'
import { ganttLegend, ganttOf } from './gantt.ts'
import { type Cell, facts, table } from './output.ts'

type Language = 'en' | 'zh'

export const risksIn: Readonly<Record<Language, Readonly<Record<Risk, string>>>> = {
  en: { ended: 'ended', safe: 'in time', tight: 'little to spare', danger: 'in danger of being late', late: 'late' },
  zh: { ended: '已结束', safe: '按期', tight: '机动时间少', danger: '有逾期风险', late: '已逾期' },
}

export interface Printing { readonly asOf: Day; readonly columns: number; readonly language: Language }

/** Returns a run as text: facts, chart, steps, forecasts. */
export function runText(run: RunView, printing: Printing): string {
  return [headText(run, printing), chartText(run, printing), ...run.stages.map((stage) => stageText(stage, printing)), forecastText(run)]
    .filter((one) => one !== '').join('\n\n')
}

function headText(run: RunView, { language }: Printing): string {
  return facts([
    ['run', `${run.id} ${run.title[language]}`], ['certification', `${run.certificationId} ${run.certification}`],
    ['template', `${run.template}, version ${run.version}`], ['started', `${run.startedOn.toString()}${run.startedBy === 'window' ? ' by itself, when its window opened' : ''}`],
    ['for', run.targetOn && `${run.targetOn.toString()}${run.latestOn ? ` (late after ${run.latestOn.toString()})` : ''}${run.serves ? ` ${run.serves}` : ''}`],
    ['done', `${run.percent} %`], ['forecast', run.endedOn ? undefined : forecastOf(run)], ['risk', risksIn[language][run.risk]],
    ['decided by', run.endedOn ? undefined : run.chain.join(' > ')], ['broken', run.broken.map((one) => `${one.code}: its ${one.by} ${one.on.toString()} is missed by ${one.days} working days`).join('; ')],
    ['waits', run.waitsOn && `on ${run.waitsOn}${run.waitingSince ? ` since ${run.waitingSince.toString()}` : ''}`],
    ['ended', run.endedOn && `${run.endedOn.toString()}${run.endReason ? ` (${run.endReason})` : ''}`],
  ])
}

function forecastOf({ forecastOn, slack }: RunView): string {
  if (slack === undefined) return forecastOn.toString()
  return `${forecastOn.toString()}, ${slack >= 0 ? `${slack} working days to spare` : `does not fit by ${-slack} working days`}`
}

function chartText(run: RunView, { asOf, columns, language }: Printing): string {
  const steps = run.stages.flatMap((stage) => stage.steps)
  const width = Math.min(100, Math.max(30, columns - 20))
  const gantt = ganttOf(run, asOf, width)
  const codes = Math.max(...steps.map((step) => step.code.length))
  const rows = steps.map((step) => `${step.code.padEnd(codes)} ${step.critical && step.state !== 'done' ? '*' : ' '} ${gantt.barOf(step)}`.trimEnd())
  return [`${''.padEnd(codes)}   ${gantt.head}`, ...rows, ganttLegend[language]].join('\n')
}

function stageText(stage: StageView, { language }: Printing): string {
  const head = `${stage.code} ${stage.title.en} ${stage.title.zh}: ${stage.percent} %, ${risksIn[language][stage.risk]}`
  return `${head}\n${table(['step', 'what', 'length', 'can', 'must', 'slack', 'state', 'who'], stage.steps.map((step) => stepRow(step, language)), 'No steps.')}`
}

const stepRow = (step: StepView, language: Language): Cell[] => [
  `${step.code}${step.critical && step.state !== 'done' ? ' *' : ''}`, step.title[language], step.length, `${step.earliestStartOn.toString()} … ${step.earliestFinishOn.toString()}`,
  `${step.latestStartOn.toString()} … ${step.latestFinishOn.toString()}${step.provisional ? ' provisional' : ''}${step.limitOn ? ` (limit ${step.limitOn.toString()})` : ''}`,
  step.state === 'done' || step.state === 'skipped' ? '' : step.slack, stateOf(step), step.owner ?? step.role,
]

function stateOf(step: StepView): string {
  if (step.state === 'done') return `done ${step.doneOn?.toString() ?? ''}`
  if (step.state === 'waiting') return `waiting${step.waitsOn ? ` on ${step.waitsOn}` : ''} since ${step.waitingSince?.toString() ?? ''}${step.expectedOn ? `, expected ${step.expectedOn.toString()}` : ''}`
  if (step.state === 'skipped') return `skipped: ${step.reason ?? ''}`
  return `${step.state}${step.late ? ', late' : ''}`
}

function forecastText({ forecasts }: RunView): string {
  if (forecasts.length < 2) return ''
  return `Forecasts\n${table(['on', 'finish', 'for', 'slack'], forecasts.map((one) => [one.asOf, one.finishOn, one.deadlineOn, one.slack]), '')}`
}
