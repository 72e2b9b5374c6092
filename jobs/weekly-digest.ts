// Whose weekly status is due: once per compliance manager and ISO week.

import { planDigests } from '../src/app/digests.ts'
import type { Job } from '../src/app/jobs.ts'
import { replayEpoch } from '../src/app/restoring.ts'

export const weeklyDigestJob: Job = {
  name: 'weekly-digest',
  cron: '* * * * *',
  says: 'every minute: whose weekly status is due (first working day of the week, at the send hour)',
  run: async (app, at) => {
    await replayEpoch(app)
    return await planDigests(app, at.now)
  },
}
