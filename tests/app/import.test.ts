import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { exportRegister } from '../../src/app/export.ts'
import { importRegister, ImportRefused, type ImportRequest, type ImportResult } from '../../src/app/import.ts'
import { addOrganisation, addPerson } from '../../src/app/people.ts'
import { loadCatalogue, schemeFolders } from '../../src/app/schemes.ts'
import { readConfig } from '../../src/config.ts'
import { AppError } from '../../src/errors.ts'
import { silentLog } from '../../src/log.ts'
import { listCertifications } from '../../src/store/certifications.ts'
import { rows } from '../../src/store/database.ts'
import { testClock } from '../helpers/clock.ts'
import { testDatabase, type TestDatabase } from '../helpers/database.ts'

let opened: TestDatabase
let app: App
const clock = testClock('2026-11-24T01:00:00Z')

beforeAll(async () => {
  opened = await testDatabase()
  app = { config: readConfig({}), clock, log: silentLog, database: opened.database, catalogue: await loadCatalogue(schemeFolders('nowhere')) }
})

beforeEach(async () => {
  await opened.reset()
  clock.set('2026-11-24T01:00:00Z')
})

afterAll(() => opened.close())

const sample = (name: string): Uint8Array => readFileSync(new URL(`../samples/${name}`, import.meta.url))

async function importing(bytes: Uint8Array | string, options: Partial<ImportRequest> = {}): Promise<ImportResult> {
  return await importRegister(app, {
    bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, file: 'register.csv', dryRun: false, partial: false, ...options,
  })
}

async function refusal(bytes: Uint8Array | string, options: Partial<ImportRequest> = {}): Promise<ImportRefused> {
  const error = await importing(bytes, options).then(() => undefined, (thrown: unknown) => thrown)
  if (error instanceof ImportRefused) return error
  throw new Error('was not refused', { cause: error })
}

/** Counts only, so that a table of them can be compared at once. */
const counts = ({ accepted, updated, unchanged, rejected, unconfirmed }: ImportResult) => ({ accepted, updated, unchanged, rejected, unconfirmed })

async function withManager(): Promise<void> {
  await app.database.transact(async (db) => {
    const now = clock.now()
    const acme = await addOrganisation(app, db, { name: 'Acme Cloud Ltd' }, { zone: 'Asia/Shanghai', now })
    await addPerson(app, db, { organisationId: acme.id, name: 'Mei', email: 'mei@example.org', roles: ['compliance-manager'] }, now)
  })
}

const stored = () => rows<{ name: string; organisation: string; owner: string | null; number: string | null }>(app.database.db, sql`
  select c.name, o.name as organisation, coalesce(p.email, p.name) as owner, c.certificate_number as number
  from certification c join organisation o on o.id = c.organisation_id left join person p on p.id = c.owner_id order by c.id`)

async function countOf(table: string): Promise<number> {
  const [row] = await rows<{ n: number }>(app.database.db, sql`select count(*)::int as n from ${sql.identifier(table)}`)
  return row!.n
}

