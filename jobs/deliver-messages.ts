// Mail that is planned, or due to be tried again: captured or sent.

import { deliverWaiting } from '../src/app/delivery-run.ts'
import type { Job } from '../src/app/jobs.ts'

export const deliverMessagesJob: Job = {
  name: 'deliver-messages',
  cron: '* * * * *',
  says: 'every minute: mail that is planned or due to be tried again',
  run: deliverWaiting,
}
