// What is wrong with the mail, above everything else on the first page, with what to do about each.

import { html } from 'hono/html'
import { type Alarm, wayOut } from '../app/alarms.ts'
import { command, type Html } from './parts.ts'
import type { PageWords } from './words-en.ts'

const shown = 5

export function alarmsCard(alarms: readonly Alarm[], zone: string, words: PageWords): Html | '' {
  if (alarms.length === 0) return ''
  const said = words.alarms
  const more = alarms.length - shown
  return html`<section class="card" aria-labelledby="alarms">
<h2 id="alarms" class="red">${said.title}</h2>
<ul class="questions">${alarms.slice(0, shown).map((one) => item(one, zone, words))}</ul>
${more > 0 ? html`<p class="foot">${said.more(more)} ${command('admin alarms')}</p>` : ''}
</section>`
}

function item(alarm: Alarm, zone: string, words: PageWords): Html {
  const said = words.alarms
  const { what, way } = said.kinds[alarm.kind]
  const name = alarm.kind === 'mail-failed' && alarm.subjectId !== null ? html`<a href="/mail/${alarm.subjectId}">${what}</a>` : what
  return html`<li>
<p>${name} <span class="quiet">${said.since(words.moment(alarm.raisedAt.toZonedDateTimeISO(zone)))}</span></p>
<p>${way}</p>
<p>${command(wayOut(alarm))}</p>
<p>${said.close} ${command(`admin close-alarm ${alarm.id}`)}</p>
</li>`
}