describe('our own layout brings organisations and people with it', () => {
  test('a newcomer imports their list: organisations and owners that are new are added and named', async () => {
    await withManager()
    const result = await importing(sample('recert.csv'))
    expect(counts(result)).toMatchObject({ accepted: 4, updated: 0, unchanged: 0, rejected: 0 })
    expect(result.created).toEqual({
      organisations: ['Acme Data Ltd'], people: ['Wang Fang <wang@example.org>', 'Li Lei', 'li lei'],
    })
    expect(await stored()).toEqual([
      { name: 'Cloud platform', organisation: 'Acme Cloud Ltd', owner: 'wang@example.org', number: 'IS 700001' },
      { name: 'Data centre', organisation: 'Acme Data Ltd', owner: 'Li Lei', number: 'IS 600001' },
      { name: 'Payments', organisation: 'Acme Cloud Ltd', owner: 'li lei', number: '44010099001-24001' },
      { name: 'Card OS', organisation: 'Acme Cloud Ltd', owner: 'wang@example.org', number: null },
    ])
  })

  test('a certificate that has expired already is asked about, once', async () => {
    await withManager()
    const { questions } = await importing(sample('recert.csv'))
    expect(questions.map((one) => `${one.certification} ${one.expiredOn.toString()}: ${one.ask}`))
      .toEqual(['Data centre 2024-05-01: Renewed, given up, or being restored?'])
    expect((await importing(sample('recert.csv'))).questions).toEqual([])
  })

  test('the same file again changes nothing and adds nobody', async () => {
    await withManager()
    await importing(sample('recert.csv'))
    const people = await countOf('person')
    const again = await importing(sample('recert.csv'))
    expect(counts(again)).toMatchObject({ accepted: 0, updated: 0, unchanged: 4, rejected: 0 })
    expect(again.created).toEqual({ organisations: [], people: [] })
    expect(await countOf('person')).toBe(people)
  })

  test('a changed row is updated, the others are not', async () => {
    await withManager()
    await importing(sample('recert.csv'))
    const renewed = new TextDecoder().decode(sample('recert.csv')).replace('2027-05-01', '2027-06-01')
    expect(counts(await importing(renewed))).toMatchObject({ accepted: 0, updated: 1, unchanged: 3 })
  })

  test('two people of one name, or one who has left, are no owner to guess', async () => {
    await withManager()
    await app.database.transact(async (db) => {
      for (const email of ['a@example.org', 'b@example.org']) {
        await addPerson(app, db, { organisationId: 1, name: 'Ann', email, roles: ['owner'] }, clock.now())
      }
      await db.execute(sql`update person set deactivated_at = '2026-01-01' where email = 'mei@example.org'`)
    })
    const file = 'scheme,organisation,name,owner,expiry\niso-27001,Acme Cloud Ltd,A,ann,2027-05-01\n'
      + 'iso-27001,Acme Cloud Ltd,B,MEI@example.org,2027-05-01\niso-27001,Acme Cloud Ltd,C,"a@example.org, b@example.org",2027-05-01\n'
    const { result } = await refusal(file)
    expect(result.problems.map((one) => `${one.row} ${one.column} ${one.value}: ${one.reason}`)).toEqual([
      '2 owner ann: Several people have this name: give the address',
      '3 owner MEI@example.org: Mei is deactivated: name somebody else',
      expect.stringMatching(/^4 owner a@example\.org, b@example\.org: Not usable as an address: /),
    ])
    expect(result.rejected).toBe(3)
  })

  test('a row that names its organisation and one that leaves it to the option may be the same', async () => {
    await withManager()
    const file = 'scheme,organisation,name,expiry\niso-27001,Acme Cloud Ltd,A,2027-05-01\niso-27001,,A,2028-05-01\n'
    const { result } = await refusal(file)
    expect(result.problems.map((one) => `${one.row} ${one.reason}`)).toEqual([
      '2 Rows 2, 3 speak of the same certification, "A": keep one', '3 Rows 2, 3 speak of the same certification, "A": keep one',
    ])
  })
})

