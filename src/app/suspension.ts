// Suspending an address that no mail reaches, whether a server says so at once or days later: what the mail said has
// reached nobody, so it goes on to the next in line, and those who look after the organisation are told.

import type { Instant } from '../core/day.ts'
import type { Person } from '../core/person.ts'
import { caretakersOf } from '../core/recipient.ts'
import { raiseAlarm, restateAlarm } from '../store/alarms.ts'
import type { Db } from '../store/database.ts'
import { appendHistory } from '../store/history.ts'
import { releaseNews } from '../store/news.ts'
import { checkDutiesIn, checkDutiesOf } from '../store/obligations.ts'
import type { MessageRow } from '../store/outbox.ts'
import { readDirectory, updatePerson } from '../store/people.ts'
import { unsayNotices } from '../store/reminders.ts'
import { noteBounced } from './news.ts'

/** Suspends an address by what became of a mail to it; whoever looks after the organisation is told, or an alarm says that nobody does. */
export async function suspendAddress(db: Db, message: Pick<MessageRow, 'id' | 'personId'>, person: Person, now: Instant): Promise<void> {
  await updatePerson(db, person.id, { emailRejectedAt: now })
  await appendHistory(db, person.organisationId, [{ event: 'person-suspended', subject: 'person', subjectId: person.id, facts: { message: message.id } }], now)
  await passOn(db, message, now)
  const directory = await readDirectory(db)
  await noteBounced(db, person, directory, now)
  if (caretakersOf(person.organisationId, directory).length > 0) return
  const alarm = { kind: 'mail-failed', subjectId: message.id, facts: { state: 'suspended', person: person.id, told: 'nobody' } } as const
  if (!await raiseAlarm(db, alarm, now)) await restateAlarm(db, alarm)
}

/** Takes back what a mail was to say, since it has reached nobody; its duties look for the next in line. */
export async function passOn(db: Db, message: Pick<MessageRow, 'id' | 'personId'>, now: Instant): Promise<void> {
  await checkDutiesOf(db, message.personId, now)
  await checkDutiesIn(db, message.id, now)
  await unsayNotices(db, message.id)
  await releaseNews(db, message.id)
}
