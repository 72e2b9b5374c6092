// admin alarms, admin close-alarm: what a person must look at because no mail can be trusted to say it.

import type { Command } from 'commander'
import { type Alarm, closeAlarm, listOpenAlarms, mostAlarms, wayOut } from '../app/alarms.ts'
import { act } from '../app/app.ts'
import { recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, noteLimit, table } from './output.ts'

export function addAlarmCommands(admin: Command, context: Context): void {
  admin.command('alarms').description('what is wrong with the mail and is not over, oldest first').option('--limit <n>', 'at most so many', recordNumber, mostAlarms).option('--json', 'one JSON document')
    .action(async (options: { limit: number; json?: boolean }) => {
      const open = await listOpenAlarms(await context.app(), options.limit)
      noteLimit(context, open.length, options.limit)
      answer(context, options.json, open.map((one) => ({ ...one, see: wayOut(one) })), () => table(['number', 'what', 'since', 'message', 'facts', 'see'],
        open.map((one) => [one.id, one.kind, one.raisedAt.toString({ smallestUnit: 'second' }), one.subjectId, factsText(one), wayOut(one)]), 'No alarm is open.'))
    })
  admin.command('close-alarm').description('say that an alarm is settled; what it names is not told again').argument('<number>', '', recordNumber).option('--json', 'one JSON document')
    .action(async (id: number, options: { json?: boolean }) => {
      const closed = await act(await context.app(), (db, now) => closeAlarm(db, id, now))
      answer(context, options.json, { id, kind: closed.kind, closed: true }, () => `Alarm ${id} (${closed.kind}) is closed.`)
    })
}

const factsText = ({ facts }: Alarm): string => Object.entries(facts).map(([name, value]) => `${name}: ${value}`).join(', ')