describe('what a register does not say is filled from the options', () => {
  const rowsFor = 'cert_id,name,manufacturer,scheme,eal,category,status,not_valid_before,not_valid_after\nX-1,Card,Maker,DE,EAL4,Cards,active,2024-01-01,2029-01-01\n'

  test('without options the first compliance manager owns it, in their organisation', async () => {
    await withManager()
    await importing(rowsFor)
    expect(await stored()).toEqual([{ name: 'Card', organisation: 'Acme Cloud Ltd', owner: 'mei@example.org', number: 'X-1' }])
  })

  test('--owner and --organisation say otherwise', async () => {
    await withManager()
    await app.database.transact(async (db) => {
      await addOrganisation(app, db, { name: 'Other' }, { zone: 'UTC', now: clock.now() })
      await addPerson(app, db, { organisationId: 1, name: 'Ann', email: 'ann@example.org', roles: ['owner'] }, clock.now())
    })
    await importing(rowsFor, { owner: 'ANN@example.org', organisation: 'other' })
    expect(await stored()).toEqual([{ name: 'Card', organisation: 'Other', owner: 'ann@example.org', number: 'X-1' }])
  })

  test('the option takes nothing from whoever owns the record by now', async () => {
    await withManager()
    await importing(rowsFor)
    await app.database.transact(async (db) => {
      const ann = await addPerson(app, db, { organisationId: 1, name: 'Ann', email: 'ann@example.org', roles: ['owner'] }, clock.now())
      await db.execute(sql`update certification set owner_id = ${ann.id}`)
    })
    expect(counts(await importing(rowsFor))).toMatchObject({ unchanged: 1, updated: 0 })
    expect((await stored())[0]?.owner).toBe('ann@example.org')
  })

  test.each([
    ['an owner nobody knows', { owner: 'ghost@example.org' }, /There is no person "ghost@example\.org"\. Add one with: person add/],
    ['an organisation nobody knows', { organisation: 'Ghost Ltd' }, /There is no organisation "Ghost Ltd"\. Add it with: organisation add/],
    ['a mapping nobody knows', { mapping: 'excel' }, /"excel" is not a value of --mapping\. Allowed: common-criteria, common-criteria-portal, fips-140, recert\./],
    ['an encoding nobody knows', { encoding: 'klingon' }, /"klingon" is not a value of --encoding\. Allowed: utf-8/],
  ])('%s is refused with the way to add it', async (_what, options, message) => {
    await withManager()
    await expect(importing(rowsFor, options)).rejects.toThrow(message)
    expect(await countOf('certification')).toBe(0)
  })

  test('with nobody to own it the way to add a compliance manager is named', async () => {
    await expect(importing(rowsFor)).rejects.toThrow(/there is no compliance manager yet\. Add one with: person add .* --role compliance-manager/)
  })
})

describe('all or nothing', () => {
  test('one refused row refuses the file: nothing is written, every problem is listed', async () => {
    await withManager()
    const refused = await refusal(sample('common-criteria.csv'))
    expect(refused.code).toBe('invalid')
    expect(counts(refused.result)).toEqual({ accepted: 0, updated: 0, unchanged: 0, rejected: 6, unconfirmed: 0 })
    expect(refused.result.problems).toHaveLength(7)
    expect(refused.message).toBe('register.csv: 6 certifications are refused, so nothing was imported. First: row 5, not_valid_after: '
      + 'The expiry 2020-11-02 must be after the decision 2020-11-02. Mend the file, or import the others with --partial.')
    expect(await countOf('certification')).toBe(0)
  })

  test('with --partial the others are taken, and again unchanged', async () => {
    await withManager()
    expect(counts(await importing(sample('common-criteria.csv'), { partial: true }))).toMatchObject({ accepted: 3, rejected: 6 })
    expect(counts(await importing(sample('common-criteria.csv'), { partial: true }))).toMatchObject({ accepted: 0, unchanged: 3, rejected: 6 })
  })

  test('a refused file adds no organisation and no person either', async () => {
    await withManager()
    await refusal('scheme,organisation,owner,expiry\niso-27001,New Ltd,New Person,2027-05-01\niso-27001,Newer Ltd,x,2023-02-29\n')
    expect(await countOf('organisation')).toBe(1)
    expect(await countOf('person')).toBe(1)
  })

  test('a dry run tells the same and leaves nothing', async () => {
    await withManager()
    const dry = await importing(sample('recert.csv'), { dryRun: true })
    expect([await countOf('certification'), await countOf('organisation'), await countOf('person'), await countOf('obligation')]).toEqual([0, 1, 1, 0])
    const real = await importing(sample('recert.csv'))
    expect(JSON.stringify(dry)).toBe(JSON.stringify(real))
  })

  test('whatever bytes come, they are taken or refused, never half', async () => {
    await withManager()
    const text = new TextDecoder().decode(sample('recert.csv'))
    const file = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 300 }).map((end) => new TextEncoder().encode(`scheme,organisation,expiry\niso-27001,Acme,${end}`)),
      fc.tuple(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 5 }))
        .map(([at, length, put]) => new TextEncoder().encode(text.slice(0, at) + put + text.slice(at + length))),
    )
    await fc.assert(fc.asyncProperty(file, async (bytes) => {
      const before = await countOf('certification')
      const added = await importing(bytes).then(({ accepted }) => accepted, (error: unknown) => {
        expect(error).toBeInstanceOf(AppError)
        return 0
      })
      expect(await countOf('certification')).toBe(before + added)
    }), { numRuns: 150 })
  })
})

