// The web face: guards in their order, then the pages; and the socket they are served on.

import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { App } from '../app/app.ts'
import { openPulse, type Pulse } from '../app/pulse.ts'
import { AppError } from '../errors.ts'
import { bodyLimitBytes, formToken, headers, knownHost, pageHeaders, placeOf, sameOrigin } from './guard.ts'
import { hookRoutes } from './hook-routes.ts'
import { answerErrors, Refusal } from './refusal.ts'
import { isOpen, routes, stylesheet } from './routes.ts'
import { type Env, language, signedIn } from './visitor.ts'
import { isWatchPath, watchRoutes } from './watch-routes.ts'

/** Returns the pages over an application, ready to be asked or served; `pulse` is that of the jobs this process runs. */
export function openWeb(app: App, pulse: Pulse = openPulse()): Hono<Env> {
  const place = placeOf(app.config.url, app.config.port)
  const web = new Hono<Env>()
  web.onError(answerErrors(app.log))
  web.notFound(() => {
    throw new Refusal(404, undefined, 'notFound')
  })
  web.use(async (c, next) => {
    c.set('stylesheet', stylesheet)
    await next()
  })
  web.use(headers(place), pageHeaders, language(place), formToken(place), knownHost(place))
  // Machines come with a secret instead of a session, and with more than a form holds.
  web.route('/hooks', hookRoutes(app))
  web.use(bodyLimit({ maxSize: bodyLimitBytes, onError: () => { throw new Refusal(413, undefined, 'tooLarge') } }))
  web.use(sameOrigin(place), signedIn(app, place, (path) => isOpen(path) || isWatchPath(path)))
  web.route('/', watchRoutes(app, pulse))
  web.route('/', routes(app, place))
  return web
}

export interface Listening {
  readonly url: string
  /** Takes no more requests and waits for those under way, for five seconds at most. */
  close(): Promise<void>
}

const patience = 5000

/** Serves the pages at the configured host and port; throws `unavailable` where that cannot be had. */
export async function listen(app: App, pulse: Pulse = openPulse()): Promise<Listening> {
  const { host, port } = app.config
  const answer = getRequestListener(openWeb(app, pulse).fetch)
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(mendable(cause, { host, port })))
    server.listen(port, host, resolve)
  })
  return { url: `http://${shownHost(host)}:${port}`, close: () => close(server) }
}

// What stands in a browser's address bar: "everywhere" is no address, and the loopback has a name.
const shownHost = (host: string): string => (['127.0.0.1', '::1', '0.0.0.0', '::'].includes(host) ? 'localhost' : host)

function mendable(cause: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Error {
  if (cause.code === 'EADDRINUSE') {
    return new AppError('unavailable', `Port ${port} on ${host} is in use by another program. Stop it, or use another port: PORT=${port + 1} npm start`, { cause })
  }
  if (cause.code === 'EACCES') {
    return new AppError('unavailable', `Port ${port} may not be used by this user. Use one above 1023: PORT=3000 npm start`, { cause })
  }
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND') {
    return new AppError('unavailable', `${host} is not an address of this machine. Set RECERT_HOST, for example to 127.0.0.1.`, { cause })
  }
  return cause
}

async function close(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), patience)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  clearTimeout(late)
}
