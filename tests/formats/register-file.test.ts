import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadCatalogue, schemeFolders } from '../../src/app/schemes.ts'
import { decideReadings, type Decided } from '../../src/core/register.ts'
import type { Catalogue } from '../../src/core/scheme.ts'
import type { MappingId } from '../../src/formats/mapping.ts'
import { readRegister, type RegisterRead } from '../../src/formats/register-file.ts'
import type { Encoding } from '../../src/formats/text.ts'

let catalogue: Catalogue

beforeAll(async () => {
  catalogue = await loadCatalogue(schemeFolders('nowhere'))
})

const sample = (name: string): Uint8Array => readFileSync(new URL(`../samples/${name}`, import.meta.url))

function read(file: string | Uint8Array, options: { mapping?: MappingId; encoding?: Encoding } = {}): RegisterRead {
  const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
  return readRegister({ bytes, mapping: options.mapping, encoding: options.encoding }, catalogue)
}

function decided(file: string | Uint8Array, asOf = '2026-11-24'): Decided {
  const register = read(file)
  if (!register.ok) throw new Error(JSON.stringify(register.problems))
  return decideReadings(register.readings, { catalogue, layout: register.mapping }, Temporal.PlainDate.from(asOf))
}

const drafts = (file: string | Uint8Array) => decided(file).drafts.map((one) => ({
  key: one.registerKey, name: one.name, rows: one.rows.join(','), options: one.options,
  days: one.anchors.map((anchor) => `${anchor.name} ${anchor.day.toString()}${anchor.assumed ? ' assumed' : ''}`).join(', '),
  decisions: one.decisions.map((each) => `${each.kind} ${each.decidedOn.toString()}${each.reason ? ` ${each.reason}` : ''}`),
}))

const problems = (file: string | Uint8Array): string[] =>
  decided(file).problems.map((one) => `${one.row} ${one.column} "${one.value}": ${one.reason}`)

/** What refuses a file as a whole. */
function refusal(file: string | Uint8Array, options: Parameters<typeof read>[1] = {}): string[] {
  const register = read(file, options)
  return register.ok ? [] : register.problems.map((one) => `${one.row} ${one.column}: ${one.reason}`)
}