describe('an export is read back as unchanged', () => {
  test('from every layout, in one file', async () => {
    await withManager()
    await importing(sample('common-criteria.csv'), { partial: true })
    await importing(sample('common-criteria-portal.csv'))
    await importing(sample('fips-140.csv'))
    await importing(sample('recert.csv'))
    await app.database.db.execute(sql`update certification set owner_id = null, name = '=cmd|''x''' where certificate_number = '4987'`)
    await app.database.db.execute(sql`insert into decision (certification_id, cycle, kind, decided_on, until_on, reason, recorded_at)
      select id, 1, 'suspend', '2026-10-01', '2027-03-01', 'audit: not booked, "late"', '2026-10-01' from certification where certificate_number = 'IS 700001'`)
    const file = await exportRegister(app, { format: 'csv' })
    const result = await importing(file)
    expect(result.problems).toEqual([])
    expect(counts(result)).toMatchObject({ accepted: 0, updated: 0, unchanged: 13, rejected: 0 })
    expect(await exportRegister(app, { format: 'csv' })).toBe(file)
  })

  test('with what one rests on, whichever row comes first, into an empty installation too', async () => {
    await withManager()
    const file = 'scheme,organisation,name,certificate number,rests on,decision,tier,country\n'
      + 'csa-star,Acme Cloud Ltd,Cloud STAR,,iso-27001: is 7,2026-03-02,gold,\niso-27001,Acme Cloud Ltd,Cloud,IS 7,,2026-03-01,,DE\n'
    expect((await importing(file)).problems).toEqual([])
    const [star] = await listCertifications(app.database.db, { scheme: 'csa-star' })
    const [iso] = await listCertifications(app.database.db, { scheme: 'iso-27001' })
    expect([star!.parentId, iso!.country]).toEqual([iso!.id, 'DE'])
    const exported = await exportRegister(app, { format: 'csv' })
    expect(counts(await importing(exported))).toMatchObject({ accepted: 0, updated: 0, unchanged: 2 })
    await opened.reset()
    await withManager()
    await importing(exported)
    expect(await exportRegister(app, { format: 'csv' })).toBe(exported)
  })

  test('a certification that rests on what nobody knows is refused with its row', async () => {
    await withManager()
    const { result } = await refusal('scheme,organisation,name,rests on,decision\ncsa-star,Acme Cloud Ltd,Cloud,iso-27001: IS 9,2026-03-02\n')
    expect(result.problems).toEqual([{ row: 2, column: 'rests on', value: 'iso-27001: is 9', reason: 'There is no certification of iso-27001 under "is 9" in this organisation' }])
    const other = await refusal('scheme,organisation,name,rests on,decision\ncsa-star,Acme Cloud Ltd,Cloud,IS 9,2026-03-02\n')
    expect(other.result.problems[0]!.reason).toBe('Write the scheme and the number or name of the other, as in: iso-27001: IS 771204')
  })

  test('a spreadsheet gets the status of the day asked about, and no live formula', async () => {
    await withManager()
    await importing('scheme,organisation,name,holder,decision,expiry\niso-27001,Acme Cloud Ltd,"\'=1+1","Acme, ""Ltd""",2024-05-02,2027-05-01\n')
    const file = await exportRegister(app, { format: 'csv', asOf: Temporal.PlainDate.from('2027-05-02') })
    expect(file.split('\r\n')).toEqual([
      '\uFEFFscheme,organisation,name,scope,holder,covers,sites,country,rests on,certificate number,certification body,owner,tags,edition,decision,issue,first-issue,expiry,cycle,status,decisions,facts,register key',
      'iso-27001,Acme Cloud Ltd,\'=1+1,,"Acme, ""Ltd""",,,,,,,Mei <mei@example.org>,,2022,2024-05-02,,,2027-05-01,initial,expired restorable,,,\'=1+1',
      '',
    ])
  })

  test('a program gets the records whole', async () => {
    await withManager()
    await importing(sample('fips-140.csv'))
    const records: unknown = JSON.parse(await exportRegister(app, { format: 'json' }))
    expect(records).toHaveLength(4)
    expect(records).toMatchObject([{}, {
      scheme: 'fips-140', options: { edition: '140-2', level: '2' }, organisation: 'Acme Cloud Ltd', certificateNumber: '4947',
      owner: { name: 'Mei', email: 'mei@example.org' }, status: 'expired',
      cycles: [{ number: 1, days: { decision: { day: '2025-01-21', assumed: false }, expiry: { day: '2026-09-21', assumed: false } } }],
    }, {}, {}])
  })

  test('an empty register is a header alone', async () => {
    expect((await exportRegister(app, { format: 'csv' })).split('\r\n')).toHaveLength(2)
    expect(await exportRegister(app, { format: 'json' })).toBe('[]\n')
  })
})

