// Whom and what the rows of a register name: found among the people and organisations there are, or
// added. A name that could mean two people, and an address no mail server would take, are problems.

import type { Instant } from '../core/day.ts'
import type { Organisation, Person } from '../core/person.ts'
import { type Draft, type RowProblem, sameText } from '../core/register.ts'
import { localZone } from '../clock.ts'
import { invalid } from '../errors.ts'
import { parseAddress } from '../mail/address.ts'
import type { Db } from '../store/database.ts'
import { listOrganisations, readDirectory } from '../store/people.ts'
import type { App } from './app.ts'
import { addOrganisation, addPerson, getOrganisation, getPerson } from './people.ts'

/** What `--owner` and `--organisation` say: what rows lack. */
export interface Fallbacks {
  readonly owner: string | undefined
  readonly organisation: string | undefined
}

/** Everybody there is, growing with what the rows add. */
export interface Roster {
  readonly organisations: Map<string, Organisation>
  /** By address, in lower case. */
  readonly addresses: Map<string, Person>
  /** Those who are active, by organisation and name. */
  readonly names: Map<string, readonly Person[]>
  readonly managers: readonly Person[]
  readonly created: { readonly organisations: string[]; readonly people: string[] }
  readonly owner: Person | undefined
  readonly organisation: Organisation | undefined
}

/** Loads everybody; throws `not-found` for a fallback that does not exist, naming the way to add it. */
export async function loadRoster(db: Db, fallbacks: Fallbacks): Promise<Roster> {
  const organisations = await listOrganisations(db)
  const people = [...(await readDirectory(db)).values()]
  const roster: Roster = {
    organisations: new Map(organisations.map((one) => [sameText(one.name), one])),
    addresses: new Map(), names: new Map(), managers: people.filter((one) => one.active && one.roles.includes('compliance-manager')),
    created: { organisations: [], people: [] },
    owner: fallbacks.owner === undefined ? undefined : await getPerson(db, fallbacks.owner),
    organisation: fallbacks.organisation === undefined ? undefined : await getOrganisation(db, fallbacks.organisation),
  }
  for (const person of people) enrol(roster, person)
  return roster
}

const nameKey = (organisationId: number, name: string): string => `${organisationId} ${sameText(name)}`

function enrol(roster: Roster, person: Person): void {
  if (person.email !== undefined) roster.addresses.set(person.email.toLowerCase(), person)
  const key = nameKey(person.organisationId, person.name)
  if (person.active) roster.names.set(key, [...(roster.names.get(key) ?? []), person])
}

/** Returns the organisation a draft names, added where it is new; without a name, the fallback's, else its owner's. */
export async function organisationOf(app: App, db: Db, draft: Draft, roster: Roster, now: Instant): Promise<number> {
  const { organisation: name } = draft
  if (name === undefined) return (roster.organisation?.id) ?? (roster.owner ?? complianceManager(roster)).organisationId
  const known = roster.organisations.get(sameText(name))
  if (known) return known.id
  const added = await addOrganisation(app, db, { name }, { zone: localZone(), now })
  roster.organisations.set(sameText(name), added)
  roster.created.organisations.push(name)
  return added.id
}

export type Owner =
  | { readonly ok: true; readonly id: number | undefined; readonly named: boolean }
  | { readonly ok: false; readonly problem: RowProblem }

/** Returns the owner a draft names, added where they are new; `named` is false where the fallback stands in. */
export async function ownerOf(
  app: App, db: Db, draft: Draft & { readonly organisationId: number }, roster: Roster, now: Instant,
): Promise<Owner> {
  const { owner } = draft
  if (owner === 'nobody') return { ok: true, id: undefined, named: true }
  if (owner === undefined) return { ok: true, id: (roster.owner ?? complianceManager(roster, draft.organisationId)).id, named: false }
  const address = owner.email === undefined ? undefined : parseAddress(owner.email)
  if (address && !address.ok) return refuse(draft, owner.email ?? '', `Not usable as an address: ${address.refusal}`)
  const found = address
    ? [roster.addresses.get(address.address.toLowerCase())].filter((one) => one !== undefined)
    : roster.names.get(nameKey(draft.organisationId, owner.name ?? '')) ?? []
  if (found.length > 1) return refuse(draft, owner.name ?? '', 'Several people have this name: give the address')
  const [person] = found
  if (person && !person.active) return refuse(draft, owner.email ?? owner.name ?? '', `${person.name} is deactivated: name somebody else`)
  if (person) return { ok: true, id: person.id, named: true }
  const name = owner.name ?? address?.address ?? ''
  const added = await addPerson(app, db, { organisationId: draft.organisationId, name, email: address?.address, roles: ['owner'] }, now)
  enrol(roster, added)
  roster.created.people.push(address ? `${name} <${address.address}>` : name)
  return { ok: true, id: added.id, named: true }
}

function refuse(draft: Draft, value: string, reason: string): Owner {
  return { ok: false, problem: { row: draft.rows[0] ?? 0, column: 'owner', value, reason } }
}

/** Returns the first compliance manager of an organisation, else of all; throws `invalid` with the way to add one. */
function complianceManager(roster: Roster, organisationId?: number): Person {
  const found = roster.managers.find((one) => one.organisationId === organisationId) ?? roster.managers[0]
  if (found) return found
  throw invalid('Nobody owns what this file brings: there is no compliance manager yet. Add one with: '
    + 'person add --name NAME --email ADDRESS --organisation ORGANISATION --role compliance-manager, or name an owner with --owner.')
}
