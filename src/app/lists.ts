// What the faces list: records with the names and days a person reads, ordered and limited.

import type { Certification } from '../core/certification.ts'
import type { Day } from '../core/day.ts'
import type { MessageState } from '../core/message.ts'
import type { Obligation } from '../core/obligation.ts'
import type { Organisation, Person } from '../core/person.ts'
import { type Remark, remarksOf } from '../core/remark.ts'
import { schemeTitle } from '../core/scheme.ts'
import type { Standing } from '../core/standing.ts'
import { notFound } from '../errors.ts'
import { listBounces } from '../store/bounces.ts'
import { type CertificationFilter, listCertifications as listRecords, readCertifications } from '../store/certifications.ts'
import { type DueFilter, listDue } from '../store/obligations.ts'
import * as outbox from '../store/outbox.ts'
import * as people from '../store/people.ts'
import { listProcedures as listRuns, type WholeProcedure } from '../store/procedures.ts'
import type { App } from './app.ts'
import { findingRemarksOf } from './findings.ts'
import { schemeOf } from './schemes.ts'
import { parentStandings, standingsOf } from './standings.ts'
import { factsOf, loadWorld, todayOf } from './world.ts'

export const listOrganisations = (app: App): Promise<Organisation[]> => people.listOrganisations(app.database.db)
export const listPeople = (app: App, organisationId?: number): Promise<Person[]> =>
  people.listPeople(app.database.db, { organisationId })

export interface CertificationView {
  readonly certification: Certification
  readonly scheme: string
  readonly organisation: string
  readonly owner: string | undefined
  readonly standing: Standing
}

/** Lists certifications with where they stand on a day (by default today, where they are held). */
export async function listCertifications(app: App, filter: CertificationFilter, at: { readonly asOf?: Day | undefined; readonly limit?: number | undefined }): Promise<CertificationView[]> {
  const { db } = app.database
  const world = await loadWorld(db)
  const directory = await people.readDirectory(db)
  const now = app.clock.now()
  const records = await listRecords(db, filter, at.limit ?? 1000)
  const standings = await standingsOf(app, db, records, { world, asOf: (one) => at.asOf ?? todayOf(world, one.organisationId, now) })
  return records.map((certification) => {
    const scheme = schemeOf(app, certification.scheme)
    return {
      certification, scheme: schemeTitle(scheme, certification.options).en,
      organisation: world.organisations.get(certification.organisationId)?.name ?? '',
      owner: certification.ownerId === undefined ? undefined : directory.get(certification.ownerId)?.name,
      standing: standings.get(certification.id)!,
    }
  })
}

/** Returns one certification with what its reader should know besides; throws `not-found`. */
export async function showCertification(app: App, id: number, asOf: Day | undefined): Promise<CertificationView & { readonly remarks: readonly Remark[] }> {
  const [view] = await listCertifications(app, { after: id - 1 }, { asOf, limit: 1 })
  if (view?.certification.id !== id) throw notFound(`There is no certification ${id}. List them with: certification list`)
  const { db } = app.database
  const world = await loadWorld(db)
  const day = asOf ?? todayOf(world, view.certification.organisationId, app.clock.now())
  const parents = await parentStandings(app, db, [view.certification], { world, asOf: () => day })
  const facts = factsOf(view.certification, world, { parent: parents.get(view.certification.parentId ?? 0) })
  const found = await findingRemarksOf(app, db, id, { limitOn: view.standing.validUntil, asOf: day })
  return { ...view, remarks: [...found, ...remarksOf(schemeOf(app, view.certification.scheme), facts, day)] }
}

export interface DutyView {
  readonly obligation: Obligation
  readonly certification: string
  readonly organisation: string
  readonly owner: string | undefined
}

/** Lists duties by due day with the names a person knows them by. */
export async function listObligations(app: App, filter: DueFilter, limit = 1000): Promise<DutyView[]> {
  const { db } = app.database
  const world = await loadWorld(db)
  const directory = await people.readDirectory(db)
  const obligations = await listDue(db, filter, limit)
  const records = new Map((await readCertifications(db, [...new Set(obligations.map((one) => one.certificationId))])).map((one) => [one.id, one]))
  return obligations.map((obligation) => {
    const record = records.get(obligation.certificationId)!
    const ownerId = obligation.ownerId ?? record.ownerId
    return {
      obligation, certification: record.name, organisation: world.organisations.get(obligation.organisationId)!.name,
      owner: ownerId === undefined ? undefined : directory.get(ownerId)?.name,
    }
  })
}

export const listProcedures = (app: App, filter: { certificationId?: number | undefined; ids?: readonly number[] | undefined }): Promise<WholeProcedure[]> =>
  listRuns(app.database.db, filter)

export async function listMessages(app: App, filter: { states?: readonly MessageState[] | undefined; personId?: number | undefined }, limit: number) {
  return await outbox.listMessages(app.database.db, filter, limit)
}

/** One message as it was composed, with its attempts and what was reported of it later; throws `not-found`. */
export async function getMessage(app: App, id: number) {
  const message = await outbox.findMessage(app.database.db, id)
  if (!message) throw notFound(`There is no message ${id}. List them with: message list`)
  return { message, deliveries: await outbox.listDeliveries(app.database.db, id), bounces: await listBounces(app.database.db, id) }
}
