// What of the weekly status somebody reads, and when they are written to, as it is typed.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src/app/app.ts'
import { findPersonByEmail } from '../../src/store/people.ts'
import { aCast, aCertification, testApp, type TestApp } from '../helpers/records.ts'
import { type Typist, typist } from '../helpers/typing.ts'

let opened: TestApp
let app: App
let type: Typist

beforeAll(async () => {
  opened = await testApp()
  app = opened.app
  type = typist(app, () => ({ folder: '/', columns: 200 }))
})
beforeEach(async () => {
  await opened.reset()
  await aCast(app)
})
afterAll(() => opened.close())

const found = async (name: string) => (await findPersonByEmail(app.database.db, `${name}@example.org`))!

describe('a person', () => {
  test('is added and changed with a rhythm and a weekly day, else those of their organisation', async () => {
    await type`organisation edit 1 --weekly-day tuesday`
    await type`person add --name Dan --email dan@example.org --reminders weekly`
    await type`person add --name Eve --email eve@example.org --weekly-day Friday`
    expect([await found('dan'), await found('eve')].map((one) => `${one.rhythm} ${one.weeklyDay}`)).toEqual(['weekly 2', 'daily 5'])
    await type`person edit dan@example.org --reminders daily --weekly-day sunday`
    expect((await found('dan')).weeklyDay).toBe(7)
    expect((await type`organisation list`).out).toContain('tuesday')
    const wrong = await type`person edit dan@example.org --weekly-day someday`
    expect(wrong.exit).toBe(2)
    expect(wrong.err).toContain('"someday" is not one of monday, tuesday')
  })

  test('chooses what of the weekly status they read, part by part, and ends it', async () => {
    await type`person edit carol@example.org --digest-scheme fips-140,iso-27001 --digest-tag Key`
    await type`person edit carol@example.org --digest-organisation ${'Harbour Cloud'} --digest-scheme all`
    expect((await found('carol')).digestFilter).toEqual({ organisations: [1], tags: ['key'] })
    expect((await type`person list`).out).toContain('status of organisations 1; tags key')
    expect((await type`person edit carol@example.org --digest none`).out).toContain('no weekly status')
    expect((await found('carol')).digest).toBe('none')
    await type`person edit carol@example.org --digest weekly`
    expect((await found('carol')).digest).toBe('weekly')
    expect((await type`person edit carol@example.org --digest-scheme nothing`).err).toContain('There is no scheme "nothing"')
  })
})

test('a preview is narrowed by what is typed, and shows an owner their own', async () => {
  await aCertification(app, { organisationId: 1, ownerId: 2, name: 'Vault', tags: ['key'], days: { expiry: '2026-12-15' } })
  await aCertification(app, { organisationId: 1, ownerId: 2, name: 'Gate', days: { expiry: '2026-12-15' } })
  const narrowed = (await type`digest preview --tag key --scheme fips-140`).out
  expect(narrowed).toContain('Only schemes: FIPS 140')
  expect([narrowed.includes('Vault'), narrowed.includes('Gate')]).toEqual([true, false])
  expect((await type`digest preview --to alice@example.org`).out).toContain('Your week 48')
  expect(JSON.parse((await type`digest preview --to alice@example.org --json`).out)).toMatchObject({ to: 'Alice', week: '2026-W48', counts: { late: 0, next30: 2 } })
})
