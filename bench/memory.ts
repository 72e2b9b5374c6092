// How much memory planning takes: the most that a process held in which the same duties were due, with ten times the
// records beside them.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Context, Line } from './line.ts'
import { inWords, sizesOf } from './planning.ts'
import { forget, sendHour } from './records.ts'
import { within } from './stand.ts'

const rounds = 3

export async function memoryLines(context: Context): Promise<Line[]> {
  const { few, many, due } = sizesOf(context)
  const stand = await context.stand()
  const held = async (certifications: number): Promise<number> => {
    const url = await stand.filled(certifications, due)
    const figures: number[] = []
    for (let round = 0; round < rounds; round += 1) figures.push(await memoryOf(url, due))
    return Math.min(...figures)
  }
  return [{
    measured: { what: `memory of planning ${due.toLocaleString('en')} due, ${inWords(many)}`, value: await held(many), unit: 'MB' },
    limit: { what: `the same, ${inWords(few)}`, value: await held(few), unit: 'MB' }, mark: { atMost: 1.1 },
  }]
}

async function memoryOf(url: string, due: number): Promise<number> {
  await within(url, (database) => forget(database, sendHour.subtract({ minutes: 1 })))
  const said = execFileSync(process.execPath, [join(import.meta.dirname, 'planning-once.ts'), url, sendHour.toString()], { encoding: 'utf8' })
  const [notices, mostMemory] = said.split(' ').map(Number)
  if (notices !== due) throw new Error(`${said} is not what a run that said ${due} notices prints.`)
  return mostMemory!
}
