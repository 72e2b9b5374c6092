// Old traces, runs that never ended, vacuum: asked hourly, done once a day.

import { type Job, keepHouse } from '../src/app/jobs.ts'

export const housekeepingJob: Job = {
  name: 'housekeeping',
  cron: '17 * * * *',
  says: 'hourly, done once a day: old traces, vacuum',
  run: async (app, at) => await keepHouse(app, at.now),
}
