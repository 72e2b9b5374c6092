// The next ninety days as one strip: a mark for each line at its day, months below. A picture beside
// the table that says the same, so a screen reader passes over it.

import { html } from 'hono/html'
import type { Line, Overview } from '../app/overview.ts'
import { type Day, daysBetween } from '../core/day.ts'
import type { Light } from '../core/digest.ts'
import type { Html } from './parts.ts'
import type { PageWords } from './words-en.ts'

const length = 90

const shapes: Readonly<Record<Light, Html>> = {
  red: html`<path class="red" d="M0-6 6.5 5h-13z"/>`,
  amber: html`<path class="amber" d="M0-6.5 6.5 0 0 6.5-6.5 0z"/>`,
  green: html`<circle class="green" r="5.5"/>`,
  grey: html`<circle class="grey" r="5"/>`,
}

export function runway({ asOf, ahead }: Overview, words: PageWords): Html {
  const within = ahead.filter((line) => line.daysLeft <= length)
  return html`<svg class="runway" aria-hidden="true" height="62" width="100%">
<line class="track" x1="2%" x2="98%" y1="27" y2="27"/>
${monthsFrom(asOf).map((first) => html`<svg x="${at(daysBetween(asOf, first))}" overflow="visible"><line class="tick" y1="20" y2="34"/><text y="53">${words.month(first)}</text></svg>`)}
<svg x="${at(0)}" overflow="visible"><line class="today" y1="12" y2="42"/><text class="today" y="53">${words.overview.today}</text></svg>
${stacked(within).map(({ line, level }) => html`<svg x="${at(daysBetween(asOf, line.dueOn))}" y="${27 - level * 11}" overflow="visible">${shapes[line.light]}</svg>`)}
</svg>`
}

const at = (days: number): string => `${(2 + (96 * Math.max(0, days)) / length).toFixed(2)}%`

// A month that begins within the first days would stand on top of "today".
function monthsFrom(asOf: Day): Day[] {
  return [1, 2, 3].map((n) => asOf.with({ day: 1 }).add({ months: n }))
    .filter((first) => daysBetween(asOf, first) >= 10 && daysBetween(asOf, first) <= length - 2)
}

// Lines of the same day stand above each other, as far as there is room.
function stacked(lines: readonly Line[]): { readonly line: Line; readonly level: number }[] {
  const seen = new Map<string, number>()
  return lines.map((line) => {
    const level = seen.get(line.dueOn.toString()) ?? 0
    seen.set(line.dueOn.toString(), level + 1)
    return { line, level: Math.min(level, 2) }
  })
}
