// What machines ask: whether the process answers, whether it does its work, and the figures. Nobody signs in for them;
// the figures are for whoever shows the token.

import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import type { App } from '../app/app.ts'
import type { Pulse } from '../app/pulse.ts'
import { type Readiness, readReadiness, readWatch } from '../app/watch.ts'
import { type Metrics, openMetrics } from './metrics.ts'
import { Refusal } from './refusal.ts'
import type { Env } from './visitor.ts'

/** The paths that need nobody to be signed in. */
export const isWatchPath = (path: string): boolean => ['/healthz', '/readyz', '/metrics'].includes(path)

export function watchRoutes(app: App, pulse: Pulse): Hono<Env> {
  const web = new Hono<Env>()
  const readiness = shared(() => readReadiness(app, pulse))
  let metrics: Metrics | undefined
  web.get('/healthz', (c) => c.json({ status: 'ok' }))
  web.get('/readyz', async (c) => {
    const { ready, failing } = await readiness()
    return ready ? c.json({ status: 'ready' }) : c.json({ status: 'not ready', failing }, 503)
  })
  web.get('/metrics', async (c) => {
    const { metricsToken } = app.config
    if (metricsToken === undefined) throw new Refusal(404, undefined, 'notFound')
    if (!isBearer(c.req.header('authorization'), metricsToken)) {
      return c.json({ status: 'unauthorized' }, 401, { 'WWW-Authenticate': 'Bearer realm="metrics"' })
    }
    // Made on first use: it watches the process from then on.
    metrics ??= openMetrics()
    return c.body(await metrics.text(await readWatch(app), pulse.counts()), 200, { 'Content-Type': metrics.contentType })
  })
  return web
}

// Anybody may ask, as often as they like: those who ask at once get one answer.
function shared(look: () => Promise<Readiness>): () => Promise<Readiness> {
  let underWay: Promise<Readiness> | undefined
  return () => underWay ??= look().finally(() => { underWay = undefined })
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

// Hashed first, so that neither the length nor the first difference can be told from the time it takes.
const isBearer = (header: string | undefined, token: string): boolean =>
  header !== undefined && timingSafeEqual(digest(header), digest(`Bearer ${token}`))
