// Tags of certifications: entered, shown, found by, corrected, written to a file and read back.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { act, type App } from '../../src/app/app.ts'
import { editCertification, getCertification } from '../../src/app/certifications.ts'
import { exportRegister } from '../../src/app/export.ts'
import { importRegister } from '../../src/app/import.ts'
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

const tagsOf = async (id: number) => (await getCertification(app.database.db, id)).tags
const read = (text: string) => importRegister(app, { bytes: Buffer.from(text), file: 'r.csv', dryRun: false, partial: false, organisation: '1' })

describe('tags', () => {
  test('are entered, shown, found by and corrected from the command line', async () => {
    expect((await type`certification add --scheme fips-140 --name Module --set expiry=2027-06-30 --tag Key,board,key`).exit).toBe(0)
    await aCertification(app, { organisationId: 1, name: 'Other' })
    expect((await type`certification show 1`).out).toMatch(/tags\s+key, board/)
    expect(JSON.parse((await type`certification list --tag BOARD --json`).out)).toMatchObject([{ id: 1, tags: ['key', 'board'] }])
    expect(JSON.parse((await type`certification list --search boar --json`).out)).toHaveLength(1)
    expect((await type`certification edit 1 --tag 重点`).exit).toBe(0)
    expect(await tagsOf(1)).toEqual(['重点'])
    expect((await type`certification edit 1 --name Module2`).exit).toBe(0)
    expect(await tagsOf(1)).toEqual(['重点'])
    expect((await type`certification edit 1 --tag none`).exit).toBe(0)
    expect(await tagsOf(1)).toEqual([])
  })

  test('that cannot be kept are refused with the reason, and nothing is changed', async () => {
    const { id } = await aCertification(app, { organisationId: 1, tags: ['key'] })
    await expect(act(app, (db, now) => editCertification(app, db, id, { tags: ['a;b'] }, { now }))).rejects.toThrow('"a;b" has a comma or a semicolon')
    await expect(aCertification(app, { organisationId: 1, name: 'B', tags: ['x'.repeat(41)] })).rejects.toThrow('at most 40')
    expect(await tagsOf(id)).toEqual(['key'])
  })

  test('go out with the register and come back unchanged', async () => {
    await aCertification(app, { organisationId: 1, tags: ['key', '重点'] })
    await aCertification(app, { organisationId: 1, name: 'Plain' })
    const text = await exportRegister(app, { format: 'csv' })
    expect(text).toContain('key; 重点')
    expect(await read(text)).toMatchObject({ accepted: 0, updated: 0, unchanged: 2, problems: [] })
    expect(await read(text.replace('key; 重点', 'key'))).toMatchObject({ updated: 1, unchanged: 1 })
    expect(await tagsOf(1)).toEqual(['key'])
    const records: { tags: string[] }[] = JSON.parse(await exportRegister(app, { format: 'json' }))
    expect(records.map((one) => one.tags)).toEqual([['key'], []])
  })

  test('are left alone by a register that says nothing of them, and taken away by n/a', async () => {
    await read('方案,名称,证书编号,有效期至,标签\nfips-140,模块,1234,2027-06-30,重点；云')
    expect(await tagsOf(1)).toEqual(['重点', '云'])
    await read('方案,名称,证书编号,有效期至\nfips-140,模块甲,1234,2027-06-30')
    expect(await tagsOf(1)).toEqual(['重点', '云'])
    await read('方案,名称,证书编号,有效期至,标签\nfips-140,模块甲,1234,2027-06-30,n/a')
    expect(await tagsOf(1)).toEqual([])
    await expect(read(`scheme,name,expiry,tags\nfips-140,M,2027-06-30,${'x'.repeat(41)}`)).rejects.toThrow('row 2, tags')
  })
})
