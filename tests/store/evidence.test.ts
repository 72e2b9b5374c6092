import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Target } from '../../src/core/evidence.ts'
import { insertCertifications } from '../../src/store/certifications.ts'
import { type Db, rows, violatedConstraint } from '../../src/store/database.ts'
import * as store from '../../src/store/evidence.ts'
import { beginFile } from '../../src/store/files.ts'
import { insertOrganisation, insertPerson } from '../../src/store/people.ts'
import { insertRequirements } from '../../src/store/requirements.ts'
import { finding } from '../../src/store/schema-proof.ts'
import { databases, type TestDatabase } from '../helpers/database.ts'
import { day, instant } from '../helpers/factory.ts'

const at = instant('2026-11-24T08:00:00Z')
const later = instant('2026-11-25T08:00:00Z')
const sha256 = 'a'.repeat(64)
const pdf = { sha256, name: '报告.pdf' }

describe.each(databases())('evidence on %s', (_name, open) => {
  let opened: TestDatabase
  let db: Db
  let bob: number
  let certificationId: number
  let item: Target
  let found: Target

  beforeAll(async () => {
    opened = await open()
    db = opened.database.db
  })
  beforeEach(async () => {
    await opened.reset()
    const { id: organisationId } = await insertOrganisation(db, { name: 'Harbour Cloud', zone: 'UTC', calendar: 'weekdays', language: 'en', sendHour: '09:00', createdAt: at })
    bob = (await insertPerson(db, { organisationId, name: 'Bob', roles: ['owner'], createdAt: at })).id
    certificationId = (await insertCertifications(db, [{
      organisationId, scheme: 'trucs', options: {}, name: 'Cloud host', registerKey: 'x', registerFacts: {}, ownerId: bob, enteredOn: day('2026-11-24'), createdAt: at,
    }]))[0]!
    const [id] = await insertRequirements(db, [{ certificationId, area: 'data', code: '7', ordinal: 1, title: { en: 'Durability', zh: '持久性' } }], at)
    item = { kind: 'requirement', id: id! }
    const [row] = await db.insert(finding).values({
      certificationId, cycle: 1, number: 'NC-1', grade: 'minor', title: 'No restore test', foundOn: day('2026-11-20'), closesBy: 'answer', blocks: false,
      basis: '-', mark: 'confirmed', createdAt: at, revision: 1,
    }).returning({ id: finding.id })
    found = { kind: 'finding', id: row!.id }
    await beginFile(db, { sha256, size: 5, type: 'application/pdf' }, at)
  })
  afterAll(() => opened.close())

  const add = (target: Target, proof: store.NewProof['proof'], title?: string) => store.insertEvidence(db, [{ target, title, proof }], { id: bob, at })
  const listed = async (filter: store.EvidenceFilter = {}, limit = 100) => (await store.listEvidence(db, filter, limit)).map((one) => one.link ?? one.file.name)

  test('is added once, withdrawn and can be added again; what it was stays recorded', async () => {
    const [first] = await add(item, { link: 'https://a.example/x' }, 'SLA')
    expect(await add(item, { link: 'https://a.example/x' })).toEqual([])
    expect(await store.findSameEvidence(db, item, { link: 'https://a.example/x' })).toBe(first)
    await add(item, { link: 'https://a.example/y' })
    expect(await store.withdrawEvidence(db, [first!], { id: bob, at: later, reason: 'old' })).toEqual([first])
    expect(await store.withdrawEvidence(db, [first!], { id: bob, at: later, reason: 'again' })).toEqual([])
    await add(item, { link: 'https://a.example/x' })
    expect((await store.listEvidenceOf(db, [item.id])).get(item.id)!.map((one) => [one.link, one.title]))
      .toEqual([['https://a.example/y', undefined], ['https://a.example/x', undefined]])
    expect(await rows(db, sql`select link, title, added_by, withdrawn_reason as reason from evidence order by id`)).toEqual([
      { link: 'https://a.example/x', title: 'SLA', added_by: bob, reason: 'old' }, { link: 'https://a.example/y', title: null, added_by: bob, reason: null },
      { link: 'https://a.example/x', title: null, added_by: bob, reason: null },
    ])
  })

  test('a file is evidence of several things, and of each of them once', async () => {
    expect([...await add(item, pdf), ...await add(found, pdf), ...await add(item, { ...pdf, name: 'other name.pdf' })]).toHaveLength(2)
    const [second, first] = await store.listEvidence(db, {}, 10)
    expect(first).toMatchObject({ file: { name: '报告.pdf', size: 5, type: 'application/pdf', sha256 }, target: { ...item, code: '7', title: { en: 'Durability', zh: '持久性' } } })
    expect(second).toMatchObject({ certification: 'Cloud host', addedBy: 'Bob', target: { ...found, code: 'NC-1', title: { en: 'No restore test' } }, withdrawn: undefined })
  })

  test('proves one thing and is a link or a file', async () => {
    const broken = async (columns: string) => await db.execute(sql.raw(`insert into evidence (added_at, ${columns}`)).then(() => 'nothing', violatedConstraint)
    expect(await broken(`link) values ('2026-11-24Z', 'https://a.example')`)).toBe('evidence_proves_one_thing')
    expect(await broken(`requirement_id, finding_id, link) values ('2026-11-24Z', ${item.id}, ${found.id}, 'https://a.example')`)).toBe('evidence_proves_one_thing')
    expect(await broken(`requirement_id) values ('2026-11-24Z', ${item.id})`)).toBe('evidence_is_a_link_or_a_file')
    expect(await broken(`requirement_id, link) values ('2026-11-24Z', ${item.id}, 'javascript:alert(1)')`)).toBe('evidence_is_a_link')
  })

  test('lists are filtered, the newest first, and end at their limit', async () => {
    const [link] = await add(item, { link: 'https://a.example/x' })
    await add(item, pdf)
    await add(found, { link: 'https://a.example/z' })
    await store.withdrawEvidence(db, [link!], { id: undefined, at: later })
    expect(await listed()).toEqual(['https://a.example/z', '报告.pdf'])
    expect(await listed({ withdrawnToo: true })).toEqual(['https://a.example/z', '报告.pdf', 'https://a.example/x'])
    expect(await listed({ withdrawnToo: true }, 1)).toEqual(['https://a.example/z'])
    expect(await listed({ target: item })).toEqual(['报告.pdf'])
    expect(await listed({ certificationId })).toEqual(['https://a.example/z', '报告.pdf'])
    expect(await listed({ certificationId: certificationId + 1 })).toEqual([])
    expect(await listed({ personId: bob })).toHaveLength(2)
    expect(await listed({ personId: bob + 1 })).toEqual([])
  })

  test('what it can be added to is found with its certification; anything else is not', async () => {
    expect(await store.findTarget(db, { kind: 'finding', id: found.id })).toEqual({ ...found, certificationId, organisationId: 1 })
    for (const kind of ['requirement', 'obligation', 'finding'] as const) expect(await store.findTarget(db, { kind, id: 999 })).toBeUndefined()
    expect(await store.findTarget(db, { kind: 'step', procedureId: 1, code: '1.1' })).toBeUndefined()
  })
})