describe('a register is known by its header', () => {
  test.each([
    ['common-criteria.csv', 'common-criteria'], ['common-criteria-portal.csv', 'common-criteria-portal'],
    ['fips-140.csv', 'fips-140'], ['recert.csv', 'recert'], ['recert-chinese-gbk.csv', 'recert'],
  ])('%s is %s', (file, mapping) => {
    const register = read(sample(file))
    expect(register.ok && register.mapping.id).toBe(mapping)
  })

  test('a header that fits no layout is told what the layouts are', () => {
    expect(refusal('number,colour\n1,red\n')[0]).toMatch(/^1 : The header fits no layout\. Name one with --mapping; their columns: common-criteria \(cert_id, name, .*fips-140 \(Certificate Number, .*recert \(scheme, organisation/)
  })

  test('columns of a register that are not read are no mistake', () => {
    const [header, ...rows] = new TextDecoder().decode(sample('fips-140.csv')).trim().split('\n')
    const wider = [`${header},caveat`, ...rows.map((row) => `${row},none`)].join('\n')
    expect(drafts(wider)).toEqual(drafts(sample('fips-140.csv')))
  })

  test('a register that lacks a column it needs names it', () => {
    expect(refusal('cert_id,name\nA,B\n', { mapping: 'common-criteria' })).toContainEqual(expect.stringContaining('1 not_valid_after: The column is missing'))
  })
})

describe('the Common Criteria list', () => {
  test('rows that say the same are one certificate, an archived one is archived with its term', () => {
    expect(drafts(sample('common-criteria.csv'))).toEqual([
      {
        key: 'bsi-dsz-cc-0001-2023', name: 'Card OS 1.0', rows: '2,3', options: { eal: 'EAL5+' },
        days: 'decision 2023-09-29, expiry 2028-09-29', decisions: [],
      },
      {
        key: 'anssi-cc-2015/01', name: 'Jetée v2, carte à puce', rows: '4', options: { eal: 'EAL4+' },
        days: 'decision 2015-03-02, expiry 2020-03-02', decisions: ['archive 2020-03-02 Said by the register'],
      },
      {
        key: 'nscib-cc-7', name: 'Chip 7', rows: '6', options: { eal: 'EAL6' }, days: 'decision 2024-01-01, expiry 2029-01-01',
        decisions: ['archive 2024-01-01 Said by the register, without the day'],
      },
    ])
  })

  test('refused certificates are named with row, column, value and reason', () => {
    expect(problems(sample('common-criteria.csv'))).toEqual([
      '5 not_valid_after "2020-11-02": The expiry 2020-11-02 must be after the decision 2020-11-02.',
      '7 not_valid_before "2023-02-29": 2023-02-29 does not exist',
      '8 eal "EAL4": Rows 8, 9 speak of the same certification, "ES-2", and differ here: keep one, or tell them apart by number or name',
      '9 eal "EAL5": Rows 8, 9 speak of the same certification, "ES-2", and differ here: keep one, or tell them apart by number or name',
      '10 status "sleeping": Not a status of this register: active or archived',
      '11 not_valid_after "": Empty: when does it end? Write n/a where it has no end',
      '12 cert_id "": Empty: a value is needed here',
    ])
    expect(decided(sample('common-criteria.csv')).rejected).toBe(6)
  })
})

test('a certificate that says it has no end has none; one that says it has no beginning is refused', () => {
  const listing = (from: string, to: string) =>
    `cert_id,name,manufacturer,scheme,eal,category,status,not_valid_before,not_valid_after\nX,Card,Maker,DE,EAL4,Cards,active,${from},${to}\n`
  expect(drafts(listing('2024-01-01', 'n/a'))[0]?.days).toBe('decision 2024-01-01')
  expect(problems(listing('n/a', '2029-01-01'))).toEqual(['2 not_valid_before "n/a": Not a date of this register: it writes 2026-11-18'])
})

describe('the portal\'s own file', () => {
  test('rows of one product are one certificate with its maintenance, entities and odd bytes read rightly', () => {
    const read = decided(sample('common-criteria-portal.csv'))
    expect(read.problems).toEqual([])
    expect(drafts(sample('common-criteria-portal.csv'))).toEqual([
      {
        key: 'ca | walls® & sons | wall w/ gate 5.6 | 2019-05-22', name: 'Wall w/ Gate 5.6', rows: '2,3,4', options: {},
        days: 'decision 2019-05-22, expiry 2024-05-24', decisions: ['maintain 2019-08-26 Wall w/ Gate 5.6.1', 'maintain 2020-02-03 Wall w/ Gate 5.6.2'],
      },
      {
        key: 'se | walls® & sons | identity 4.7 | 2020-06-15', name: 'Identity 4.7', rows: '5', options: { eal: 'EAL3+' },
        days: 'decision 2020-06-15, expiry 2025-06-15', decisions: [],
      },
    ])
  })

  test('what an entity hides is looked at too', () => {
    const hidden = new TextDecoder('windows-1252').decode(sample('common-criteria-portal.csv')).replace('Identity 4.7', 'Identity&#10;4&#7;7')
    expect(problems(hidden)).toEqual(['5 Name "Identity\n4\u00077": Contains a control character'])
  })

  test('one maintenance that cannot be read refuses its certificate, not half of it', () => {
    const broken = new TextDecoder('windows-1252').decode(sample('common-criteria-portal.csv')).replace('02/03/2020', '02/30/2020')
    expect(problems(broken)).toEqual(['4 Maintenance Date "02/30/2020": 2020-02-30 does not exist'])
    expect(decided(broken)).toMatchObject({ rejected: 1 })
    expect(drafts(broken).map((one) => one.name)).toEqual(['Identity 4.7'])
  })
})

describe('the list of validated modules', () => {
  test('the first of several dates is the validation, the others are updates', () => {
    expect(drafts(sample('fips-140.csv'))).toEqual([
      {
        key: '5215', name: 'Kernel Crypto', rows: '2', options: { edition: '140-3', level: '1' },
        days: 'decision 2026-03-27, expiry 2031-03-26', decisions: [],
      },
      {
        key: '4947', name: 'Crypto "Library"', rows: '3', options: { edition: '140-2', level: '2' },
        days: 'decision 2025-01-21, expiry 2026-09-21',
        decisions: ['maintain 2025-06-11 Validation updated', 'maintain 2025-07-15 Validation updated'],
      },
      {
        key: '4987', name: 'FIPS 140-3 certificate 4987', rows: '4', options: { edition: '140-3', level: '2' },
        days: 'decision 2025-03-14, expiry 2030-03-13', decisions: [],
      },
      {
        key: '100', name: 'Old Box', rows: '5', options: { edition: '140-2' }, days: 'decision 2010-01-05',
        decisions: ['archive 2010-01-05 Said by the register, without the day'],
      },
    ])
  })

  test.each([
    ['1/21/202506/11/2025', '2 Validation Date "1/21/202506/11/2025": Several dates that do not divide into ten characters each, as in 01/21/202506/11/2025'],
    ['06/11/202501/21/2025', '2 Validation Date "06/11/202501/21/2025": 2025-01-21 comes before the first of these dates, which is the validation'],
    ['', '2 Validation Date "": Empty: a value is needed here'],
    ['n/a', '2 Validation Date "n/a": Not a date of this register: it writes month/day/year, as in 03/26/2026'],
  ])('validation dates "%s" are refused', (cell, problem) => {
    expect(problems(`Certificate Number,Vendor Name,Module Name,Validation Date,standard,status,sunset_date\n1,V,M,${cell},FIPS 140-3,Active,9/21/2029\n`)).toEqual([problem])
  })

  test('an edition the scheme does not know is refused with those it knows', () => {
    expect(problems('Certificate Number,Vendor Name,Module Name,Validation Date,standard,status,sunset_date\n1,V,M,01/02/2003,FIPS 140-1,Active,9/21/2029\n'))
      .toEqual(['2 standard "140-1": "140-1" is not a value of edition. Allowed: 140-2, 140-3.'])
  })
})

describe('our own layout', () => {
  const row = (values: Readonly<Record<string, string>>): string => {
    const record = { scheme: 'iso-27001', organisation: 'Acme', ...values }
    const quoted = Object.values(record).map((cell) => `"${cell.replaceAll('"', '""')}"`)
    return `${Object.keys(record).join(',')}\n${quoted.join(',')}\n`
  }

  test('a scheme, an organisation and one end date suffice', () => {
    expect(drafts(row({ expiry: '2027-05-01' }))).toEqual([
      { key: 'iso-27001', name: 'ISO/IEC 27001', rows: '2', options: { edition: '2022' }, days: 'expiry 2027-05-01', decisions: [] },
    ])
  })

  test.each([['report', '2026-03-01'], ['filing', '2026-03-01']])('for classified protection the %s suffices', (column, day) => {
    expect(drafts(row({ scheme: 'mlps', name: 'Payments', [column]: day }))[0]?.days).toBe(`${column} ${day}`)
  })

  test('a missing decision falls back to the issue date, marked assumed', () => {
    expect(drafts(row({ issue: '2024-05-02', expiry: '2027-05-01' }))[0]?.days)
      .toBe('issue 2024-05-02, expiry 2027-05-01, decision 2024-05-02 assumed')
  })

  test.each(['长期', 'n/a', '-', '无固定期限', 'permanent'])('"%s" is understood as no end', (cell) => {
    expect(drafts(row({ issue: '2024-05-02', expiry: cell }))[0]?.days).toBe('issue 2024-05-02, decision 2024-05-02 assumed')
  })

  test('Chinese headers, dates, statuses and GBK letters are read', () => {
    expect(problems(sample('recert-chinese-gbk.csv'))).toEqual([])
    expect(drafts(sample('recert-chinese-gbk.csv'))).toEqual([
      {
        key: '0350121is0001r0m', name: 'ISO/IEC 27001 信息安全管理体系认证', rows: '2', options: { edition: '2022' },
        days: 'issue 2024-05-02, expiry 2027-05-01, decision 2024-05-02 assumed', decisions: [],
      },
      { key: '支付系统', name: '支付系统', rows: '3', options: { level: '3', 'template-cutover': 'cover-date' }, days: 'filing 2025-11-18', decisions: ['cancel 2025-11-18 Said by the register, without the day'] },
    ])
    expect(decided(sample('recert-chinese-gbk.csv')).drafts.map((one) => one.owner)).toEqual([
      { name: '王芳', email: 'wang@example.org' }, { name: '李雷' },
    ])
  })

  test.each([
    ['a scheme nobody knows', { scheme: 'iso-9999', expiry: '2027-05-01' }, '2 scheme "iso-9999": There is no scheme "iso-9999". Known schemes: c-star, c5, cac-cloud, caiq, ccrc, common-criteria, crypto-assessment, csa-star, cyber-essentials, ens, eucc, fedramp, fips-140, gold-om, hitrust, ismap, iso-20000-1, iso-22301, iso-27001, iso-27017, iso-27018, iso-27701, iso-42001, iso-9001, mlps, mtcs, pci-dss, soc-2, tisax, trucs.'],
    ['no day at all', { expiry: '' }, '2 expiry "": iso-27001 needs a day to count from. Anchors: decision, issue, first-issue, expiry.'],
    ['no end and no other day', { expiry: '长期' }, '2 expiry "": iso-27001 needs a day to count from. Anchors: decision, issue, first-issue, expiry.'],
    ['an impossible date', { expiry: '2023-02-29' }, '2 expiry "2023-02-29": 2023-02-29 does not exist'],
    ['an ambiguous date', { expiry: '03/04/2026' }, '2 expiry "03/04/2026": Ambiguous date: the day or the month may come first. Write the year first, as in 2026-11-18'],
    ['an expiry on the day of the decision', { decision: '2026-05-01', expiry: '2026-05-01' }, '2 expiry "2026-05-01": The expiry 2026-05-01 must be after the decision 2026-05-01.'],
    ['an expiry before the decision', { decision: '2026-05-01', expiry: '2025-05-01' }, '2 expiry "2025-05-01": The expiry 2025-05-01 must be after the decision 2026-05-01.'],
    ['a day the scheme does not have', { report: '2026-05-01' }, '2 report "2026-05-01": iso-27001 has no such day. It has: decision, issue, first-issue, expiry'],
    ['an option value the scheme does not have', { scheme: 'mlps', level: '9', filing: '2026-05-01' }, '2 level "9": "9" is not a value of level. Allowed: 2, 3, 4.'],
    ['a suspension without its days', { expiry: '2027-05-01', status: '暂停' }, '2 status "暂停": Suspended since when, until when? Say it in the column decisions, as in: suspend 2026-11-18 until 2027-05-18'],
    ['an ended one that says no past day', { expiry: '2027-05-01', status: 'withdrawn' }, '2 status "withdrawn": Since when? Say it in the column decisions, as in: withdraw 2026-11-18'],
    ['a decision that is none', { expiry: '2027-05-01', decisions: 'celebrate 2026-01-01' }, '2 decisions "celebrate 2026-01-01": Write one line for each: maintain, suspend, restore, withdraw, cancel, extend, archive, expand-scope, reduce-scope, refuse, transfer, and the day, as in: maintain 2026-11-18'],
    ['a suspension that ends before it begins', { expiry: '2027-05-01', decisions: 'suspend 2026-05-01 until 2026-04-01' }, '2 decisions "suspend 2026-05-01 until 2026-04-01": It ends before it begins'],
    ['a very long name', { name: 'x'.repeat(501), expiry: '2027-05-01' }, `2 name "${'x'.repeat(100)}…": Longer than 500 characters (501)`],
    ['a control character', { name: 'a\u0007b', expiry: '2027-05-01' }, '2 name "a\u0007b": Contains a control character'],
    ['a cycle of another kind', { cycle: 'third', expiry: '2027-05-01' }, '2 cycle "third": Must be initial or recertification'],
  ])('%s is refused', (_what, values, problem) => {
    expect(problems(row(values as Record<string, string>))).toEqual([problem])
  })

  test('a line break in a name becomes a space: names stand in the subjects of mails', () => {
    expect(drafts(row({ name: 'two\r\nlines', expiry: '2027-05-01' }))[0]?.name).toBe('two lines')
  })

  test('two rows nothing tells apart are refused, both named', () => {
    expect(problems('scheme,organisation,expiry\niso-27001,Acme,2027-05-01\niso-27001,ACME,2028-05-01\n')).toEqual([
      '2 expiry "2027-05-01": Rows 2, 3 speak of the same certification, "iso-27001", and differ here: keep one, or tell them apart by number or name',
      '3 expiry "2028-05-01": Rows 2, 3 speak of the same certification, "iso-27001", and differ here: keep one, or tell them apart by number or name',
    ])
  })

  test.each([
    ['an unknown column', 'scheme,organisation,colour\niso-27001,Acme,red\n', /^1 colour: Unknown column\. recert has: scheme, organisation, name, .*expiry.*register key$/],
    ['a column there twice', 'scheme,expiry,Valid until\niso-27001,2027-05-01,2028-05-01\n', /^1 Valid until: The column expiry is there twice$/],
    ['__proto__', 'scheme,__proto__\niso-27001,x\n', /^1 __proto__: Unknown column/],
    ['a column without a name', 'scheme,expiry,\niso-27001,2027-05-01,x\n', /^1 column 3: The column has no name$/],
    ['an unclosed quote', 'scheme,expiry\niso-27001,"2027-05-01\n', /^2 : A quote/],
    ['an empty file', '', /^1 : The file is empty$/],
    ['only a header', 'scheme,expiry\n', /^1 : Only a header, no rows$/],
    ['a NUL', 'scheme,expiry\niso-27001,2027\0\n', /^2 : Contains a NUL/],
  ])('%s refuses the file', (_what, file, problem) => {
    expect(refusal(file)).toHaveLength(1)
    expect(refusal(file)[0]).toMatch(problem)
  })

  test('empty columns a spreadsheet left behind are no mistake', () => {
    expect(drafts('scheme,organisation,expiry,,\niso-27001,Acme,2027-05-01,,\n,,,,\n')).toHaveLength(1)
  })

  test('a row with too many or too few cells is refused alone', () => {
    const file = 'scheme,organisation,name,expiry\niso-27001,Acme,A,2027-05-01\niso-27001,Acme,B, or C,2027-05-01\niso-27001,Acme\n'
    expect(problems(file)).toEqual([
      '3  "": 5 cells where the header has 4: a delimiter or a quote is missing or too many',
      '4  "": 2 cells where the header has 4: a delimiter or a quote is missing or too many',
    ])
    expect(decided(file)).toMatchObject({ rejected: 2 })
    expect(drafts(file).map((one) => one.name)).toEqual(['A'])
  })
})

test('a file above 10 MB is refused before it is read', () => {
  expect(refusal(new Uint8Array(10 * 1024 * 1024 + 1))).toEqual(['1 : The file has 10.0 MB, more than 10: divide it'])
})

test('bytes of no known encoding ask for its name, with the line', () => {
  const bytes = new Uint8Array([...new TextEncoder().encode('scheme,organisation\niso-27001,'), 0xae, 0x20, 0x0a])
  expect(refusal(bytes)[0]).toMatch(/^2 : Neither UTF-8 nor gb18030: name the encoding with --encoding/)
  const named = read(bytes, { encoding: 'windows-1252' })
  expect(named.ok && named.readings[0]?.entry?.organisation).toBe('®')
})
