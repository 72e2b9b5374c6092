// The addresses of links in mails. A link is opened without signing in and signs nobody in: looking changes
// nothing, only its button does, and what it is good for stands in the link itself.

import { type Context, Hono } from 'hono'
import { findAnswerPage } from '../app/answer-pages.ts'
import { type AnswerEntry, answerByLink, type AnswerRefusal } from '../app/answers.ts'
import type { App } from '../app/app.ts'
import { confirmByLink, type ConfirmEntry, type ConfirmForm, findConfirmPage } from '../app/confirmations.ts'
import { openLink } from '../app/links.ts'
import { subscribeByLink, subscriptionPage } from '../app/subscriptions.ts'
import { takeBackByLink } from '../app/taking-back.ts'
import { isOneClick } from './guard.ts'
import { answerPage } from './page-answer.ts'
import { confirmPage } from './page-confirm.ts'
import { goneAnswerPage, unsubscribePage } from './page-unsubscribe.ts'
import { Refusal } from './refusal.ts'
import { type Env, speakTo } from './visitor.ts'

type Form = Readonly<Record<string, string>>
type Page = Response | Promise<Response>

/** Where links in mails lead; nobody needs to be signed in there. */
export const isAnswerPath = (path: string): boolean => /^\/answer\/[^/]+$/.test(path)

export function answerRoutes(app: App): Hono<Env> {
  const web = new Hono<Env>()
  web.use('/:token', async (c, next) => {
    await next()
    c.res.headers.set('X-Robots-Tag', 'noindex, nofollow')
  })
  web.get('/:token', async (c) => await show(app, c, {}))
  web.post('/:token', async (c) => await press(app, c))
  return web
}

interface Failed { readonly refusal?: AnswerRefusal; readonly entry?: AnswerEntry; readonly status?: 400 }

/** Shows the page of a link as things stand, with what was entered where it could not be taken. */
async function show(app: App, c: Context<Env>, failed: Failed): Promise<Response> {
  const { db } = app.database
  const now = app.clock.now()
  const opened = await openLink(db, c.req.param('token') ?? '')
  if (!opened) return await gone(c)
  speakTo(c, opened.person.language)
  const subscription = subscriptionPage(opened, now)
  if (subscription) return await c.html(unsubscribePage(c, subscription))
  const asked = await findConfirmPage(app, db, opened, { after: afterOf(c), now })
  if (asked) return await c.html(confirmPage(c, asked, undefined))
  const page = await findAnswerPage(app, db, opened, now)
  return page ? await c.html(answerPage(c, page, failed), failed.status ?? 200) : await gone(c)
}

const gone = (c: Context<Env>): Page => c.html(goneAnswerPage(c), 410)

const afterOf = (c: Context<Env>): number => (/^\d{1,9}$/.test(c.req.query('after') ?? '') ? Number(c.req.query('after')) : 0)

async function press(app: App, c: Context<Env>): Promise<Response> {
  const token = c.req.param('token') ?? ''
  const opened = await openLink(app.database.db, token)
  if (!opened) return await gone(c)
  speakTo(c, opened.person.language)
  const form = await formOf(c)
  // A mail provider's own request, from nowhere: it may end a weekly mail and nothing else.
  if (await isOneClick(c) && opened.link.action !== 'unsubscribe') throw new Refusal(403, undefined, 'crossSite')
  switch (opened.link.action) {
    case 'unsubscribe': return await unsubscribe(app, c, form)
    case 'confirm': return await confirm(app, c, form)
    default: return form['take-back'] === undefined ? await answer(app, c, form) : await takeBack(app, c)
  }
}

// Several fields of one name come as a list: the last is what the browser meant.
async function formOf(c: Context<Env>): Promise<Form> {
  const fields = Object.entries(await c.req.parseBody({ all: false }))
  return Object.fromEntries(fields.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}

// To the page itself, so that reloading presses nothing again.
const again = (c: Context<Env>): Response => c.redirect(c.req.path, 303)

async function answer(app: App, c: Context<Env>, form: Form): Promise<Response> {
  const entry: AnswerEntry = { actor: form['actor'], untilOn: form['until'], doneOn: form['done'], remark: form['remark'] }
  const result = await answerByLink(app, c.req.param('token') ?? '', entry)
  if (result.ok) return again(c)
  return result.refusal.kind === 'gone' ? await gone(c) : await show(app, c, { refusal: result.refusal, entry, status: 400 })
}

async function takeBack(app: App, c: Context<Env>): Promise<Response> {
  return await takeBackByLink(app, c.req.param('token') ?? '') ? again(c) : await gone(c)
}

async function unsubscribe(app: App, c: Context<Env>, form: Form): Promise<Response> {
  const done = await subscribeByLink(app, c.req.param('token') ?? '', form['again'] === undefined ? 'end' : 'again')
  if (!done) return await gone(c)
  // RFC 8058, 3.1: whoever posts one click does not follow a redirection.
  return await isOneClick(c) ? await show(app, c, {}) : again(c)
}

async function confirm(app: App, c: Context<Env>, form: Form): Promise<Response> {
  const entered = confirmFormOf(form)
  const confirmed = await confirmByLink(app, c.req.param('token') ?? '', entered, afterOf(c))
  if (!confirmed) return await gone(c)
  const failed = confirmed.noActor || confirmed.refusals.size > 0
  return await c.html(confirmPage(c, confirmed.page, { ...confirmed, form: entered }), failed ? 400 : 200)
}

function confirmFormOf(form: Form): ConfirmForm {
  const each = new Map<number, ConfirmEntry>()
  for (const name of Object.keys(form)) {
    const [, number] = /^answer-(\d{1,9})$/.exec(name) ?? []
    if (number !== undefined) each.set(Number(number), { answer: form[name], doneOn: form[`done-${number}`] })
  }
  return { actor: form['actor'], each, all: { answer: form['all'], doneOn: form['all-done'] } }
}
