// The page behind a button of a mail: what its duties are, what pressing does to each, and one button. Nothing
// here submits itself, and a day that matters is never filled in for whoever presses.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { AnsweredDuty, AnswerPage, GivenAnswer } from '../app/answer-pages.ts'
import { type AnswerEntry, type AnswerRefusal, longestRemark } from '../app/answers.ts'
import type { OpenedLink } from '../app/links.ts'
import { layout, tokenField } from './layout.ts'
import { command, dayOn, type Html, inLanguage, momentAt } from './parts.ts'
import type { Env } from './visitor.ts'
import type { PageWords } from './words-en.ts'

interface Failed { readonly refusal?: AnswerRefusal; readonly entry?: AnswerEntry }

/** The page of an answering link; what could not be taken is said, and what was entered stays. */
export function answerPage(c: Context<Env>, page: AnswerPage, failed: Failed): Html {
  const words = c.get('words')
  const { title, says } = words.answer.actions[page.action]
  return layout(c, { title, content: html`<section class="narrow card">
<h1>${title}</h1>
${page.given ? givenBlock(c, page, page.given) : html`<p>${says}</p>`}
${duties(page, words)}
${page.given ? takeBack(c, page.given) : form(c, page, failed)}
</section>` })
}

function duties(page: AnswerPage, words: PageWords): Html {
  return html`<ul>${page.duties.map((one) => html`<li><p><strong>${inLanguage(one.obligation.title, words)}</strong> ${
    inLanguage(one.certification.scheme, words)} ${one.certification.name}</p>
<p class="quiet">${one.obligation.kind === 'expiry' ? words.expires : words.due} ${dayOn(one.countedTo, words)}</p>
<p>${effectOf(page, one, words)}</p></li>`)}</ul>`
}

function effectOf(page: AnswerPage, { decision, obligation, snoozableUntil }: AnsweredDuty, words: PageWords): Html | string {
  const { effects, hindrances } = words.answer
  if (!decision.ok) return hindrances[decision.refusal]
  if (page.action === 'snooze' && !page.given && snoozableUntil) return words.answer.snoozable(snoozableUntil)
  if (decision.effect !== 'submitted') return effects[decision.effect]
  const day = page.given?.doneOn?.toString() ?? 'YYYY-MM-DD'
  return html`${obligation.tier === 'A' ? words.answer.grave : effects.submitted} ${command(`obligation met ${obligation.id} --on ${day}`)}`
}

function givenBlock(c: Context<Env>, page: AnswerPage, given: GivenAnswer): Html {
  const words = c.get('words')
  const { answer } = words
  return html`<p role="status">${answer.given(given.by ?? words.nobody, answer.vias[given.via])} ${momentAt(given.at, page.opened.person.zone, words)}${
    given.untilOn ? html`<br>${answer.until} ${dayOn(given.untilOn, words)}` : ''}${given.doneOn ? html`<br>${answer.doneOn} ${dayOn(given.doneOn, words)}` : ''}</p>`
}

function takeBack(c: Context<Env>, given: GivenAnswer): Html | string {
  const { answer } = c.get('words')
  return given.canBeTakenBack ? html`<form method="post">${tokenField(c)}<button name="take-back" value="1">${answer.takeBack}</button></form>
<p class="quiet">${answer.takeBackNote}</p>` : html`<p class="quiet">${answer.tooLate}</p>`
}

function form(c: Context<Env>, page: AnswerPage, { refusal, entry }: Failed): Html {
  const words = c.get('words')
  const { answer } = words
  if (!page.duties.some((one) => one.decision.ok)) return html`<p class="amber" role="status">${answer.nothing}</p>`
  return html`${refusal ? html`<p class="red" role="alert">${answer.refusals[refusal.kind](refusal)}</p>` : ''}
<form class="ask" method="post">${tokenField(c)}
${actorField(c, page.opened, entry?.actor)}
${field(page, words, entry)}
<p><button class="primary">${answer.actions[page.action].button}</button></p></form>
<p class="quiet">${answer.actions[page.action].note}</p>`
}

/** From a mailbox of several: who it is that acts. */
export function actorField(c: Context<Env>, { person, actors }: OpenedLink, chosen: string | undefined): Html | string {
  const { answer } = c.get('words')
  if (person.kind !== 'mailbox') return ''
  return html`<p class="ask"><label for="actor">${answer.actor}</label><select id="actor" name="actor" required><option value="">${answer.choose}</option>${
    actors.map((one) => html`<option value="${one.id}"${String(one.id) === chosen ? html` selected` : ''}>${one.name}</option>`)}</select></p>`
}

function field(page: AnswerPage, { answer }: PageWords, entry: AnswerEntry | undefined): Html | string {
  if (page.days) {
    const { first, last, proposed } = page.days
    return html`<p class="ask"><label for="until">${answer.untilField}</label><input type="date" id="until" name="until" required min="${first.toString()}" max="${last.toString()}" value="${entry?.untilOn ?? proposed.toString()}"></p>`
  }
  if (page.action === 'done') {
    return html`<p class="ask"><label for="done">${answer.doneField}</label><input type="date" id="done" name="done" required max="${page.today.toString()}" value="${entry?.doneOn ?? ''}"></p>`
  }
  if (page.action !== 'not-mine') return ''
  return html`<p class="ask"><label for="remark">${answer.remarkField}</label><input id="remark" name="remark" maxlength="${longestRemark}" value="${entry?.remark ?? ''}"></p>`
}
