// One run of the planner in a process of its own, to see how much memory it takes: prints what it said and the most it held, in MB.
// Started by memory.ts with the address of a database and the moment of the run.

import { planReminders } from '../src/app/reminders.ts'
import { appOn, within } from './stand.ts'

const [url, moment] = process.argv.slice(2)
if (url === undefined || moment === undefined) throw new Error('planning-once.ts needs the address of a database and a moment.')
const planned = await within(url, async (database) => planReminders(await appOn(database), Temporal.Instant.from(moment), true))
process.stdout.write(`${planned.said} ${process.resourceUsage().maxRSS / 1024}`)
