// policy: which notices a duty gives, to whom, and where another ladder holds than everywhere.

import { type Command } from 'commander'
import { act } from '../app/app.ts'
import { changePolicy, getPolicy, listPolicies, type PolicyEdit, type PolicyView, placeText, resetPolicy, type Where } from '../app/policies.ts'
import { formatRepeats } from '../core/policy-text.ts'
import type { Part } from '../core/policy.ts'
import { list, recordNumber } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, facts, table } from './output.ts'
import { differenceText, previewDifference } from './preview-text.ts'

const withPlace = (command: Command): Command => command
  .option('--organisation <name>', 'for all that an organisation holds: name or number')
  .option('--certification <n>', 'for one certification', recordNumber)
  .option('--obligation <n>', 'for one duty', recordNumber)

const withJson = (command: Command): Command => command.option('--json', 'one JSON document')

export function addPolicyCommands(program: Command, context: Context): void {
  const group = program.command('policy').description('reminder ladders: who hears what, and when')
  listCommand(group, context)
  showCommand(group, context)
  setCommand(group, context)
  resetCommand(group, context)
}

const jsonOf = (view: PolicyView) => ({ ...view, changed: view.places.length > 0 })

function listCommand(group: Command, context: Context): void {
  withJson(group.command('list').description('list the ladders as they hold everywhere')).action(async (options: { json?: boolean }) => {
    const all = await listPolicies(await context.app())
    answer(context, options.json, all.map(jsonOf), () => table(['ladder', 'for', 'owner hears', 'late', 'changed for'], all.map((one) => [
      one.id, one.title[context.io.language], ownersOf(one), formatRepeats(one.overdue), one.places.map(placeText).join(', '),
    ]), ''))
  })
}

// Each once and without its condition: `policy show` says more.
const ownersOf = ({ rungs }: PolicyView): string =>
  [...new Set(rungs.filter((rung) => rung.audience === 'owner').map((rung) => rung.notice))].join(' ')

function showCommand(group: Command, context: Context): void {
  withJson(withPlace(group.command('show').description('one ladder as it holds at a place, and from where each part comes').argument('<ladder>')))
    .action(async (id: string, { json, ...where }: Where & { json?: boolean }) => {
      const view = await getPolicy(await context.app(), id, where)
      answer(context, json, jsonOf(view), () => policyText(view, context.io.language))
    })
}

function policyText(view: PolicyView, language: 'en' | 'zh'): string {
  const fromOf = (part: Part): string => {
    const found = view.from.find((one) => one.part === part)
    return found ? placeText(found.place) : 'default'
  }
  return [
    facts([
      ['ladder', view.id], ['for', view.title[language]], ['holds for', placeText(view.place)],
      ['overdue', `${formatRepeats(view.overdue)} (${fromOf('overdue')})`],
      ['when late, also', `${view.late.join(', ') || 'nobody'} (${fromOf('late')})`],
      ['changed for', view.places.map(placeText).join(', ') || 'nothing: the default, unverified practice'],
    ]),
    table(['notice', 'to', 'if', 'from'], view.rungs.map((rung) => [rung.notice, rung.audience, rung.when, fromOf(rung.audience)]), 'No notices.'),
    ...silenced(view),
  ].join('\n\n')
}

// An audience that a change left without notices has no row to say so.
function silenced(view: PolicyView): string[] {
  const silent = view.from.filter(({ part }) => part !== 'overdue' && part !== 'late' && !view.rungs.some((rung) => rung.audience === part))
  return silent.length === 0 ? [] : [silent.map(({ part, place }) => `${part} hears none (${placeText(place)}).`).join('\n')]
}

interface SetOptions extends Where {
  audience?: string; notices?: string[]; overdue?: string[]; late?: string[]; dryRun?: boolean; json?: boolean
}

function setCommand(group: Command, context: Context): void {
  withJson(withPlace(group.command('set').description('change parts of a ladder, everywhere or for one place').argument('<ladder>')
    .option('--audience <who>', 'whose notices: owner (default), supervisor, compliance, management, deputy, step-owner, person:N or an address')
    .option('--notices <list>', 'such as P90D,P30D,P0D, opens, half, late-P5WD; a condition after a colon: P45D:unbooked; or none', list)
    .option('--overdue <list>', 'such as P1WD,P7D*4,P1M*: after a working day, then four times weekly, then monthly until closed; or none', list)
    .option('--late <list>', 'who besides the owner hears that the last allowed day has passed; or none', list)
    .option('--dry-run', 'list the mails that would change, and change nothing')))
    .action(async (id: string, { organisation, certification, obligation, dryRun, json, ...edit }: SetOptions) => {
      const where = { organisation, certification, obligation }
      const whole: PolicyEdit = { ...edit, where }
      const app = await context.app()
      if (dryRun) {
        const difference = await previewDifference(context, app, {}, (copy) => act(copy, (db, now) => changePolicy(db, id, whole, now)))
        return answer(context, json, difference.rows, () => differenceText(difference))
      }
      const view = await act(app, (db, now) => changePolicy(db, id, whole, now))
      answer(context, json, jsonOf(view), () => policyText(view, context.io.language))
    })
}

function resetCommand(group: Command, context: Context): void {
  withJson(withPlace(group.command('reset').description('take back what was changed about a ladder at a place').argument('<ladder>')))
    .action(async (id: string, { json, ...where }: Where & { json?: boolean }) => {
      const view = await act(await context.app(), (db, now) => resetPolicy(db, id, where, now))
      answer(context, json, jsonOf(view), () => policyText(view, context.io.language))
    })
}
