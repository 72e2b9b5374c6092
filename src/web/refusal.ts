// The one error boundary of a request: what a person can mend becomes a page that says so, and a bug is
// logged once, without anything that was sent: no token, address, search or value reaches the log.

import type { Context, ErrorHandler } from 'hono'
import { routePath } from 'hono/route'
import { AppError, type ErrorCode } from '../errors.ts'
import type { Log } from '../log.ts'
import { errorPage } from './page-error.ts'
import type { Env } from './visitor.ts'

export type Status = 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 421 | 500 | 503

/** A request refused for its form; the text is a page's own where `says` names one. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: Status
  readonly says: 'crossSite' | 'tooLarge' | 'notFound' | undefined

  constructor(status: Status, message?: string, says?: Refusal['says']) {
    super(message)
    this.status = status
    this.says = says
  }
}

const statuses: Readonly<Record<ErrorCode, Status>> = { invalid: 400, 'not-found': 404, conflict: 409, unavailable: 503 }

export function answerErrors(log: Log): ErrorHandler<Env> {
  return (error, c) => {
    if (error instanceof AppError) return answer(c, statuses[error.code], error.code === 'not-found' ? c.get('words').notFound : error.message)
    if (error instanceof Refusal) return answer(c, error.status, error.says ? c.get('words')[error.says] : error.message)
    log.error({ method: c.req.method, route: routePath(c, -1), err: error }, 'a page failed')
    return answer(c, 500, c.get('words').bug)
  }
}

const answer = (c: Context<Env>, status: Status, message: string): Response | Promise<Response> =>
  c.html(errorPage(c, status, message), status)
