// Export of the register: the layout that import reads back as unchanged, for spreadsheets, or the
// records whole, for programs.

import type { Day } from '../core/day.ts'
import { standingOn } from '../core/standing.ts'
import { formatTable } from '../formats/csv.ts'
import { composeRow, type Registered } from '../formats/mapping-recert.ts'
import { recertColumns } from '../formats/recert-columns.ts'
import type * as certifications from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { readDirectory } from '../store/people.ts'
import { listRegister } from '../store/register.ts'
import type { App } from './app.ts'
import { loadWorld, todayOf } from './certifications.ts'
import { factsOf } from './derivation.ts'
import { schemeOf } from './schemes.ts'

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
    return (await readRegister(db)).map(({ record, registerKey, registerFacts }): Registered => {
      const scheme = schemeOf(app, record.scheme)
      const asOf = request.asOf ?? todayOf(world, record.organisationId, now)
      return {
        record, registerKey, facts: registerFacts,
        organisation: world.organisations.get(record.organisationId)?.name ?? '',
        owner: record.ownerId === undefined ? undefined : people.get(record.ownerId),
        status: standingOn(scheme, factsOf(record, world), asOf).state,
        endless: scheme.validity.length === 0,
      }
    })
  })
  if (request.format === 'json') return `${JSON.stringify(records.map(plainRecord), undefined, 2)}\n`
  const columns = recertColumns(app.catalogue)
  return formatTable(columns.all, records.map((one) => composeRow(one, columns)))
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
    scope: record.scope ?? null, holder: record.holder ?? null,
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
