// Links in mails: each good for one action of one person about what a line of their mail said, for thirty
// days. They are drawn while a mail is composed and kept with its bytes, or not at all.

import type { LinkAction } from '../core/answer.ts'
import type { Instant } from '../core/day.ts'
import type { Person } from '../core/person.ts'
import type { Db } from '../store/database.ts'
import { findLink, insertLinks, type Link, removeLinks } from '../store/links.ts'
import type { MessageRow } from '../store/outbox.ts'
import { findPerson, listPeople, peopleLimit } from '../store/people.ts'
import { drawToken, hashOf } from './tokens.ts'

export const linkLifetime = Temporal.Duration.from({ hours: 30 * 24 })

/** Draws a link and returns its address; `notices` are the rows of the ledger that the line stands for. */
export type Issue = (action: LinkAction, notices?: readonly number[]) => string

interface Drawn { readonly tokenHash: string; readonly action: LinkAction; readonly notices: readonly number[] }

export interface Links {
  readonly issue: Issue
  /** Keeps what was drawn in place of the mail's former links. */
  readonly keep: (db: Db, message: Pick<MessageRow, 'id' | 'personId'>, now: Instant) => Promise<void>
}

/** Opens a sheaf of links below an address: nothing is stored before `keep`. */
export function openLinks(url: string): Links {
  const drawn: Drawn[] = []
  return {
    issue(action, notices = []) {
      const token = drawToken()
      drawn.push({ tokenHash: hashOf(token), action, notices })
      return `${url}/answer/${token}`
    },
    async keep(db, message, now) {
      await removeLinks(db, message.id)
      await insertLinks(db, drawn.map((one) => ({
        ...one, messageId: message.id, personId: message.personId, createdAt: now, expiresAt: now.add(linkLifetime),
      })))
    },
  }
}

const tokenPattern = /^[\w-]{43}$/

// Looked up by its hash: how long that takes tells nothing of any token.
const find = async (db: Db, token: string): Promise<Link | undefined> =>
  (tokenPattern.test(token) ? await findLink(db, hashOf(token)) : undefined)

export const hasExpired = (link: Link, now: Instant): boolean => Temporal.Instant.compare(link.expiresAt, now) <= 0

export interface OpenedLink {
  readonly link: Link
  /** Whose mail it was in. */
  readonly person: Person
  /** Who may have pressed it: the people of a mailbox's organisation, by name; nobody to choose for a person. */
  readonly actors: readonly Person[]
}

/** Opens a link as of whoever has it: undefined where it was never drawn, or its person is no longer active. */
export async function openLink(db: Db, token: string): Promise<OpenedLink | undefined> {
  const link = await find(db, token)
  const person = link && await findPerson(db, link.personId)
  if (!link || !person?.active) return undefined
  return { link, person, actors: person.kind === 'mailbox' ? await actorsOf(db, person) : [] }
}

async function actorsOf(db: Db, mailbox: Person): Promise<Person[]> {
  const people = await listPeople(db, { organisationId: mailbox.organisationId }, peopleLimit)
  return people.filter((one) => one.active && one.kind === 'person').sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Returns who acts: the person of the link, or who was chosen for a mailbox; undefined where nobody was. */
export function actorOf({ person, actors }: OpenedLink, chosen: string | undefined): Person | undefined {
  return person.kind === 'mailbox' ? actors.find((one) => String(one.id) === chosen) : person
}