const registers = new URL('../../../shared/data/', import.meta.url)
const real = (name: string): Uint8Array => readFileSync(new URL(name, registers))
const present = existsSync(registers)

// The registers are not part of this repository; the samples beside the tests hold one row of each kind.
describe.skipIf(!present)(`the registers as published${present ? '' : ' (skipped: ../shared/data is not there)'}`, () => {
  test('of 604 Common Criteria certificates 5 are refused, the others are in, and again unchanged', async () => {
    await withManager()
    const first = await importing(real('common-criteria.csv'), { partial: true })
    expect(counts(first)).toMatchObject({ accepted: 599, updated: 0, unchanged: 0, rejected: 5 })
    expect(first.problems.map((one) => one.row)).toEqual([152, 298, 299, 302, 384])
    clock.advance('P30D')
    expect(counts(await importing(real('common-criteria.csv'), { partial: true }))).toMatchObject({ accepted: 0, updated: 0, unchanged: 599, rejected: 5 })
  })

  test('an archived certificate owes nothing, and what was past at entry waits for an answer', async () => {
    await withManager()
    const { unconfirmed } = await importing(real('common-criteria.csv'), { partial: true })
    const owed = await rows<{ state: string; archived: boolean; n: number }>(app.database.db, sql`
      select o.state, exists (select 1 from decision d where d.certification_id = o.certification_id and d.kind = 'archive') as archived, count(*)::int as n
      from obligation o group by 1, 2 order by 1, 2`)
    expect(owed.filter((one) => one.archived)).toEqual([])
    expect(owed.find((one) => one.state === 'unconfirmed')?.n ?? 0).toBe(unconfirmed)
    expect(unconfirmed).toBeGreaterThan(0)
  })

  test('the portal\'s layout and the modules come in whole', async () => {
    await withManager()
    expect(counts(await importing(real('common-criteria-portal-layout.csv')))).toMatchObject({ accepted: 3, rejected: 0 })
    expect(counts(await importing(real('fips-140-modules.csv')))).toMatchObject({ accepted: 716, rejected: 0 })
    expect(counts(await importing(real('fips-140-modules.csv')))).toMatchObject({ accepted: 0, updated: 0, unchanged: 716 })
  })
})
