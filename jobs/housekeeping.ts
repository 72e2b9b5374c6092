// Whether all mail adds up, every hour; old traces, runs that never ended, vacuum once a day.

import { type Job, keepHouse } from '../src/app/jobs.ts'

export const housekeepingJob: Job = {
  name: 'housekeeping',
  cron: '17 * * * *',
  says: 'hourly: whether all mail adds up; once a day: old traces, vacuum',
  run: async (app, at) => await keepHouse(app, at.now),
}
