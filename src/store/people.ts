// Organisations and people: rows to records and back. A person's settings are read together with their
// organisation's, so that nobody above has to remember which one applies.

import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Directory, Organisation, Person } from '../core/person.ts'
import type { Db } from './database.ts'
import { organisation, person } from './schema-records.ts'

export type OrganisationValues = Omit<typeof organisation.$inferInsert, 'id'>
export type PersonValues = Omit<typeof person.$inferInsert, 'id'>

/** More people than any installation has; a look-up beyond it is a fault that must show. */
export const peopleLimit = 100_000
const page = 400

const toOrganisation = (row: typeof organisation.$inferSelect): Organisation => ({
  id: row.id, name: row.name, zone: row.zone, calendar: row.calendar, country: row.country ?? undefined,
  language: row.language, sendHour: row.sendHour, weeklyDay: row.weeklyDay, runs: row.runs, live: row.liveAt !== null,
})

export async function listOrganisations(db: Db, limit = 10_000): Promise<Organisation[]> {
  return (await db.select().from(organisation).orderBy(asc(organisation.id)).limit(limit)).map(toOrganisation)
}

export async function findOrganisationByName(db: Db, name: string): Promise<Organisation | undefined> {
  const [row] = await db.select().from(organisation)
    .where(sql`lower(${organisation.name}) = lower(${name.trim()})`).limit(1)
  return row && toOrganisation(row)
}

export async function findOrganisation(db: Db, id: number): Promise<Organisation | undefined> {
  const [row] = await db.select().from(organisation).where(eq(organisation.id, id)).limit(1)
  return row && toOrganisation(row)
}

export async function insertOrganisation(db: Db, values: OrganisationValues): Promise<Organisation> {
  const [row] = await db.insert(organisation).values(values).returning()
  return toOrganisation(row!)
}

export async function updateOrganisation(db: Db, id: number, values: Partial<OrganisationValues>): Promise<void> {
  await db.update(organisation).set(values).where(eq(organisation.id, id))
}

type Joined = { person: typeof person.$inferSelect; organisation: typeof organisation.$inferSelect }

const toPerson = ({ person: row, organisation: home }: Joined): Person => ({
  id: row.id,
  organisationId: row.organisationId,
  name: row.name,
  email: row.email ?? undefined,
  kind: row.kind,
  roles: row.roles,
  supervisorId: row.supervisorId ?? undefined,
  deputyId: row.deputyId ?? undefined,
  away: row.awayFrom && row.awayUntil ? { from: row.awayFrom, until: row.awayUntil } : undefined,
  active: row.deactivatedAt === null,
  emailAccepted: row.emailRejectedAt === null,
  zone: row.zone ?? home.zone,
  calendar: row.calendar ?? home.calendar,
  language: row.language ?? home.language,
  sendHour: row.sendHour ?? home.sendHour,
  weeklyDay: row.weeklyDay ?? home.weeklyDay,
  rhythm: row.rhythm,
  digest: row.digestEndedAt === null ? 'weekly' : 'none',
  digestFilter: row.digestFilter,
})

const peopleOf = (db: Db) =>
  db.select().from(person).innerJoin(organisation, eq(organisation.id, person.organisationId))

/** Everybody, by id: deciding who is told needs the line above an owner, whoever that is. */
export async function readDirectory(db: Db): Promise<Directory> {
  const people: Person[] = []
  // In pages: the embedded database lets nothing else run while a statement does.
  for (let after = 0; people.length < peopleLimit;) {
    const rows = await peopleOf(db).where(gt(person.id, after)).orderBy(asc(person.id)).limit(page)
    people.push(...rows.map(toPerson))
    if (rows.length < page) break
    after = rows.at(-1)!.person.id
  }
  return new Map(people.map((one) => [one.id, one]))
}

/** Lists every send hour that somebody has, with its zone, once: without reading who. */
export async function listSendHours(db: Db, limit = 10_000): Promise<Pick<Person, 'sendHour' | 'zone'>[]> {
  const columns = {
    sendHour: sql<string>`coalesce(${person.sendHour}, ${organisation.sendHour})`, zone: sql<string>`coalesce(${person.zone}, ${organisation.zone})`,
  }
  return await db.selectDistinct(columns).from(person).innerJoin(organisation, eq(organisation.id, person.organisationId))
    .orderBy(columns.sendHour, columns.zone).limit(limit)
}

export async function listPeople(
  db: Db, filter: { readonly organisationId?: number | undefined } = {}, limit = 1000,
): Promise<Person[]> {
  const rows = await peopleOf(db)
    .where(filter.organisationId === undefined ? undefined : eq(person.organisationId, filter.organisationId))
    .orderBy(asc(person.id)).limit(limit)
  return rows.map(toPerson)
}

export async function findPerson(db: Db, id: number): Promise<Person | undefined> {
  const [row] = await peopleOf(db).where(eq(person.id, id)).limit(1)
  return row && toPerson(row)
}

export async function findPersonByEmail(db: Db, email: string): Promise<Person | undefined> {
  const [row] = await peopleOf(db).where(sql`lower(${person.email}) = lower(${email.trim()})`).limit(1)
  return row && toPerson(row)
}

/** Finds somebody known by name alone, within their organisation: a person still to complete. */
/** Holds a person's record until the transaction ends: what is counted of them meanwhile is counted one after another. */
export async function holdPerson(db: Db, id: number): Promise<void> {
  await db.select({ id: person.id }).from(person).where(eq(person.id, id)).limit(1).for('no key update')
}

export async function findPersonByName(db: Db, organisationId: number, name: string): Promise<Person | undefined> {
  const [row] = await peopleOf(db)
    .where(and(eq(person.organisationId, organisationId), sql`lower(${person.name}) = lower(${name.trim()})`))
    .orderBy(asc(person.id)).limit(1)
  return row && toPerson(row)
}

/** Returns the first active compliance manager: who owns what a register gives to nobody. */
export async function findFirstComplianceManager(db: Db, organisationId?: number): Promise<Person | undefined> {
  const [row] = await peopleOf(db)
    .where(and(
      isNull(person.deactivatedAt), sql`'compliance-manager' = any(${person.roles})`,
      organisationId === undefined ? undefined : eq(person.organisationId, organisationId),
    ))
    .orderBy(asc(person.id)).limit(1)
  return row && toPerson(row)
}

export async function insertPerson(db: Db, values: PersonValues): Promise<Person> {
  const [row] = await db.insert(person).values(values).returning({ id: person.id })
  return (await findPerson(db, row!.id))!
}

export async function updatePerson(db: Db, id: number, values: Partial<PersonValues>): Promise<void> {
  await db.update(person).set(values).where(eq(person.id, id))
}
