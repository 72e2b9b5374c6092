// The register of validated cryptographic modules (FIPS 140): one row per certificate, US dates with and
// without leading zeros, several validation dates in one cell without anything between them.

import { type Day, isBefore } from '../core/day.ts'
import { type Ending, identityOf, type Reading, sameText } from '../core/register.ts'
import { parseMonthFirst, parseMonthFirstGlued } from './dates.ts'
import { asWritten, byHeaders, knownDays, type Mapping, type RowReader, withoutEmpty } from './mapping.ts'

const scheme = 'fips-140'

const statuses: Readonly<Record<string, Ending | undefined>> = { active: undefined, historical: 'archive', revoked: 'withdraw' }

const needed = ['Certificate Number', 'Vendor Name', 'Module Name', 'Validation Date', 'standard', 'status', 'sunset_date']

export const fips140: Mapping = {
  id: 'fips-140',
  needs: needed, allows: undefined, older: 'gb18030', rowIs: 'certification', statesEnd: true,
  columns: {
    certificateNumber: 'Certificate Number', name: 'Module Name', holder: 'Vendor Name', decision: 'Validation Date',
    decisions: 'Validation Date', expiry: 'sunset_date', edition: 'standard', ending: 'status', level: 'overall_level',
  },
  columnOf: byHeaders([...needed, 'Module Type', 'overall_level']),
  cell: asWritten,
  read: readModule,
}

function readModule(row: RowReader): Reading {
  const number = row.needed('Certificate Number')
  const key = sameText(number)
  const status = row.needed('status').toLowerCase()
  if (status !== '' && !Object.hasOwn(statuses, status)) row.refuse('status', status, 'Not a status of this register: active, historical or revoked')
  const kind = statuses[status]
  const [decision, ...updates] = validations(row)
  const { expiry, endless } = row.end('sunset_date', parseMonthFirst)
  const standard = row.needed('standard')
  const level = row.text('overall_level')
  const entry = {
    scheme, key, certificateNumber: number, name: row.text('Module Name') || `${standard} certificate ${number}`,
    holder: row.text('Vendor Name') || undefined,
    options: { edition: standard.replace(/^FIPS\s*/i, '') }, offered: withoutEmpty({ level }), cycleKind: 'initial' as const,
    days: knownDays({ decision, expiry }), endless,
    events: updates.map((decidedOn) => ({ kind: 'maintain' as const, decidedOn, reason: 'Validation updated' })), ending: kind && { kind, said: status },
    facts: withoutEmpty({ 'module type': row.text('Module Type'), 'overall level': level, 'register status': status }),
  }
  return {
    row: row.number, identity: key === '' ? undefined : identityOf(entry),
    entry: row.problems.length === 0 ? entry : undefined, problems: row.problems,
  }
}

// The first date is the validation itself, the others are updates of it.
function validations(row: RowReader): readonly Day[] {
  const cell = row.needed('Validation Date')
  if (cell === '') return []
  const read = parseMonthFirstGlued(cell)
  if (!read.ok) {
    row.refuse('Validation Date', cell, read.reason)
    return []
  }
  const [first, ...others] = read.days
  const before = others.find((day) => first && isBefore(day, first))
  if (before) row.refuse('Validation Date', cell, `${before.toString()} comes before the first of these dates, which is the validation`)
  return read.days
}
