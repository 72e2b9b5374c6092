// organisation, person: who holds certifications, and who is written to.

import type { Command } from 'commander'
import { act, rehearse } from '../app/app.ts'
import { changedFilter } from '../app/digest-scope.ts'
import { listOrganisations, listPeople } from '../app/lists.ts'
import {
  addOrganisation, addPerson, deactivatePerson, editOrganisation, editPerson, getHome, getOrganisation, getPerson, goLive, reinstatePerson, setAway,
} from '../app/people.ts'
import { languages } from '../core/certification.ts'
import type { Day } from '../core/day.ts'
import { type Organisation, type Person, type Rhythm, type Role, roles } from '../core/person.ts'
import { invalid } from '../errors.ts'
import { country, countryOrNone, day, listOf, oneOf, weekday, weekdays } from './arguments.ts'
import type { Context } from './context.ts'
import { answer, table } from './output.ts'
import { movesTable } from './scheme-commands.ts'

interface SettingOptions { zone?: string; calendar?: string; language?: 'en' | 'zh'; sendHour?: string; weeklyDay?: number }

const withSettings = (command: Command): Command => command
  .option('--zone <zone>', 'IANA time zone, such as Asia/Shanghai')
  .option('--calendar <id>', 'working calendar (calendar list)')
  .option('--language <language>', 'en or zh', oneOf(...languages))
  .option('--send-hour <hh:mm>', 'local time from which mail is written')
  .option('--weekly-day <day>', 'monday to sunday: when what can wait is written of', weekday)

const withJson = (command: Command): Command => command.option('--json', 'one JSON document on standard output')

export function addPeopleCommands(program: Command, context: Context): void {
  organisationCommands(program.command('organisation').description('who holds certifications'), context)
  personCommands(program.command('person').description('owners, supervisors, compliance managers'), context)
}

function organisationCommands(group: Command, context: Context): void {
  withJson(withSettings(group.command('add').description('add an organisation').requiredOption('--name <name>', 'its name')
    .option('--country <code>', 'whose rules apply to what it holds, such as CN (default: the calendar\'s)', country)
    .option('--runs <how>', 'automatic: procedures start by themselves when their window opens; by-hand (default)', oneOf('by-hand', 'automatic'))))
    .action(async (options: SettingOptions & { name: string; country?: string; runs?: Organisation['runs']; json?: boolean }) => {
      const app = await context.app()
      const added = await act(app, (db, now) => addOrganisation(app, db, options, { zone: context.zone, now }))
      answer(context, options.json, added, () => `Added organisation ${added.id}: ${added.name} (${added.zone}, ${added.calendar}, ${added.language}).`)
    })
  withJson(group.command('list').description('list organisations')).action(async (options: { json?: boolean }) => {
    const all = await listOrganisations(await context.app())
    answer(context, options.json, all, () => organisationTable(all))
  })
  withJson(withSettings(group.command('edit').description('change its settings, or let its mail leave').argument('<organisation>', 'name or number')
    .option('--name <name>', 'a new name').option('--country <code>', 'whose rules apply, such as CN; none for the international ones alone', countryOrNone)
    .option('--runs <how>', 'automatic: procedures start by themselves when their window opens; by-hand', oneOf('by-hand', 'automatic'))
    .option('--live', 'go live: let mail leave by SMTP from now on').option('--dry-run', 'list what would move, and change nothing')))
    .action(async (text: string, options: SettingOptions & { name?: string; country?: string; runs?: Organisation['runs']; live?: boolean; dryRun?: boolean; json?: boolean }) => {
      const app = await context.app()
      const { live, json, dryRun, country: of, ...rest } = options
      const settings = { ...rest, ...of && { country: of === 'none' ? null : of } }
      const changed = await (dryRun ? rehearse : act)(app, async (db, now) => {
        const organisation = await getOrganisation(db, text)
        const edits = Object.keys(settings).length > 0
        if (!edits && !live) throw invalid('Say what to change: --name, --zone, --calendar, --country, --language, --send-hour, --weekly-day, --runs or --live.')
        const moved = edits ? await editOrganisation(app, db, organisation.id, settings, now) : []
        const renewed = live ? (await goLive(app, db, organisation, now)).renewed : 0
        return { organisation: await getOrganisation(db, String(organisation.id)), renewed, moved }
      })
      answer(context, json, changed, () => `${organisationTable([changed.organisation])}${dryRun ? '\nNothing was changed.' : ''}${
        settings.calendar || of ? `\n\n${movesTable(changed.moved)}` : ''}`
        + (live ? `\nLive. ${changed.renewed} rehearsed notices count as never said; what holds now is said at the next send hour.` : ''))
    })
}

