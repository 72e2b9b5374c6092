// What was answered to the notices of a certification: by whom and how, and a button for whoever may take it back.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { AnswerView } from '../app/answer-list.ts'
import { tokenField } from './layout.ts'
import { dayOn, type Html, inLanguage, momentAt, tag } from './parts.ts'
import { type Env, readerOf } from './visitor.ts'

export function answersCard(c: Context<Env>, list: readonly AnswerView[]): Html | '' {
  const { answers: said, columns } = c.get('words')
  if (list.length === 0) return ''
  return html`<section class="card" aria-labelledby="answers"><h2 id="answers">${said.title}</h2>
<table class="rows"><thead><tr><th scope="col">${columns.duty}</th><th scope="col">${said.answer}</th><th scope="col">${said.by}</th><th scope="col">${columns.when}</th>
<th scope="col" class="end">${columns.state}</th></tr></thead>
<tbody>${list.map((one) => answerRow(c, one))}</tbody></table>
</section>`
}

function answerRow(c: Context<Env>, one: AnswerView): Html {
  const words = c.get('words')
  const { answers: said, columns, answer, events } = words
  return html`<tr>
<th scope="row">${inLanguage(one.obligation, words)}<span class="under">${words.notice(one.notice)}</span></th>
<td data-label="${said.answer}">${events[`answer-${one.action}`]}${one.on ? html`<span class="under">${one.action === 'snooze' ? answer.until : answer.doneOn} ${dayOn(one.on, words)}</span>` : ''}${
    one.remark ? html`<span class="under">${one.remark}</span>` : ''}</td>
<td data-label="${said.by}">${one.actor}<span class="under">${answer.vias[one.via]}${one.actor === one.person ? '' : said.mailOf(one.person)}</span></td>
<td data-label="${columns.when}">${momentAt(one.answeredAt, readerOf(c).person.zone, words)}</td>
<td class="end">${one.takenBackAt ? tag(said.takenBack) : one.canBeTakenBack ? takeBackForm(c, one) : tag(said.stands)}</td>
</tr>`
}

const takeBackForm = (c: Context<Env>, one: AnswerView): Html => html`<form method="post" action="/answers/${one.id}/take-back">${tokenField(c)}<button aria-label="${
  c.get('words').answers.takeBack(inLanguage(one.obligation, c.get('words')))}">${c.get('words').answer.takeBack}</button></form>`
