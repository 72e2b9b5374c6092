// What a register says a certification rests on: found among all that is recorded, once the whole file is,
// since the one beneath may stand further down.

import type { Draft, RowProblem } from '../core/register.ts'
import type { Instant } from '../core/day.ts'
import { AppError } from '../errors.ts'
import { listByRegisterKeys } from '../store/certifications.ts'
import type { Db } from '../store/database.ts'
import type { App } from './app.ts'
import { editCertification, getCertification } from './certifications.ts'

export interface Placed {
  readonly draft: Draft
  readonly organisationId: number
  readonly certificationId: number
}

/** Puts each on what it rests on; what cannot be found, or may not carry it, is a problem of its row. */
export async function placeOnFootings(app: App, db: Db, drafts: readonly Placed[], now: Instant): Promise<RowProblem[]> {
  const problems: RowProblem[] = []
  for (const { draft, organisationId, certificationId } of drafts) {
    if (!draft.footing) continue
    const { scheme, key } = draft.footing
    const [parent] = await listByRegisterKeys(db, organisationId, scheme, [key])
    const refusal = parent ? await place(app, db, certificationId, parent.record.id, now) : `There is no certification of ${scheme} under "${key}" in this organisation`
    if (refusal) problems.push({ row: draft.rows[0] ?? 0, column: 'rests on', value: `${scheme}: ${key}`, reason: refusal })
  }
  return problems
}

async function place(app: App, db: Db, id: number, parentId: number, now: Instant): Promise<string | undefined> {
  if ((await getCertification(db, id)).parentId === parentId) return undefined
  try {
    await editCertification(app, db, id, { parentId }, { now })
    return undefined
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') return error.message
    throw error
  }
}
