// Export of the register: the layout that import reads back as unchanged, for spreadsheets, or the
// records whole, for programs.

import { type Certification, currentCycle } from '../core/certification.ts'
import type { Day } from '../core/day.ts'
import { lacksEnd, listSchemes, type Scheme } from '../core/scheme.ts'
import type { Standing } from '../core/standing.ts'
import { rulesOf } from '../core/validity.ts'
import { formatTable } from '../formats/csv.ts'
import { composeRow, type Registered } from '../formats/mapping-recert.ts'
import { recertColumns } from '../formats/recert-columns.ts'
import type * as certifications from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { readDirectory } from '../store/people.ts'
import { listRegister } from '../store/register.ts'
import type { App } from './app.ts'
import { schemeOf } from './schemes.ts'
import { standingsOf } from './standings.ts'
import { factsOf, loadWorld, todayOf, type World } from './world.ts'

export const exportFormats = ['csv', 'json'] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface ExportRequest {
  readonly format: ExportFormat
  /** The day the status is about; today in the organisation's zone where none is given. */
  readonly asOf?: Day | undefined
}

/** Returns the whole register as the text of one file, by certification number. */
export async function exportRegister(app: App, request: ExportRequest): Promise<string> {
  const now = app.clock.now()
  const records = await app.database.transact(async (db) => {
    const [world, people] = [await loadWorld(db), await readDirectory(db)]
    const registered = await readRegister(db)
    const asOf = (one: Certification): Day => request.asOf ?? todayOf(world, one.organisationId, now)
    const refs = new Map(registered.map((one) => [one.record.id, `${one.record.scheme}: ${one.registerKey}`]))
    const standings = await standingsOf(app, db, registered.map((one) => one.record), { world, asOf })
    return registered.map(({ record, registerKey, registerFacts }): Registered => {
      const scheme = schemeOf(app, record.scheme)
      return {
        record, registerKey, facts: registerFacts,
        organisation: world.organisations.get(record.organisationId)?.name ?? '',
        owner: record.ownerId === undefined ? undefined : people.get(record.ownerId),
        footing: refs.get(record.parentId ?? 0),
        status: statusOf(standings.get(record.id)!),
        endless: lacksEnd(inForceFor(scheme, record, world, asOf(record)), record.options, currentCycle(record)?.anchors ?? []),
      }
    })
  })
  if (request.format === 'json') return `${JSON.stringify(records.map(plainRecord), undefined, 2)}\n`
  // A column for every option and day of thirty schemes would hide the few that are in use.
  const inUse = listSchemes(app.catalogue).filter((scheme) => records.some(({ record }) => record.scheme === scheme.id))
  const columns = recertColumns(inUse.length > 0 ? inUse : listSchemes(app.catalogue))
  return formatTable(columns.all, records.map((one) => composeRow(one, columns)))
}

// Read back, a status must not become a decision: a register archives by its day alone, and what is suspended
// or withdrawn with its parent was not decided upon itself.
function statusOf({ state, over, binds }: Standing): string {
  if (binds === 'parent' && (over || state === 'suspended')) return 'active'
  return state === 'archived' && !over ? 'expired' : state
}

function inForceFor(scheme: Scheme, record: Certification, world: World, asOf: Day): Scheme {
  const cycle = currentCycle(record)
  return cycle ? rulesOf(scheme, factsOf(record, world), cycle, asOf) : scheme
}

async function readRegister(db: Db): Promise<certifications.Registered[]> {
  const all: certifications.Registered[] = []
  for (;;) {
    const page = await listRegister(db, all.at(-1)?.record.id ?? 0)
    if (page.length === 0) return all
    all.push(...page)
  }
}

function plainRecord({ record, organisation, owner, status, facts, registerKey }: Registered) {
  return {
    id: record.id, scheme: record.scheme, options: record.options, organisation, name: record.name,
    scope: record.scope ?? null, holder: record.holder ?? null, country: record.country ?? null, covers: record.covers, sites: record.sites, tags: record.tags,
    certificateNumber: record.certificateNumber ?? null, certificationBody: record.certificationBody ?? null,
    owner: owner ? { name: owner.name, email: owner.email ?? null } : null,
    parent: record.parentId ?? null, status, enteredOn: record.enteredOn, registerKey, facts,
    cycles: record.cycles.map((cycle) => ({
      number: cycle.number, kind: cycle.kind,
      days: Object.fromEntries(cycle.anchors.map((anchor) => [anchor.name, { day: anchor.day, assumed: anchor.assumed }])),
    })),
    decisions: record.decisions.map((decision) => ({
      kind: decision.kind, cycle: decision.cycle, decidedOn: decision.decidedOn,
      untilOn: decision.untilOn ?? null, reason: decision.reason ?? null,
    })),
  }
}
