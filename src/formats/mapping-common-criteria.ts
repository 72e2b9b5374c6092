// Registers of Common Criteria certificates in two layouts: the columns that sec-certs publishes (one
// row per listing, ISO dates) and the portal's own file (one row per maintenance, US dates, HTML entities).

import { decode } from 'html-entities'
import { type Ending, identityOf, type Reading, type RegisterEvent, sameText } from '../core/register.ts'
import { parseIsoDay, parseMonthFirst, saysNone } from './dates.ts'
import { asWritten, byHeaders, knownDays, type Mapping, type RowReader, withoutEmpty } from './mapping.ts'

const scheme = 'common-criteria'

const statuses: Readonly<Record<string, Ending | undefined>> = { active: undefined, archived: 'archive' }

const listed = ['cert_id', 'name', 'manufacturer', 'scheme', 'eal', 'category', 'status', 'not_valid_before', 'not_valid_after']

export const commonCriteria: Mapping = {
  id: 'common-criteria',
  needs: listed, allows: undefined, older: 'gb18030', rowIs: 'certification', statesEnd: true,
  columns: {
    certificateNumber: 'cert_id', holder: 'manufacturer', decision: 'not_valid_before', expiry: 'not_valid_after',
    ending: 'status', 'national scheme': 'scheme',
  },
  columnOf: byHeaders(listed),
  cell: asWritten,
  read: readListing,
}

function readListing(row: RowReader): Reading {
  const number = row.needed('cert_id')
  const key = sameText(number)
  const status = row.needed('status').toLowerCase()
  if (status !== '' && !Object.hasOwn(statuses, status)) row.refuse('status', status, 'Not a status of this register: active or archived')
  const kind = statuses[status]
  const decision = row.neededDay('not_valid_before', parseIsoDay)
  const { expiry, endless } = row.end('not_valid_after', parseIsoDay)
  const name = row.needed('name')
  const eal = row.text('eal')
  const facts = withoutEmpty({
    category: row.text('category'), 'national scheme': row.text('scheme'), 'assurance level': eal, 'register status': status,
  })
  const entry = {
    scheme, key, name, certificateNumber: number, holder: row.text('manufacturer') || undefined,
    options: {}, offered: withoutEmpty({ eal }), cycleKind: 'initial' as const,
    days: knownDays({ decision, expiry }), endless, events: [], ending: kind && { kind, said: status }, facts,
  }
  return {
    row: row.number, identity: key === '' ? undefined : identityOf(entry),
    entry: row.problems.length === 0 ? entry : undefined, problems: row.problems,
  }
}

const portal = {
  category: 'Category', name: 'Name', manufacturer: 'Manufacturer', scheme: 'Scheme', level: 'Assurance Level',
  profiles: 'Protection Profile(s)', certified: 'Certification Date', archived: 'Archived Date',
  report: 'Certification Report URL', target: 'Security Target URL',
  maintained: 'Maintenance Date', maintenance: 'Maintenance Title',
} as const

export const commonCriteriaPortal: Mapping = {
  id: 'common-criteria-portal',
  needs: Object.values(portal).filter((one) => one !== portal.report && one !== portal.target),
  allows: undefined, older: 'windows-1252', rowIs: 'event', statesEnd: true,
  columns: {
    name: portal.name, holder: portal.manufacturer, decision: portal.certified, expiry: portal.archived, category: portal.category,
    'national scheme': portal.scheme, 'assurance level': portal.level, eal: portal.level, 'protection profile': portal.profiles,
    'certification report': portal.report, 'security target': portal.target,
  },
  columnOf: byHeaders(Object.values(portal)),
  // The portal escapes some characters as a web page does.
  cell: (text) => decode(text, { level: 'html5', scope: 'strict' }),
  read: readProduct,
}

function readProduct(row: RowReader): Reading {
  const name = row.needed(portal.name)
  const manufacturer = row.needed(portal.manufacturer)
  const national = row.needed(portal.scheme)
  const decision = row.neededDay(portal.certified, parseMonthFirst)
  const { expiry, endless } = row.end(portal.archived, parseMonthFirst)
  const level = row.text(portal.level)
  // The portal's file has no certificate number.
  const key = sameText([national, manufacturer, name, decision?.toString() ?? row.text(portal.certified)].join(' | '))
  if (key.length > keyLimit) row.refuse(portal.name, name, `Too long to tell it apart: manufacturer and name together have more than ${keyLimit} characters`)
  const facts = withoutEmpty({
    category: row.text(portal.category), 'national scheme': national, 'assurance level': level,
    'protection profile': row.text(portal.profiles, 2000),
    'certification report': row.text(portal.report, 2000), 'security target': row.text(portal.target, 2000),
  })
  const [eal = ''] = level.split(',')
  const entry = {
    scheme, key, name, holder: manufacturer, options: {}, offered: withoutEmpty({ eal }),
    cycleKind: 'initial' as const, days: knownDays({ decision, expiry }), endless,
    events: maintenanceOf(row), facts,
  }
  return {
    row: row.number, identity: name === '' ? undefined : identityOf(entry),
    entry: row.problems.length === 0 ? entry : undefined, problems: row.problems,
  }
}

// Index entries of the database end at 2,700 bytes; a character takes up to three.
const keyLimit = 800

function maintenanceOf(row: RowReader): RegisterEvent[] {
  const title = row.text(portal.maintenance)
  const cell = row.text(portal.maintained)
  if (title !== '' && (cell === '' || saysNone(cell))) {
    row.refuse(portal.maintained, cell, 'A maintenance without its day')
    return []
  }
  const decidedOn = row.day(portal.maintained, parseMonthFirst)
  return decidedOn ? [{ kind: 'maintain', decidedOn, reason: title || undefined }] : []
}
