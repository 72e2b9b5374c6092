// Mail that is planned, or due to be tried again: captured or sent.

import { deliverWaiting, type Job } from '../src/app/jobs.ts'

export const deliverMessagesJob: Job = {
  name: 'deliver-messages',
  cron: '* * * * *',
  says: 'every minute: mail that is planned or due to be tried again',
  run: deliverWaiting,
}
