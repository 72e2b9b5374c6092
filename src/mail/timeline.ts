// The weeks ahead as one row of cells that any mail client draws: no picture and no style sheet is needed. Each
// week has the shape of its worst light and a number; a sentence says the same to who does not see it.

import type { DigestWeek } from '../core/digest.ts'
import { type Figure, lightMarks } from './digest-layout.ts'
import { html, type Html } from './layout.ts'
import { inked } from './palette.ts'
import type { MailWords } from './words.ts'

export function timelineOf(weeks: readonly DigestWeek[], words: MailWords): Figure {
  const text = words.digest.weeks.sentence(weeks.flatMap(({ week, duties }) => (duties === 0 ? [] : [{ week: Number(week.slice(-2)), duties }])), weeks.length)
  return { text, html: timelineHtml(weeks, text, words) }
}

function timelineHtml(weeks: readonly DigestWeek[], text: string, words: MailWords): Html {
  const width = `${Math.floor(10_000 / weeks.length) / 100}%`
  const { digest, lights } = words
  const legend = (['red', 'amber', 'green', 'grey'] as const).map((light) => `${lightMarks[light]} ${lights[light]}`).join(' · ')
  return html`<p style="margin:12px 0 2px;font-size:14px">${digest.weeks.head(weeks.length)}</p>
<table role="img" aria-label="${text}" class="weeks" width="100%" cellpadding="0" cellspacing="1" border="0" style="width:100%;table-layout:fixed;border-collapse:separate">
<tr>${monthsOf(weeks, words).map(({ label, span }) =>
    html`<td class="c-soft" colspan="${span}" align="left" style="font-size:11px;line-height:1.4;white-space:nowrap;${inked('soft')}">${label}</td>`)}</tr>
<tr>${weeks.map((week) => cellOf(week, width))}</tr>
<tr><td class="c-soft" colspan="${weeks.length}" align="left" style="font-size:11px;line-height:1.4;${inked('soft')}">\u2191 ${digest.weeks.today}</td></tr>
</table>
<p class="c-soft" style="margin:4px 0 0;font-size:12px;line-height:1.4;${inked('soft')}">${legend} · ${digest.weeks.legend}</p>`
}

function cellOf({ duties, light }: DigestWeek, width: string): Html {
  const role = light ?? 'page'
  return html`<td class="wk c-${role}" width="${width}" align="center" style="width:${width};padding:3px 0;font-size:11px;line-height:1.25;${inked(role)}">${
    light ? html`${lightMarks[light]}<br>${duties > 99 ? '99+' : duties}` : html`&nbsp;<br>&nbsp;`}</td>`
}

interface Month { readonly label: string; readonly span: number }

// A week belongs to the month it begins in. A label needs room: what is left of a month may stay without one.
function monthsOf(weeks: readonly DigestWeek[], { digest }: MailWords): Month[] {
  const groups = [...Map.groupBy(weeks, ({ from }) => from.toPlainYearMonth().toString()).values()]
  return groups.map((group, n) => {
    const { from } = group[0]!
    return { label: group.length < 3 ? '' : digest.weeks.month(from, n > 0 && from.month === 1), span: group.length }
  })
}

/** A timeline with nothing in it says nothing that the sentence above it has not said. */
export const hasWeeks = (weeks: readonly DigestWeek[]): boolean => weeks.some((one) => one.duties > 0)
