import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { act } from '../../src/app/app.ts'
import { answerText, formatProof, getProofFor, listProof } from '../../src/app/proof.ts'
import { rightsOf } from '../../src/core/rights.ts'
import type { Transport } from '../../src/mail/transport.ts'
import { answer } from '../../src/store/schema-answers.ts'
import { rows } from '../../src/store/database.ts'
import { aCast, aCertification, type Cast, deliverAll, live, planAt, testApp, type TestApp } from '../helpers/records.ts'

let opened: TestApp
let cast: Cast
let id: number

const server: Transport = {
  send: async (_, gate) => (await gate() ? { outcome: 'sent', reply: '250 2.0.0 queued as 42' } : { outcome: 'refused-at-gate' }),
  verify: async () => ({ ok: true }), close: async () => undefined,
}

beforeAll(async () => {
  opened = await testApp()
  cast = await aCast(opened.app)
  id = (await aCertification(opened.app, { organisationId: cast.organisation.id, ownerId: cast.alice.id, name: '=Module, "A"' })).id
  await live(opened.app, cast.organisation)
  await planAt(opened, '2027-05-31T09:00:00Z')
  await deliverAll(opened.app, server)
  const [said] = await rows<{ id: number; obligation: number }>(opened.app.database.db, sql`select id, obligation_id as obligation from notice where outcome = 'said'`)
  await act(opened.app, async (db, now) => void await db.insert(answer).values({
    noticeId: said!.id, obligationId: said!.obligation, personId: cast.alice.id, actorId: cast.alice.id, action: 'acknowledge', via: 'mail-link', answeredAt: now,
  }))
})
afterAll(() => opened.close())

test('the proof of a certification names who was told what, the mail, what the server answered, and who acknowledged', async () => {
  const told = await listProof(opened.app, id)
  const said = told.find((one) => one.outcome === 'said')!
  expect([said.person, said.notice, said.countedTo.toString(), said.mail?.address, said.mail?.state, said.mail?.reply])
    .toEqual(['Alice', 'P30D', '2027-06-30', 'alice@example.org', 'sent', '250 2.0.0 queued as 42'])
  expect(said.answers.map(answerText)).toEqual(['acknowledge by Alice (mail-link) 2027-05-31T09:00:00Z'])
  expect(told.filter((one) => one.outcome === 'covered').map((one) => one.notice)).toEqual(['P180D', 'P90D'])
})

test('B55 its table arms no spreadsheet and breaks at no comma', async () => {
  const text = formatProof(await listProof(opened.app, id))
  expect(text.split('\r\n')[0]).toContain('decided at,person,as,purpose,duty')
  for (const line of text.split('\r\n').slice(1)) expect(line).not.toMatch(/(^|,)[=+@]/)
})

test('is read by who sees every mail, and is as if it were not there for a stranger', async () => {
  expect(await getProofFor(opened.app, { person: cast.carol, rights: rightsOf(cast.carol) }, id)).toContain('queued as 42')
  await expect(getProofFor(opened.app, { person: cast.alice, rights: rightsOf(cast.alice) }, id)).rejects.toThrow(`There is no certification ${id}.`)
})
