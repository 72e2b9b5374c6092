// The line to PostgreSQL is cut at every statement of claim, gate and settlement: before the server hears of it, after
// it has done it and before we hear so (the acknowledgement of a commit lost), and by ending the session on the server.

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Organisation } from '../../../src/core/person.ts'
import { rows } from '../../../src/store/database.ts'
import { testPostgres, type TestDatabase } from '../../helpers/database.ts'
import { drawAccount } from '../kills/account.ts'
import { stageOf } from '../kills/points.ts'
import { addOwners, ageLeases, openStage, runJobs, settle, type Stage } from '../kills/stage.ts'
import { openProxy, type Proxy } from './proxy.ts'

/** Otherwise only those that move a mail, and their commits. */
const everyStatement = process.env['EVERY_STATEMENT'] === '1'

/** Statements by the transaction they are in, `begin` and `commit` included; the number counts from 1. */
interface Statement { readonly n: number; readonly stage: string; readonly text: string }

describe.skipIf('missing' in inject('postgres'))('a line to PostgreSQL that is cut', () => {
  let opened: TestDatabase & { readonly url: string }
  let proxy: Proxy
  let stage: Stage
  let through: Stage
  let organisation: Organisation
  let statements: readonly Statement[]
  let chosen: readonly Statement[]
  let people = 0

  beforeAll(async () => {
    opened = await testPostgres()
    proxy = await openProxy(opened.url)
    stage = await openStage({ DATABASE_URL: opened.url })
    organisation = await settle(stage)
    through = { ...await openStage({ DATABASE_URL: proxy.url }, { beside: stage, settings: { SMTP_URL: stage.sink.url } }), sink: stage.sink }
    // Once undisturbed, to warm up and to learn what passes.
    await deliverOne()
    proxy.watch()
    await deliverOne()
    statements = byTransaction([...proxy.statements]).filter((one) => ['claim', 'gate', 'settle'].includes(one.stage))
    chosen = statements.filter((one) => everyStatement || /^(update "message"|commit)/.test(one.text))
  }, 120_000)
  afterAll(async () => {
    await through?.close()
    await stage?.close()
    await proxy?.close()
    await opened?.close()
  })

  const someone = async (): Promise<void> => await stage.use(async (app) => await addOwners(app, organisation.id, [`p${++people}`]))
  const deliver = async (): Promise<void> => await through.use(async (app, transport) => await runJobs(app, transport))
  const deliverOne = async (): Promise<void> => { await someone(); await deliver() }

  // A run that is cut fails and is told so; the next ones, after the leases, do what is left.
  async function survive(): Promise<void> {
    await deliver().catch(() => undefined)
    proxy.watch()
    await stage.use(async (app, transport) => {
      await ageLeases(app)
      await runJobs(app, transport, 5)
      await ageLeases(app)
      await runJobs(app, transport, 5)
      const { findings } = await drawAccount(app, stage.sink.copies)
      expect(findings).toEqual([])
    })
    expect(await through.use(async (app) => await rows(app.database.db, sql`select 1 as one`))).toEqual([{ one: 1 }])
  }

  test('passes the statements of claim, gate and settlement in transactions of their own', () => {
    const found = Object.groupBy(statements, (one) => one.stage)
    for (const each of ['claim', 'gate', 'settle']) {
      expect(found[each]?.map((one) => one.text).at(0)).toMatch(/^begin/i)
      expect(found[each]?.map((one) => one.text).at(-1)).toMatch(/^commit/i)
    }
  })

  test.each(['lost', 'unheard'] as const)('at each of them, with the statement %s, loses no mail and doubles none that is not in doubt', async (cut) => {
    for (const { n } of chosen) {
      await someone()
      proxy.cutAt(n, cut)
      await survive()
    }
  }, 600_000)

  test('by ending its session on the server at each of them loses no mail and doubles none that is not in doubt', async () => {
    for (const { n } of chosen) {
      await someone()
      proxy.interruptAt(n, async () => await stage.use(async (app) => void await app.database.db.execute(sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%' and pid <> pg_backend_pid()`)))
      await survive()
    }
  }, 600_000)
})

// One mail at a time over one connection: nothing of another transaction comes between begin and commit.
function byTransaction(texts: readonly string[]): Statement[] {
  const found: Statement[] = []
  let open: { n: number; text: string }[] | undefined
  for (const [at, text] of texts.entries()) {
    if (/^begin/i.test(text)) open = []
    open?.push({ n: at + 1, text })
    if (open && /^(commit|rollback)/i.test(text)) {
      const stage = stageOf(open.map((one) => one.text).join(';\n'))
      if (stage) found.push(...open.map((one) => ({ ...one, stage })))
      open = undefined
    }
  }
  return found
}
