import { test } from 'vitest'
import { testDatabase } from '../helpers/database.ts'
import { beginLife, enter, tell, dutiesOf, liveDay } from '../helpers/timeline.ts'

test('probe', async () => {
  const opened = await testDatabase()
  const life = await beginLife(opened.database, '2027-03-01')
  await enter({ scheme: 'iso-27001' }, { decision: '2027-03-01' })(life)
  console.log(await dutiesOf(life))
  const t = performance.now()
  for (let i = 0; i < 300; i++) { const d = life.next.toString(); const m = await liveDay(life); if (m) console.log(d, m) }
  console.log('ms per day', (performance.now() - t) / 300, life.digests.length)
  await opened.close()
}, 120000)