const organisationTable = (all: readonly Organisation[]): string => table(
  ['number', 'name', 'zone', 'calendar', 'country', 'language', 'send hour', 'weekly day', 'runs', 'mail'],
  all.map((one) => [one.id, one.name, one.zone, one.calendar, one.country ?? 'none', one.language, one.sendHour, weekdays[one.weeklyDay - 1], one.runs, one.live ? 'live' : 'captured']),
  'No organisations. Add one with: organisation add --name NAME')

interface PersonOptions extends SettingOptions {
  reminders?: Rhythm
  name?: string; email?: string; organisation?: string; role?: Role[]; supervisor?: string; deputy?: string; mailbox?: boolean; json?: boolean
}

const withPerson = (command: Command): Command => withJson(withSettings(command
  .option('--email <address>', 'where mail reaches them')
  .option('--role <roles>', 'owner, compliance-manager, top-management, auditor, administrator; commas between', listOf(...roles))
  .option('--reminders <rhythm>', 'daily, or weekly: what can wait comes once a week, with what lies ahead', oneOf('daily', 'weekly'))
  .option('--supervisor <person>', 'address or number of the line manager; none to clear')
  .option('--deputy <person>', 'who stands in while they are away; none to clear')))

interface DigestOptions { digest?: Person['digest']; digestOrganisation?: string; digestScheme?: string; digestTag?: string }

const withDigest = (command: Command): Command => command
  .option('--digest <rhythm>', 'weekly, or none: they end their weekly status', oneOf('weekly', 'none'))
  .option('--digest-organisation <names>', 'their weekly status is about these organisations only; commas between; all')
  .option('--digest-scheme <ids>', 'about these schemes only; commas between; all').option('--digest-tag <tags>', 'about what has one of these tags only; commas between; all')

