// The checklist itself: every fault has a test whose title begins with its number, or a line in tests/README.md that
// says why it cannot occur.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const heading = '## The 55 faults of others'
const numbers = Array.from({ length: 55 }, (_, n) => `B${n + 1}`)

function tested(): Set<string> {
  const title = /\(\s*['"`](B\d+) /g
  return new Set(globSync('tests/**/*.test.ts', { cwd: root }).flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(title)].map((found) => found[1]!)))
}

/** The lines `- B7: reason` below the heading. */
function excused(): Map<string, string> {
  const text = readFileSync(join(root, 'tests/README.md'), 'utf8')
  const section = text.slice(text.indexOf(heading) + heading.length).split(/^## /m)[0]!
  return new Map([...section.matchAll(/^- (B\d+): (.+)$/gm)].map((found) => [found[1]!, found[2]!]))
}

test('every fault of the checklist is tested, or is said why it cannot occur', () => {
  const known = new Set([...tested(), ...excused().keys()])
  expect(numbers.filter((one) => !known.has(one))).toEqual([])
  expect([...known].filter((one) => !numbers.includes(one))).toEqual([])
})

test('what is said to be impossible is not tested as well', () => {
  const both = tested()
  expect([...excused().keys()].filter((one) => both.has(one))).toEqual([])
})
