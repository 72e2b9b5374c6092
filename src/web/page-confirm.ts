// The page of the bulk answer: every duty that was past when it was entered, with what can be said of it. It
// begins with nothing chosen, so that pressing the button alone says nothing.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { Asked, Confirmed, ConfirmEntry, ConfirmForm, ConfirmPage, ConfirmRefusal } from '../app/confirmations.ts'
import { hrefWith, layout, tokenField } from './layout.ts'
import { actorField } from './page-answer.ts'
import { dayOn, type Html, inLanguage } from './parts.ts'
import type { Env } from './visitor.ts'
import type { PageWords } from './words-en.ts'

type Pressed = Omit<Confirmed, 'page'> & { readonly form: ConfirmForm }

/** The page as it stands; after a press, with what was kept, what was not and why. */
export function confirmPage(c: Context<Env>, page: ConfirmPage, pressed: Pressed | undefined): Html {
  const { confirm } = c.get('words')
  return layout(c, { title: confirm.title, content: html`<div class="lead"><div><h1>${confirm.title}</h1><p class="quiet">${confirm.says}</p></div></div>
${pressed ? outcome(c, pressed) : ''}
${page.asked.length === 0 ? html`<section class="card"><p class="foot">${confirm.none}</p></section>` : form(c, page, pressed)}
${page.after === undefined ? '' : html`<p class="pager"><a href="${hrefWith(c, { after: String(page.after) })}" rel="next">${confirm.next}</a></p>`}` })
}

function outcome(c: Context<Env>, { saved, refusals, noActor }: Pressed): Html {
  const { answer, confirm } = c.get('words')
  const bad = noActor || refusals.size > 0
  return html`<p class="asked ${bad ? 'amber' : 'green'}" role="status">${noActor ? answer.refusals.actor({}) : confirm.outcome(saved, refusals.size)}</p>`
}

function form(c: Context<Env>, { asked, opened }: ConfirmPage, pressed: Pressed | undefined): Html {
  const words = c.get('words')
  const { confirm } = words
  const kept = pressed?.noActor === true || (pressed?.refusals.size ?? 0) > 0 ? pressed?.form : undefined
  return html`<form method="post">${tokenField(c)}<section class="card"><ul class="questions">${
    asked.map((one) => question(one, words, { entry: kept?.each.get(one.obligation.id), refusal: pressed?.refusals.get(one.obligation.id) }))}
${asked.length > 1 ? html`<li><p>${confirm.all}</p>${choices(words, { name: 'all', day: 'all-done', entry: kept?.all, noDone: false })}</li>` : ''}
<li>${actorField(c, opened, pressed?.form.actor)}<p><button class="primary">${confirm.button}</button></p></li></ul></section></form>`
}

interface Entered { readonly entry: ConfirmEntry | undefined; readonly refusal: ConfirmRefusal | undefined }

function question({ obligation, certification }: Asked, words: PageWords, { entry, refusal }: Entered): Html {
  const { confirm } = words
  const isExpiry = obligation.kind === 'expiry'
  return html`<li><p>${inLanguage(obligation.title, words)}</p>
<p class="quiet">${inLanguage(certification.scheme, words)} ${certification.name} · ${isExpiry ? words.expires : words.due} ${dayOn(obligation.dueOn, words)}</p>
${isExpiry ? html`<p class="quiet">${confirm.expiry}</p>` : ''}${refusal ? html`<p class="red" role="alert">${sayingOf(refusal, words)}</p>` : ''}
${choices(words, { name: `answer-${obligation.id}`, day: `done-${obligation.id}`, entry, noDone: isExpiry })}</li>`
}

interface Choices { readonly name: string; readonly day: string; readonly entry: ConfirmEntry | undefined; readonly noDone: boolean }

function choices(words: PageWords, { name, day, entry, noDone }: Choices): Html {
  const { answers, doneDay } = words.confirm
  const chosen = entry?.answer ?? ''
  const radio = (value: string, text: string): Html =>
    html`<label><input type="radio" name="${name}" value="${value}"${value === chosen ? html` checked` : ''}> ${text}</label>`
  return html`<p class="ask">${radio('', answers.none)}${noDone ? '' : html`${radio('done', answers.done)}<input type="date" name="${day}" aria-label="${doneDay}" value="${entry?.doneOn ?? ''}">`}${
    radio('open', answers.open)}${radio('not-ours', answers['not-ours'])}</p>`
}

function sayingOf(refusal: ConfirmRefusal, { answer, confirm }: PageWords): string {
  if (refusal.kind === 'other') return refusal.message ?? ''
  return refusal.kind === 'expiry' ? confirm.expiry : answer.refusals[refusal.kind](refusal)
}
