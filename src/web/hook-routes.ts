// Where a mail server hands in what came back, as `message bounce` does for a terminal. No browser comes here: a secret
// of the installation lets in, so there is no session and no form, and every answer is JSON.

import { createHash, timingSafeEqual } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { App } from '../app/app.ts'
import { recordReport } from '../app/bounces.ts'
import type { Env } from './visitor.ts'

const mostBytes = 1024 * 1024

/** The routes of machines; mounted before whatever is there for browsers. */
export function hookRoutes(app: App): Hono<Env> {
  const web = new Hono<Env>()
  const says = (c: Context<Env>, status: 401 | 404 | 405 | 413, reason: string): Response => c.json({ outcome: 'refused', reason }, status)
  web.use('/bounces', async (c, next) => {
    const { bounceToken } = app.config
    if (bounceToken === undefined) return says(c, 404, 'This way is closed. Set RECERT_BOUNCE_TOKEN to open it.')
    if (!isBearer(c.req.header('authorization'), bounceToken)) {
      c.header('WWW-Authenticate', 'Bearer')
      return says(c, 401, 'Send the header "Authorization: Bearer TOKEN" with the token of RECERT_BOUNCE_TOKEN.')
    }
    if (c.req.method === 'POST') return await next()
    c.header('Allow', 'POST')
    return says(c, 405, 'Send the report with POST.')
  })
  web.use('/bounces', bodyLimit({ maxSize: mostBytes, onError: (c) => says(c, 413, 'The report is longer than 1 MB.') }))
  web.post('/bounces', async (c) => {
    const recorded = await recordReport(app, new Uint8Array(await c.req.arrayBuffer()), c.req.query('recipient'))
    return c.json(recorded, recorded.outcome === 'refused' ? 422 : 200)
  })
  return web
}

// Compared as hashes: neither its length nor how much of a guess is right shows in the time it takes.
function isBearer(given: string | undefined, token: string): boolean {
  const [, shown = ''] = /^Bearer +(\S{1,500})$/i.exec(given ?? '') ?? []
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(shown), hash(token))
}
