// What changed since the last weekly status, from the history: decisions, moves, owners, what was done. A pile
// of alike changes is one line.

import { dayOf } from '../core/day.ts'
import type { Change, ChangeKind } from '../core/digest.ts'
import { readCertifications } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import { listChanges } from '../store/digests.ts'
import { listObligationsById } from '../store/obligations.ts'
import type { App } from './app.ts'
import type { DigestScope } from './digest-blocks.ts'
import { schemeName } from './reading.ts'

const changeKinds: Readonly<Record<string, ChangeKind>> = {
  'certification-added': 'added', 'certification-grant': 'granted', 'certification-refuse': 'refused', 'certification-renew': 'renewed',
  'certification-transfer': 'transferred', 'certification-expand-scope': 'scope-changed', 'certification-reduce-scope': 'scope-changed',
  'certification-suspend': 'suspended', 'certification-restore': 'restored', 'certification-withdraw': 'withdrawn',
  'certification-cancel': 'given-up', 'certification-extend': 'extended', 'certification-archive': 'archived',
  'obligation-moved': 'moved', 'obligation-met': 'met', 'obligation-booked': 'booked',
  'certification-owner': 'owner-changed', 'obligation-assigned': 'owner-changed',
}
const weight: readonly ChangeKind[] = [
  'suspended', 'withdrawn', 'given-up', 'refused', 'renewed', 'granted', 'restored', 'extended', 'transferred', 'scope-changed', 'archived',
  'moved', 'owner-changed', 'met', 'booked', 'added',
]

/** Lists what changed since the last digest, the weightiest first. */
export async function changesOf(app: App, db: Db, at: DigestScope): Promise<Change[]> {
  const entries = (await listChanges(db, at.within, at.since)).filter((entry) => changeKinds[entry.event])
  const duties = new Map((await listObligationsById(db, entries.filter((one) => one.subject === 'obligation').map((one) => one.subjectId))).map((one) => [one.id, one]))
  const certificationId = (entry: (typeof entries)[number]) => entry.subject === 'certification' ? entry.subjectId : duties.get(entry.subjectId)?.certificationId ?? 0
  const records = new Map((await readCertifications(db, [...new Set(entries.map(certificationId))])).map((one) => [one.id, one]))
  const changes = entries.flatMap((entry): Change[] => {
    const record = records.get(certificationId(entry))
    if (!record) return []
    const day = (name: string) => typeof entry.facts[name] === 'string' ? Temporal.PlainDate.from(entry.facts[name]) : undefined
    return [{
      kind: changeKinds[entry.event]!, on: dayOf(entry.at, 'UTC'), certificationId: record.id,
      scheme: schemeName(app, record), name: record.name,
      title: entry.subject === 'obligation' ? duties.get(entry.subjectId)?.title : undefined, from: day('from'), to: day('to') ?? day('on'),
      by: entry.actorId === null ? undefined : at.directory.get(entry.actorId)?.name, count: 1,
    }]
  })
  return folded(changes).toSorted((a, b) => weight.indexOf(a.kind) - weight.indexOf(b.kind))
}

// An import of six hundred is one line, and so is a pile of anything else.
function folded(changes: readonly Change[]): Change[] {
  return [...Map.groupBy(changes, (one) => one.kind).values()]
    .flatMap((alike) => (alike.length > 3 ? [{ ...alike[0]!, count: alike.length }] : alike))
}
