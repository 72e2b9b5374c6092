// Ending a weekly status from its own mail (RFC 8058), and having it again. Reminders have no such link:
// what must be done is told as long as it must be done.

import type { Instant } from '../core/day.ts'
import type { Person } from '../core/person.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { updatePerson } from '../store/people.ts'
import { act, type App } from './app.ts'
import { hasExpired, openLink, type OpenedLink } from './links.ts'

export interface SubscriptionPage {
  readonly opened: OpenedLink
  /** Which weekly mail it is about: the status that a compliance manager gets, or somebody's own list. */
  readonly about: 'status' | 'own'
  readonly ended: boolean
}

/** Reads the page of an unsubscribing link; undefined where it is for something else, or has expired. */
export function subscriptionPage(opened: OpenedLink, now: Instant): SubscriptionPage | undefined {
  if (opened.link.action !== 'unsubscribe' || hasExpired(opened.link, now)) return undefined
  const { person } = opened
  const about = aboutOf(person)
  return { opened, about, ended: about === 'status' ? person.digest === 'none' : person.rhythm === 'daily' }
}

const aboutOf = (person: Person): SubscriptionPage['about'] => (person.roles.includes('compliance-manager') ? 'status' : 'own')

/** Ends the weekly mail a link came with, or has it sent again; false where the link is gone. Said twice is as well. */
export async function subscribeByLink(app: App, token: string, wish: 'end' | 'again'): Promise<boolean> {
  return await act(app, async (db, now) => {
    const opened = await openLink(db, token)
    const page = opened && subscriptionPage(opened, now)
    if (!opened || !page) return false
    if (page.ended === (wish === 'end')) return true
    await set(db, page, wish, now)
    const { person } = opened
    await appendHistory(db, person.organisationId, [{
      event: wish === 'end' ? 'digest-ended' : 'digest-begun', subject: 'person', subjectId: person.id, actorId: person.id,
      facts: { about: page.about, via: 'mail-link' },
    }], now)
    app.log.info({ person: person.id, wish }, 'weekly mail changed by a link')
    return true
  })
}

async function set(db: Db, { opened: { person }, about }: SubscriptionPage, wish: 'end' | 'again', now: Instant): Promise<void> {
  await updatePerson(db, person.id, about === 'status'
    ? { digestEndedAt: wish === 'end' ? now : null }
    : { rhythm: wish === 'end' ? 'daily' : 'weekly' })
}
