import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { getCalendar, publishedCalendars } from '../../src/app/calendars.ts'
import { loadCatalogue, plannedDuty, planScheme, type PlannedDuty, schemeFolders } from '../../src/app/schemes.ts'
import { deriveObligations } from '../../src/core/derivation.ts'
import { decideOptions, getScheme } from '../../src/core/scheme.ts'
import { certificationStates, standingOn } from '../../src/core/standing.ts'
import { builtIn, day, record } from './scheme-samples.ts'

// Golden files are to be read: a sentence, the command, and the table of what it derives. `$ scheme plan` is
// the command of that name; `$ record` is a record with these days, where it stands, and what it owes, also
// with `--parent STATE:DAY[:VALID-UNTIL]`, the certification it rests on. `UPDATE_GOLDEN=1` writes the tables anew; the
// difference is then read line by line before it is committed.

const folder = new URL('../golden/', import.meta.url)
const catalogue = await loadCatalogue(schemeFolders(''))
const files = readdirSync(folder).filter((name) => name.endsWith('.txt')).sort()
const update = process.env['UPDATE_GOLDEN'] === '1'

interface Block { readonly says: string; readonly command: string; readonly table: string }

function blocksOf(text: string): Block[] {
  return text.split(/^# /m).slice(1).map((block) => {
    const [says, command, ...lines] = block.trimEnd().split('\n')
    return { says: says!.trim(), command: command!.trim(), table: lines.join('\n').trim() }
  })
}

/** What a shell would make of the command: the scheme's id, and its options by name. */
function wordsOf(command: string): { verb: string; id: string; given: Map<string, string[]> } {
  const match = /^\$ (?<verb>scheme plan|record) (?<id>\S+)(?<rest>.*)$/.exec(command)?.groups
  if (!match) throw new Error(`neither a plan nor a record: ${command}`)
  const given = new Map<string, string[]>()
  for (const [, name, value] of match['rest']!.matchAll(/--([a-z-]+) (\S+)/g)) given.set(name!, [...given.get(name!) ?? [], value!])
  return { verb: match['verb']!, id: match['id']!, given }
}

const pairs = (texts: readonly string[] = []): [string, string][] => texts.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)])

function planned(command: string): readonly PlannedDuty[] {
  const { id, given } = wordsOf(command)
  const one = (name: string): string | undefined => given.get(name)?.at(-1)
  const found = getScheme(catalogue, id)
  if (!found.ok) throw new Error(found.refusal)
  const country = one('country') ?? found.scheme.country
  const named = ['level', 'edition', 'eal', 'tier'].flatMap((name): [string, string][] => (one(name) === undefined ? [] : [[name, one(name)!]]))
  return planScheme(catalogue, id, {
    set: Object.fromEntries(pairs(given.get('set')).map(([name, value]) => [name, day(value)])), country,
    options: Object.fromEntries([...pairs(given.get('option')), ...named]), kind: one('cycle') === 'recertification' ? 'recertification' : 'initial',
  }, getCalendar(publishedCalendars(), one('calendar') ?? country ?? 'weekdays'), day(one('as-of')!))
}

const over: ReadonlySet<string> = new Set(['withdrawn', 'cancelled', 'archived'])

/** Where a record stands, then its duties; `quiet` has no reminders of its own. */
function recorded(command: string): string {
  const { id, given } = wordsOf(command)
  const scheme = builtIn.find((one) => one.id === id)!
  const [state, endsOn, validUntil = endsOn] = given.get('parent')?.at(-1)?.split(':') ?? []
  const parentState = certificationStates.find((one) => one === state)
  const options = decideOptions(scheme, Object.fromEntries([...pairs(given.get('option')), ...pairs((given.get('tier') ?? []).map((tier) => `tier=${tier}`))]))
  const facts = record(Object.fromEntries(pairs(given.get('set'))), {
    options: options.ok ? options.options : {}, calendar: getCalendar(publishedCalendars(), scheme.country ?? 'weekdays'),
    ...parentState === undefined ? {} : { parent: { state: parentState, endsOn: day(endsOn!), validUntil: day(validUntil!), over: over.has(parentState) } },
    ...given.has('country') ? { country: given.get('country')!.at(-1)! } : {},
  })
  const asOf = day(given.get('as-of')!.at(-1)!)
  const standing = standingOn(scheme, facts, asOf)
  const duties = deriveObligations(scheme, facts, asOf)
  return [
    ['stands:', standing.state, standing.endsOn?.toString(), standing.binds && `by its ${standing.binds}`].filter(Boolean).join(' '),
    tableOf(duties.map(plannedDuty), duties.map((duty) => (duty.ladder === 'none' ? 'quiet' : ''))),
  ].join('\n')
}

const derived = (command: string): string => (wordsOf(command).verb === 'record' ? recorded(command) : tableOf(planned(command)))

const markOf: Readonly<Record<PlannedDuty['mark'], string>> = { confirmed: '', derived: 'derived', unverified: 'unverified' }

function tableOf(duties: readonly PlannedDuty[], remarks: readonly string[] = []): string {
  if (duties.length === 0) return '(nothing follows)'
  const rows = duties.map((one, n) => [
    one.dueOn.toString(), one.rule, one.tier, one.title.en, one.opensOn ? `opens ${one.opensOn.toString()}` : '',
    one.latestOn ? `late after ${one.latestOn.toString()}` : '', one.owedBy === 'organisation' ? '' : one.owedBy === 'outside' ? 'expected' : 'advice',
    markOf[one.mark], one.provisional ? 'provisional' : '', remarks[n] ?? '',
  ])
  const widths = [1, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map(([due, rule, tier, title, ...rest]) =>
    [due, rule!.padEnd(widths[0]!), tier, title!.padEnd(widths[1]!), ...rest.filter((part) => part !== '')].join('  ').trimEnd()).join('\n')
}

describe.each(files)('%s', (file) => {
  const place = new URL(file, folder)
  const blocks = blocksOf(readFileSync(place, 'utf8'))
  if (update) {
    writeFileSync(place, `${blocks.map((one) => `# ${one.says}\n${one.command}\n${derived(one.command)}`).join('\n\n')}\n`)
    blocks.splice(0, blocks.length, ...blocksOf(readFileSync(place, 'utf8')))
  }

  test.each(blocks.map((one) => [one.says, one] as const))('%s', (_says, one) => {
    expect(derived(one.command)).toBe(one.table)
  })

  test('is about the scheme it is named after', () => {
    expect(new Set(blocks.map((one) => wordsOf(one.command).id))).toEqual(new Set([basename(file, '.txt')]))
  })
})

test('every scheme has a golden file', () => {
  expect([...catalogue.schemes.keys()].filter((id) => !files.includes(`${id}.txt`)).sort()).toEqual([])
})
