// What will be said, and what a change would make us say, as lines that people and programs read.

import type { App } from '../app/app.ts'
import type { Foreseen } from '../app/explanations.ts'
import { type Changed, previewChange, type Range } from '../app/trial.ts'
import { type Day, dayOf } from '../core/day.ts'
import type { Context } from './context.ts'
import { type Cell, table } from './output.ts'

/** The rows of the contract; a day that is not there is null. */
export const previewRows = <T extends Foreseen>(lines: readonly T[]) => lines.map((one) => ({ ...one, bookedOn: one.bookedOn ?? null }))

const heads = ['on', 'to', 'certification', 'duty', 'notice', 'due', 'booked', 'why']

const cellsOf = (one: Foreseen): Cell[] =>
  [one.on, one.to, one.certification.slice(0, 40), one.obligation, one.notice, one.dueOn, one.bookedOn, `${one.purpose}, ${one.reason}`]

export const previewText = (lines: readonly Foreseen[]): string => table(heads, lines.map(cellsOf), 'Nothing will be said.')

export interface Difference {
  readonly rows: ReturnType<typeof previewRows<Changed>>
  readonly lines: readonly Changed[]
  readonly range: Range
}

export interface Asked { readonly from?: Day | undefined; readonly to?: Day | undefined; readonly certification?: number | undefined }

/** Previews a change made on a copy, over the days asked about: unless said, a year from today. */
export async function previewDifference(context: Context, app: App, asked: Asked, change: (copy: App) => Promise<unknown>): Promise<Difference> {
  const from = asked.from ?? dayOf(app.clock.now(), context.zone)
  const range = { from, to: asked.to ?? from.add({ years: 1 }), certificationId: asked.certification }
  const lines = await previewChange(app, range, change)
  return { rows: previewRows(lines), lines, range }
}

/** Lists a difference: + for what would be said besides, − for what would be said no more. */
export function differenceText({ lines, range }: Difference): string {
  const days = `from ${range.from.toString()} to ${range.to.toString()}`
  const counted = (change: Changed['change']): number => lines.filter((one) => one.change === change).length
  const listed = table(['', ...heads], lines.map((one) => [one.change === 'added' ? '+' : '−', ...cellsOf(one)]), `Nothing would be said otherwise ${days}.`)
  return `${listed}\n\n${lines.length === 0 ? '' : `${counted('added')} more and ${counted('removed')} fewer ${days}. `}Nothing was changed.`
}
