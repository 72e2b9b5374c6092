// One sender in a process of its own, as cold as a server that has just started: ours, the mail library's pool, or the
// loop that somebody would write in a day. It is told when to begin, so that several begin together.
//
//   node bench/sender.ts ours|pool|loop URL-OF-DATABASE URL-OF-MAIL-SERVER COUNT [FILE-OF-DKIM-KEY]

import { readFileSync } from 'node:fs'
import { createTransport } from 'nodemailer'
import postgres from 'postgres'
import { deliverWaiting } from '../src/app/delivery-run.ts'
import { openTransport } from '../src/app/open.ts'
import { fixedClock } from '../src/clock.ts'
import { readConfig } from '../src/config.ts'
import { sendHour } from './records.ts'
import { appOn, within } from './stand.ts'

const [kind = '', databaseUrl = '', mailUrl = '', count = '0', keyFile] = process.argv.slice(2)
const most = Number(count)
const connections = 5

interface Mail { readonly address: string; readonly subject: string; readonly text: string; readonly html: string; readonly calendar: string }

// What our own mails are: the same words and the same attachment, so that the library composes what we do.
const contentOf = (mail: Mail) => ({
  from: 'Recert <recert@example.org>', to: mail.address, subject: mail.subject, text: mail.text, html: mail.html,
  attachments: [{ filename: 'deadline.ics', content: mail.calendar, contentType: 'text/calendar' }],
})

const dkim = keyFile ? { domainName: 'example.org', keySelector: 'bench', privateKey: readFileSync(keyFile, 'utf8') } : undefined

/** The pool as its manual shows it: everything is handed over at once, and nothing is remembered. */
async function poolSends(mails: readonly Mail[]): Promise<number> {
  const pool = createTransport({ url: mailUrl, pool: true, maxConnections: connections, maxMessages: Infinity, ignoreTLS: true, ...(dkim ? { dkim } : {}) })
  await begin()
  await Promise.all(mails.map((mail) => pool.sendMail(contentOf(mail))))
  pool.close()
  return mails.length
}

/** A day's work: read what is due, send one after the other over a transport, note each as sent. */
async function loopSends(mails: readonly Mail[]): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1 })
  const transport = createTransport({ url: mailUrl, ignoreTLS: true })
  await begin()
  for (const mail of mails) {
    await transport.sendMail(contentOf(mail))
    await sql`insert into sent_by_loop (address, sent_at) values (${mail.address}, clock_timestamp())`
  }
  await sql.end()
  return mails.length
}

async function oursSends(): Promise<number> {
  return await within(databaseUrl, async (database) => {
    const config = readConfig({
      RECERT_HOME: '/nowhere', SMTP_URL: mailUrl, RECERT_FROM: 'Recert <recert@example.org>', RECERT_MAIL_CONNECTIONS: String(connections),
      ...(keyFile ? { RECERT_DKIM_DOMAIN: 'example.org', RECERT_DKIM_SELECTOR: 'bench', RECERT_DKIM_KEY_FILE: keyFile } : {}),
    })
    const app = { ...await appOn(database), config, clock: fixedClock(sendHour) }
    const transport = openTransport(config)
    await begin()
    let sent = 0
    for (;;) {
      const counts = await deliverWaiting(app, { now: sendHour, asked: false, transport })
      sent += counts['sent'] ?? 0
      if (!counts['more']) break
    }
    await transport?.close()
    return sent
  })
}

async function readMails(): Promise<Mail[]> {
  const sql = postgres(databaseUrl, { max: 1 })
  const found = await sql<Mail[]>`select address, subject, text, html, calendar from sample order by id limit ${most}`
  await sql.end()
  return [...found]
}

/** Says that everything is ready, and waits for the word. */
function begin(): Promise<void> {
  return new Promise((resolve) => {
    process.once('message', () => resolve())
    process.send?.({ ready: true })
  })
}

const sent = kind === 'ours' ? await oursSends() : kind === 'pool' ? await poolSends(await readMails()) : await loopSends(await readMails())
process.send?.({ sent }, () => process.exit(0))
