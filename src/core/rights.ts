// Who sees and may do what: one small table by role. A record out of somebody's sight answers exactly like one
// that does not exist.

import type { Person, Role } from './person.ts'

/** `every` record of the installation, or only their `own`. */
export type Sight = 'every' | 'own'

export interface Rights {
  /** Own: those they own, and those with a duty they own. */
  readonly certifications: Sight
  /** Own: the mails written to them. */
  readonly messages: Sight
  /** Answers they may take back. Own: given to mails of theirs or by them, or about duties they own. */
  readonly answers: Sight
  /** How the installation itself is doing: its runs and its mail. */
  readonly health: boolean
  /** Decides whether mail that a restore put into quarantine leaves. */
  readonly quarantine: boolean
}

const own: Rights = { certifications: 'own', messages: 'own', answers: 'own', health: false, quarantine: false }
const every: Rights = { certifications: 'every', messages: 'every', answers: 'every', health: true, quarantine: false }
const all: Rights = { ...every, quarantine: true }
const widestFirst = [all, every]

const byRole: Readonly<Record<Role, Rights>> = {
  administrator: all,
  'compliance-manager': every,
  'top-management': own,
  owner: own,
  auditor: own,
}

/** Returns the widest rights among a person's roles. */
export function rightsOf(person: Pick<Person, 'roles'>): Rights {
  const held = person.roles.map((role) => byRole[role])
  return widestFirst.find((rights) => held.includes(rights)) ?? own
}

/** Whose answer it is: the reader of the mail, who acted, and who owns the duty. */
export interface AnswerParties {
  readonly personId: number
  readonly actorId: number | null
  readonly ownerId: number | null
}

/** Says whether somebody may take an answer back. */
export function mayTakeBack(reader: { readonly person: Pick<Person, 'id'>; readonly rights: Rights }, { personId, actorId, ownerId }: AnswerParties): boolean {
  return reader.rights.answers === 'every' || [personId, actorId, ownerId].includes(reader.person.id)
}
