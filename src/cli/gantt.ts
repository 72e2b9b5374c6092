// A run drawn in letters: a row for each step, a column for so many days, from its start to the day it is
// for or, where that is later, to its last forecast finish.

import type { RunView, StepView } from '../app/runs.ts'
import { type Day, daysBetween, earliest, isAfter, isBefore, latest } from '../core/day.ts'

const marks = { done: '█', planned: '▒', spare: '·', last: '░', missing: '!', today: '│', deadline: '╎', none: ' ' } as const

export const ganttLegend = {
  en: '█ done  ▒ first days it can take  ░ last days  · days to spare  ! days too many  │ today  ╎ the day it is for',
  zh: '█ 已完成  ▒ 最早可安排  ░ 最迟安排  · 机动时间  ! 超出天数  │ 今天  ╎ 截止日',
} as const

interface Scale { readonly from: Day; readonly days: number; readonly width: number }

export interface Gantt {
  /** The months above the bars. */
  readonly head: string
  readonly barOf: (step: StepView) => string
}

/** Draws a run at most `width` characters wide. */
export function ganttOf(run: RunView, asOf: Day, width: number): Gantt {
  const steps = run.stages.flatMap((stage) => stage.steps).filter((step) => step.state !== 'skipped')
  const from = earliest(run.startedOn, ...steps.map((step) => step.earliestStartOn))!
  const until = latest(run.targetOn, run.forecastOn, ...steps.flatMap((step) => [step.earliestFinishOn, step.latestFinishOn]))!
  const days = daysBetween(from, until) + 1
  // A column is a day at least: a finer one would show every line twice.
  const scale = { from, days, width: Math.min(width, days) }
  return { head: monthsOf(scale), barOf: (step) => barOf(step, scale, { asOf, targetOn: run.targetOn }) }
}

/** The days that a column stands for: first and last. */
function columnOf({ from, days, width }: Scale, n: number): { readonly first: Day; readonly last: Day } {
  const first = Math.floor((n * days) / width)
  return { first: from.add({ days: first }), last: from.add({ days: Math.max(first, Math.floor(((n + 1) * days) / width) - 1) }) }
}

function monthsOf(scale: Scale): string {
  let head = ''
  let month = ''
  for (let n = 0; n < scale.width; n++) {
    const at = columnOf(scale, n).first.toPlainYearMonth().toString()
    // A label needs seven letters and a space, else it would run into the next.
    if (at !== month && head.length <= n && n + 7 <= scale.width) head = `${head.padEnd(n)}${at} `
    month = at
  }
  return head.slice(0, scale.width).trimEnd()
}

interface Lines { readonly asOf: Day; readonly targetOn: Day | undefined }

function barOf(step: StepView, scale: Scale, lines: Lines): string {
  return Array.from({ length: scale.width }, (_, n) => markOf(step, columnOf(scale, n), lines)).join('').trimEnd()
}

interface Column { readonly first: Day; readonly last: Day }

const touches = ({ first, last }: Column, from: Day, until: Day): boolean => !isAfter(from, last) && !isBefore(until, first)

function markOf(step: StepView, column: Column, { asOf, targetOn }: Lines): string {
  const { earliestStartOn, earliestFinishOn, latestStartOn, latestFinishOn } = step
  if (step.state !== 'skipped' && touches(column, earliestStartOn, earliestFinishOn)) {
    if (step.state === 'done') return marks.done
    return step.leads && isAfter(column.first, latestFinishOn) ? marks.missing : marks.planned
  }
  if (step.state !== 'skipped' && step.state !== 'done' && isBefore(earliestFinishOn, latestFinishOn) && touches(column, earliestFinishOn, latestFinishOn)) {
    return touches(column, latestStartOn, latestFinishOn) ? marks.last : marks.spare
  }
  if (touches(column, asOf, asOf)) return marks.today
  return targetOn && touches(column, targetOn, targetOn) ? marks.deadline : marks.none
}
