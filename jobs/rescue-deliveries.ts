// Mail whose worker vanished: freed once its lease has run out.

import { rescueDeliveries } from '../src/app/deliveries.ts'
import type { Job } from '../src/app/jobs.ts'

export const rescueDeliveriesJob: Job = {
  name: 'rescue-deliveries',
  cron: '* * * * *',
  says: 'every minute: mail whose worker vanished',
  run: async (app, at) => ({ ...await rescueDeliveries(app, at.now) }),
}
