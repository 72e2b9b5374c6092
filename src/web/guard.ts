// What every request passes before a page sees it: the right host, the right origin, a small body; and
// the headers every answer carries. Nothing here knows who is asking.

import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { secureHeaders } from 'hono/secure-headers'
import { Refusal } from './refusal.ts'
import type { Env } from './visitor.ts'

/** Where this installation is reached: its public address, and this machine at the port that is served. */
export interface Place {
  readonly url: URL
  readonly port: number
  readonly secure: boolean
}

export function placeOf(url: string, port: number): Place {
  const parsed = new URL(url)
  return { url: parsed, port, secure: parsed.protocol === 'https:' }
}

const local = ['localhost', '127.0.0.1', '[::1]']
const localHosts = ({ port }: Place): string[] => local.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]))

export const bodyLimitBytes = 64 * 1024

const page: Readonly<Record<string, string>> = {
  'default-src': "'none'", 'style-src': "'self'", 'img-src': "'self'", 'frame-src': "'self'", 'form-action': "'self'",
  'base-uri': "'none'", 'frame-ancestors': "'none'",
}

/** A mail's own HTML, in a frame: its styles and inlined pictures, and nothing that runs, loads or leaves. */
export const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
  + "form-action 'none'; base-uri 'none'; sandbox"

export function headers(place: Place): MiddlewareHandler<Env> {
  return secureHeaders({
    overwrite: false,
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    strictTransportSecurity: place.secure && 'max-age=15552000',
    permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
  })
}

/** Adds what pages carry unless a route has set its own: the policy, and that nobody keeps a copy. */
export const pageHeaders: MiddlewareHandler<Env> = async (c, next) => {
  await next()
  const { headers } = c.res
  if (!headers.has('Content-Security-Policy')) {
    headers.set('Content-Security-Policy', Object.entries(page).map(([name, value]) => `${name} ${value}`).join('; '))
  }
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
}

/** Refuses any host but ours: a foreign name that points here would be a page of somebody else (DNS rebinding). */
export function knownHost(place: Place): MiddlewareHandler<Env> {
  const hosts = new Set([place.url.host, ...localHosts(place)])
  return async (c, next) => {
    const host = (c.req.header('host') ?? new URL(c.req.url).host).toLowerCase()
    if (!hosts.has(host)) {
      throw new Refusal(421, `This server answers to ${place.url.host} only. Open ${place.url.origin}, or set RECERT_URL to the address people use.`)
    }
    await next()
  }
}

/** Refuses a change that another site asks for: the browser says where a request comes from. */
export function sameOrigin(place: Place): MiddlewareHandler<Env> {
  const origins = new Set([place.url.origin, ...localHosts(place).map((host) => `http://${host}`)])
  return async (c, next) => {
    const safe = c.req.method === 'GET' || c.req.method === 'HEAD'
    if (!safe && !await comesFromUs(c, origins) && !await isOneClick(c)) throw new Refusal(403, undefined, 'crossSite')
    await next()
  }
}

// Over plain http an older browser, or one away from localhost, says neither where it comes from nor,
// under our referrer policy, its origin: then the form must hold what only a page of ours could know.
async function comesFromUs(c: Context<Env>, origins: ReadonlySet<string>): Promise<boolean> {
  const origin = c.req.header('origin')
  if (origin !== undefined && origin !== 'null' && !origins.has(origin)) return false
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  if (origin !== undefined && origin !== 'null') return true
  return await holdsFormToken(c)
}

/**
 * Says whether a mail provider ends a weekly mail for its reader (RFC 8058): from nowhere, with one field,
 * to the address of a link. Its token is the proof, and the route does nothing else for such a request.
 */
export async function isOneClick(c: Context<Env>): Promise<boolean> {
  if (c.req.method !== 'POST' || !/^\/answer\/[\w-]{43}$/.test(c.req.path)) return false
  const form = await c.req.parseBody()
  return form['List-Unsubscribe'] === 'One-Click'
}

export const formField = 'form'
const tokenPattern = /^[\w-]{22}$/

const formCookie = (place: Place): string => (place.secure ? '__Host-recert-form' : 'recert-form')

/** Gives every browser a token of its own, which our forms repeat and other sites cannot read. */
export function formToken(place: Place): MiddlewareHandler<Env> {
  return async (c, next) => {
    const known = getCookie(c, formCookie(place))
    c.set('formCookie', known)
    const token = known && tokenPattern.test(known) ? known : randomBytes(16).toString('base64url')
    c.set('formToken', token)
    await next()
    const isPage = c.res.headers.get('Content-Type')?.startsWith('text/html') && !c.res.headers.get('Content-Security-Policy')?.includes('sandbox')
    if (isPage && token !== known) {
      setCookie(c, formCookie(place), token, { httpOnly: true, sameSite: 'Strict', path: '/', secure: place.secure })
    }
  }
}

async function holdsFormToken(c: Context<Env>): Promise<boolean> {
  const cookie = c.get('formCookie')
  if (cookie === undefined || !tokenPattern.test(cookie)) return false
  const form = await c.req.parseBody()
  const given = form[formField]
  return typeof given === 'string' && given.length === cookie.length && timingSafeEqual(Buffer.from(given), Buffer.from(cookie))
}
