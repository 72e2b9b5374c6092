// The long run, by command: npm run kills -- --rounds 200 --kills 1000 --mails 20000 [--seed 1] [--embedded].
// Every named point is killed `rounds` times on PostgreSQL (or on the embedded database), then replicas die at random.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createDatabase, provideServer, urlOf } from '../../helpers/postgres.ts'
import { killAt } from './killing.ts'
import { killAtRandom } from './loop.ts'
import { points } from './points.ts'
import { openStage, type Place, settle } from './stage.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' }, kills: { type: 'string', default: '0' }, mails: { type: 'string' },
    replicas: { type: 'string', default: '3' }, seed: { type: 'string', default: '1' }, embedded: { type: 'boolean', default: false },
  },
})

/** Numbers that follow from a seed: the same kills again, as far as a machine lets them be. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

interface Figures { kills: number; duplicates: number; readonly findings: string[] }

async function killAtPoints(place: Place, rounds: number): Promise<Figures> {
  const figures: Figures = { kills: 0, duplicates: 0, findings: [] }
  const stage = await openStage(place)
  try {
    const organisation = await settle(stage)
    for (let round = 1; round <= rounds; round++) {
      for (const [n, point] of points.entries()) {
        const killing = await killAt(stage, organisation.id, point, `r${round}-p${n}`)
        figures.kills++
        figures.duplicates += killing.duplicates
        figures.findings.push(...killing.findings.map((finding) => `${point}: ${finding}`))
      }
      say(`round ${round}: ${figures.kills} kills, ${figures.duplicates} duplicates, ${figures.findings.length} findings`)
    }
  } finally {
    await stage.close()
  }
  return figures
}

async function loop(place: Place): Promise<string[]> {
  const stage = await openStage(place, { slowness: 5, settings: { RECERT_MAIL_CONNECTIONS: '5' } })
  try {
    const organisation = await settle(stage)
    const kills = Number(values.kills)
    const result = await killAtRandom(stage, organisation.id, {
      replicas: Number(values.replicas), kills, mails: Number(values.mails ?? kills * 20), random: randomFrom(Number(values.seed)), say,
    })
    say(`at random: ${result.kills} kills, ${result.mails} mails, ${result.duplicates} duplicates, ${result.inDoubt} in doubt, ${result.findings.length} findings`)
    return [...result.findings]
  } finally {
    await stage.close()
  }
}

async function runAll(): Promise<string[]> {
  if (values.embedded) {
    const home = mkdtempSync(join(tmpdir(), 'recert-kills-'))
    const { findings } = await killAtPoints({ RECERT_HOME: home }, Number(values.rounds)).finally(() => rmSync(home, { recursive: true, force: true }))
    return findings
  }
  const { server, stop } = await provideServer()
  if ('missing' in server) throw new Error(server.missing)
  const fresh = async (): Promise<Place> => ({ DATABASE_URL: urlOf(server.url, await createDatabase(server.url, server.template)) })
  try {
    const { findings } = Number(values.rounds) > 0 ? await killAtPoints(await fresh(), Number(values.rounds)) : { findings: [] }
    return Number(values.kills) > 0 ? [...findings, ...await loop(await fresh())] : findings
  } finally {
    await stop()
  }
}

const began = performance.now()
const findings = await runAll()
for (const finding of findings) say(finding)
say(`${findings.length} findings in ${Math.round((performance.now() - began) / 1000)} s`)
process.exitCode = findings.length === 0 ? 0 : 1
