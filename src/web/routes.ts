// Every address on one page.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import type { App } from '../app/app.ts'
import { openEvidenceFor } from '../app/evidence.ts'
import { getMailbox, getMailPage } from '../app/mailbox.ts'
import { getOverview } from '../app/overview.ts'
import { findHeldPage } from '../app/quarantine.ts'
import { getProofFor } from '../app/proof.ts'
import { getCertificationPage, getRegisterPage } from '../app/register-pages.ts'
import { isLinkUsable, requestSignInLink, signIn, signOut } from '../app/sign-in.ts'
import { takeBackAnswerFor } from '../app/taking-back.ts'
import { answerRoutes, isAnswerPath } from './answer-routes.ts'
import { attachment, download } from './download.ts'
import { mailPolicy, type Place } from './guard.ts'
import { certificationPage } from './page-certification.ts'
import { certificationsPage } from './page-certifications.ts'
import { mailboxPage, mailPage } from './page-mail.ts'
import { decideHeld } from './page-quarantine.ts'
import { overviewPage } from './page-overview.ts'
import { askedPage, goneLinkPage, linkPage, signInPage } from './page-sign-in.ts'
import { Refusal } from './refusal.ts'
import { type Env, forgetSession, keepSession, readerOf, sessionToken } from './visitor.ts'

const fileBeside = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

const css = fileBeside('app.css')
const icon = fileBeside('icon.svg')

/** Its address changes with its content, so that it may be kept for long. */
export const stylesheet = `/app.css?v=${createHash('sha256').update(css).digest('hex').slice(0, 12)}`

/** The paths that need nobody to be signed in. */
export const isOpen = (path: string): boolean => path === '/app.css' || path === '/sign-in' || /^\/sign-in\/[^/]+$/.test(path)
  || isAnswerPath(path)

const number = '{[1-9][0-9]{0,8}}'
const kept = { 'Cache-Control': 'public, max-age=31536000, immutable' }

export function routes(app: App, place: Place): Hono<Env> {
  const web = new Hono<Env>()
  web.get('/app.css', (c) => c.body(css, 200, { 'Content-Type': 'text/css; charset=utf-8', ...kept }))
  web.get('/icon.svg', (c) => c.body(icon, 200, { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'private, max-age=86400' }))

  web.get('/sign-in', (c) => c.html(signInPage(c)))
  web.post('/sign-in', async (c) => {
    const { address } = await c.req.parseBody()
    await requestSignInLink(app, typeof address === 'string' ? address : '')
    return c.html(askedPage(c))
  })
  web.get('/sign-in/:token', async (c) => (await isLinkUsable(app, c.req.param('token')) ? c.html(linkPage(c)) : c.html(goneLinkPage(c), 410)))
  web.post('/sign-in/:token', async (c) => {
    const session = await signIn(app, c.req.param('token'))
    if (session === undefined) return c.html(goneLinkPage(c), 410)
    keepSession(c, place, session)
    return c.redirect('/', 303)
  })
  web.post('/sign-out', async (c) => {
    await signOut(app, sessionToken(c, place) ?? '')
    forgetSession(c, place)
    return c.redirect('/sign-in', 303)
  })

  web.route('/answer', answerRoutes(app))

  web.get('/', async (c) => c.html(overviewPage(c, await getOverview(app, readerOf(c), c.req.query('asOf')))))
  web.get('/certifications', async (c) => c.html(certificationsPage(c, await getRegisterPage(app, readerOf(c), {
    asOf: c.req.query('asOf'), words: c.req.query('q'), shown: c.req.query('show'), after: c.req.query('after'),
  }))))
  web.get(`/certifications/:id${number}`, async (c) =>
    c.html(certificationPage(c, await getCertificationPage(app, readerOf(c), Number(c.req.param('id')), c.req.query('asOf')))))

  web.get(`/certifications/:id${number}/proof.csv`, async (c) => c.body(await getProofFor(app, readerOf(c), Number(c.req.param('id'))), 200, {
    'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': attachment(`recert-${c.req.param('id')}-proof.csv`),
  }))
  web.post(`/answers/:id${number}/take-back`, async (c) =>
    c.redirect(`/certifications/${await takeBackAnswerFor(app, readerOf(c), Number(c.req.param('id')))}#answers`, 303))
  web.get(`/evidence/:id${number}`, async (c) => await download(c, await openEvidenceFor(app, readerOf(c), Number(c.req.param('id')))))

  web.get('/mail', async (c) => c.html(mailboxPage(c, await getMailbox(app, readerOf(c), {
    state: c.req.query('state'), before: c.req.query('before'),
  }), { mode: app.config.mail, held: c.req.query('state') === 'quarantined' ? await findHeldPage(app, readerOf(c)) : undefined })))
  web.post('/mail/quarantine', async (c) => await decideHeld(app, c))
  web.get(`/mail/:id${number}`, async (c) => c.html(mailPage(c, await getMailPage(app, readerOf(c), Number(c.req.param('id'))))))
  web.get(`/mail/:id${number}/html`, async (c) => {
    const mail = await getMailPage(app, readerOf(c), Number(c.req.param('id')))
    if (mail.html === undefined) throw new Refusal(404, undefined, 'notFound')
    return c.body(mail.html, 200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': mailPolicy, 'X-Frame-Options': 'SAMEORIGIN' })
  })
  web.get(`/mail/:id${number}/message.eml`, async (c) => {
    const mail = await getMailPage(app, readerOf(c), Number(c.req.param('id')))
    if (mail.raw === undefined) throw new Refusal(404, undefined, 'notFound')
    return c.body(new Uint8Array(mail.raw), 200, {
      'Content-Type': 'message/rfc822', 'Content-Disposition': `attachment; filename="recert-${mail.id}.eml"`,
    })
  })
  return web
}
