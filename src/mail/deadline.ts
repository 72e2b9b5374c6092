// The words of a deadline in a calendar. They outlive their mail: nothing here counts days or says "today".

import type { DailyView, Line } from '../core/message.ts'
import { oneLine } from './clean.ts'
import { certificateOf, holderOf, type Wording } from './line.ts'
import { wordsIn } from './words.ts'

/** Returns an entry's title and its lines, in the reader's language; the last line is the address. */
export function deadlineWordsOf(line: Line, { language, day }: Pick<DailyView, 'language' | 'day'>, url: string): { readonly title: string; readonly text: string } {
  const words = wordsIn(language)
  const wording: Wording = { words, language, day }
  const { labels, readings } = words.daily
  const titles = words.list(line.duties.map((duty) => oneLine(duty.title[language])))
  const bases = words.list([...new Set(line.duties.map((duty) => oneLine(duty.basis, 140)).filter((basis) => basis !== ''))])
  const rows = [
    holderOf(line, wording),
    line.latestOn ? `${labels.readings}${words.colon}${readings(words.day(line.dueOn), words.day(line.latestOn))}`
      : `${labels.lastAllowed}${words.colon}${words.day(line.dueOn)}`,
    line.bookedOn ? `${labels.booked}${words.colon}${words.day(line.bookedOn)}` : '',
    bases === '' ? '' : `${labels.why}${words.colon}${bases}`,
    line.provisional ? words.daily.notes.provisional : '',
    url,
  ]
  return { title: `${titles}${words.colon}${certificateOf(line, wording)}`, text: rows.filter((row) => row !== '').join('\n') }
}
