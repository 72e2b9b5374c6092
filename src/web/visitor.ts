// Who is asking and in which language: the session cookie, the language cookie and what the browser
// prefers; and the rule that every page but a few is for somebody who is signed in.

import type { Context, MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { App } from '../app/app.ts'
import { findSession, type Reader } from '../app/sign-in.ts'
import type { Language } from '../core/certification.ts'
import type { Place } from './guard.ts'
import { signInPage } from './page-sign-in.ts'
import { en, type PageWords } from './words-en.ts'
import { zh } from './words-zh.ts'

export interface Env {
  Variables: {
    readonly words: PageWords
    /** Undefined on the few pages that need nobody. */
    readonly reader: Reader | undefined
    /** What a form of this browser repeats, and what its cookie held. */
    readonly formToken: string
    readonly formCookie: string | undefined
    /** The address of the style sheet. */
    readonly stylesheet: string
  }
}

const words: Readonly<Record<Language, PageWords>> = { en, zh }
const languageCookie = 'recert-language'
const aYear = 365 * 24 * 3600
const aWeek = 7 * 24 * 3600

const sessionCookie = (place: Place): string => (place.secure ? '__Host-recert' : 'recert')

const languageOf = (text: string | undefined): Language | undefined => (text === 'en' || text === 'zh' ? text : undefined)

const preferred = (accepted: string | undefined): Language => (/^\s*zh\b/i.test(accepted ?? '') ? 'zh' : 'en')

/** Sets the words before anything can fail: an error is told in the visitor's language too. */
export function language(place: Place): MiddlewareHandler<Env> {
  return async (c, next) => {
    const asked = languageOf(c.req.query('lang'))
    if (asked && c.req.method === 'GET') {
      setCookie(c, languageCookie, asked, { httpOnly: true, sameSite: 'Lax', path: '/', secure: place.secure, maxAge: aYear })
    }
    const chosen = asked ?? languageOf(getCookie(c, languageCookie))
    c.set('words', words[chosen ?? preferred(c.req.header('accept-language'))])
    await next()
  }
}

/** Speaks a person's own language to whoever has their link, unless this browser asked for another. */
export function speakTo(c: Context<Env>, preference: Language): void {
  if (!languageOf(c.req.query('lang')) && !languageOf(getCookie(c, languageCookie))) c.set('words', words[preference])
}

/** Lets nobody past without a session; `open` lists the paths that need none. */
export function signedIn(app: App, place: Place, isOpen: (path: string) => boolean): MiddlewareHandler<Env> {
  return async (c, next) => {
    const token = getCookie(c, sessionCookie(place))
    const reader = token === undefined || isOpen(c.req.path) ? undefined : await findSession(app, token)
    c.set('reader', reader)
    if (reader) speakTo(c, reader.person.language)
    if (reader || isOpen(c.req.path)) return await next()
    return c.html(signInPage(c), 401)
  }
}

/** The reader of a page that is only reached signed in. */
export function readerOf(c: Context<Env>): Reader {
  const reader = c.get('reader')
  if (!reader) throw new Error('A page that needs a reader was reached without one.')
  return reader
}

export const sessionToken = (c: Context<Env>, place: Place): string | undefined => getCookie(c, sessionCookie(place))

export function keepSession(c: Context<Env>, place: Place, token: string): void {
  setCookie(c, sessionCookie(place), token, { httpOnly: true, sameSite: 'Lax', path: '/', secure: place.secure, maxAge: aWeek })
}

export function forgetSession(c: Context<Env>, place: Place): void {
  deleteCookie(c, sessionCookie(place), { path: '/', secure: place.secure })
}
