// What is due to be said, to whom: written into the ledger together with the mail that says it.

import type { Job } from '../src/app/jobs.ts'
import { planReminders } from '../src/app/reminders.ts'
import { replayEpoch } from '../src/app/restoring.ts'

export const planRemindersJob: Job = {
  name: 'plan-reminders',
  cron: '* * * * *',
  says: 'every minute: what is due to be said, and to whom',
  run: async (app, at) => {
    await replayEpoch(app)
    return { ...await planReminders(app, at.now, !at.asked) }
  },
}
