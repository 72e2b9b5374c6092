// The whole timetable on one page, in the order in which jobs run: planning before delivering, so that
// what is due now leaves now. Each cron line is a UTC tick and carries no meaning: a job asks the records
// what is due, so a tick that is late, doubled or missing changes nothing but the minute.

import type { Job } from '../src/app/jobs.ts'
import { deliverMessagesJob } from './deliver-messages.ts'
import { housekeepingJob } from './housekeeping.ts'
import { planRemindersJob } from './plan-reminders.ts'
import { rescueDeliveriesJob } from './rescue-deliveries.ts'
import { weeklyDigestJob } from './weekly-digest.ts'

export const schedule: readonly Job[] = [
  planRemindersJob, //       * * * * *   what is due to be said, and to whom
  weeklyDigestJob, //        * * * * *   whose weekly status is due
  rescueDeliveriesJob, //    * * * * *   mail whose worker vanished
  deliverMessagesJob, //     * * * * *   mail that is planned or due to be tried again
  housekeepingJob, //       17 * * * *   old traces, vacuum
]
