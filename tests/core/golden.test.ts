import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { getCalendar, publishedCalendars } from '../../src/app/calendars.ts'
import { loadCatalogue, planScheme, type PlannedDuty, schemeFolders } from '../../src/app/schemes.ts'
import { getScheme } from '../../src/core/scheme.ts'
import { day } from './scheme-samples.ts'

// Golden files are to be read: a sentence, the command, and the table of what it derives. `UPDATE_GOLDEN=1`
// writes the tables anew; the difference is then read line by line before it is committed.

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
function wordsOf(command: string): { id: string; given: Map<string, string[]> } {
  const match = /^\$ scheme plan (\S+)(.*)$/.exec(command)
  if (!match) throw new Error(`not a plan: ${command}`)
  const given = new Map<string, string[]>()
  for (const [, name, value] of match[2]!.matchAll(/--([a-z-]+) (\S+)/g)) given.set(name!, [...given.get(name!) ?? [], value!])
  return { id: match[1]!, given }
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

const markOf: Readonly<Record<PlannedDuty['mark'], string>> = { confirmed: '', derived: 'derived', unverified: 'unverified' }

function tableOf(duties: readonly PlannedDuty[]): string {
  if (duties.length === 0) return '(nothing follows)'
  const rows = duties.map((one) => [
    one.dueOn.toString(), one.rule, one.tier, one.title.en, one.opensOn ? `opens ${one.opensOn.toString()}` : '',
    one.latestOn ? `late after ${one.latestOn.toString()}` : '', one.owedBy === 'organisation' ? '' : one.owedBy === 'outside' ? 'expected' : 'advice',
    markOf[one.mark], one.provisional ? 'provisional' : '',
  ])
  const widths = [1, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map(([due, rule, tier, title, ...rest]) =>
    [due, rule!.padEnd(widths[0]!), tier, title!.padEnd(widths[1]!), ...rest.filter((part) => part !== '')].join('  ').trimEnd()).join('\n')
}

describe.each(files)('%s', (file) => {
  const place = new URL(file, folder)
  const blocks = blocksOf(readFileSync(place, 'utf8'))
  if (update) {
    writeFileSync(place, `${blocks.map((one) => `# ${one.says}\n${one.command}\n${tableOf(planned(one.command))}`).join('\n\n')}\n`)
    blocks.splice(0, blocks.length, ...blocksOf(readFileSync(place, 'utf8')))
  }

  test.each(blocks.map((one) => [one.says, one] as const))('%s', (_says, one) => {
    expect(tableOf(planned(one.command))).toBe(one.table)
  })

  test('is about the scheme it is named after', () => {
    expect(new Set(blocks.map((one) => wordsOf(one.command).id))).toEqual(new Set([basename(file, '.txt')]))
  })
})

test('every scheme has a golden file', () => {
  expect([...catalogue.schemes.keys()].filter((id) => !files.includes(`${id}.txt`)).sort()).toEqual([])
})