function personCommands(group: Command, context: Context): void {
  withPerson(group.command('add').description('add a person').requiredOption('--name <name>', 'their name')
    .option('--organisation <name>', 'name or number; may be left out while there is only one')
    .option('--mailbox', 'an address that several read: it owns or is named in a ladder, and never signs in'))
    .action(async ({ mailbox, ...options }: PersonOptions & { name: string }) => {
      const app = await context.app()
      const { reminders, ...rest } = options
      const added = await act(app, async (db, now) => addPerson(app, db, {
        ...rest, rhythm: reminders, kind: mailbox ? 'mailbox' : 'person', organisationId: (await getHome(db, options.organisation)).id, roles: options.role ?? ['owner'],
        supervisorId: await idOf(db, options.supervisor) ?? undefined, deputyId: await idOf(db, options.deputy) ?? undefined,
      }, now))
      answer(context, options.json, added, () => personTable([added]))
    })
  withJson(group.command('list').description('list people').option('--organisation <name>', 'only of this one'))
    .action(async (options: { organisation?: string; json?: boolean }) => {
      const app = await context.app()
      const home = options.organisation === undefined ? undefined : await act(app, (db) => getOrganisation(db, options.organisation!))
      const all = await listPeople(app, home?.id)
      answer(context, options.json, all, () => personTable(all))
    })
  withDigest(withPerson(group.command('edit').description('change a person').argument('<person>', 'address or number').option('--name <name>', 'their name')))
    .action(async (text: string, options: PersonOptions & DigestOptions) => {
      const app = await context.app()
      const { role, supervisor, deputy, json, reminders, digestOrganisation, digestScheme, digestTag, ...rest } = options
      const words = { organisation: digestOrganisation, scheme: digestScheme, tag: digestTag }
      const changed = await act(app, async (db, now) => {
        const person = await getPerson(db, text)
        const filters = Object.values(words).some((one) => one !== undefined)
        return await editPerson(db, person, {
          ...rest, roles: role, rhythm: reminders, supervisorId: await idOf(db, supervisor), deputyId: await idOf(db, deputy),
          digestFilter: filters ? await changedFilter(app, db, person.digestFilter, words) : undefined,
        }, now)
      })
      answer(context, json, changed, () => personTable([changed]))
    })
  group.command('deactivate').description('somebody has left: no mail, no sign-in').argument('<person>', 'address or number')
    .action(async (text: string) => {
      const app = await context.app()
      const person = await act(app, async (db, now) => {
        const one = await getPerson(db, text)
        await deactivatePerson(db, one, now)
        return one
      })
      answer(context, false, person, () => `${person.name} is deactivated. What they own is told to those after them until it is assigned.`)
    })
  group.command('reinstate').description('mail reaches them again at the address that was suspended').argument('<person>', 'address or number')
    .action(async (text: string) => {
      const app = await context.app()
      const person = await act(app, async (db, now) => {
        const one = await getPerson(db, text)
        await reinstatePerson(db, one, now)
        return one
      })
      answer(context, false, person, () => `Mail goes to ${person.name} at ${person.email} again. What fell due meanwhile is said at the next send hour.`)
    })
  group.command('away').description('their deputy hears from a day until a day, both included').argument('<person>', 'address or number')
    .option('--from <day>', 'first day', day).option('--until <day>', 'last day', day).option('--back', 'they are back')
    .action(async (text: string, options: { from?: Day; until?: Day; back?: boolean }) => {
      const app = await context.app()
      const { from, until } = options
      if (!options.back && !(from && until)) throw invalid('Give both days, --from and --until, or --back.')
      const person = await act(app, async (db, now) => {
        const one = await getPerson(db, text)
        await setAway(db, one, options.back ? undefined : { from: from!, until: until! }, now)
        return await getPerson(db, String(one.id))
      })
      answer(context, false, person, () => personTable([person]))
    })
}

type Db = Parameters<Parameters<typeof act>[1]>[0]

async function idOf(db: Db, text: string | undefined): Promise<number | null | undefined> {
  if (text === undefined) return undefined
  return text === 'none' ? null : (await getPerson(db, text)).id
}

const personTable = (all: readonly Person[]): string => table(
  ['number', 'name', 'address', 'roles', 'zone', 'language', 'weekly', 'state'],
  all.map((one) => [one.id, one.name, one.email ?? 'none', one.kind === 'mailbox' ? 'mailbox' : one.roles.join(', '), one.zone, one.language, weeklyOf(one), stateOf(one)]),
  'No people. Add one with: person add --name NAME --email ADDRESS')

function weeklyOf(one: Person): string {
  const { organisations, schemes, tags } = one.digestFilter
  const reads = [organisations && `organisations ${organisations.join(', ')}`, schemes?.join(', '), tags && `tags ${tags.join(', ')}`].filter(Boolean)
  return [
    one.rhythm === 'weekly' ? `reminders on ${weekdays[one.weeklyDay - 1]}` : '',
    one.digest === 'none' ? 'no weekly status' : reads.length > 0 ? `status of ${reads.join('; ')}` : '',
  ].filter((text) => text !== '').join('; ')
}

function stateOf(one: Person): string {
  if (!one.active) return 'deactivated'
  if (!one.email) return 'to complete: no address'
  if (!one.emailAccepted) return 'address suspended: mail came back (person reinstate)'
  return one.away ? `away ${one.away.from.toString()} to ${one.away.until.toString()}` : 'active'
}
