// Where a process is killed, named at the two seams that every delivery passes: what a transaction runs, and the
// transport. Nothing in the product knows of it: a transaction is recognised by its statements.

import type { App } from '../../../src/app/app.ts'
import type { Transport } from '../../../src/mail/transport.ts'
import type { Db } from '../../../src/store/database.ts'

/** What transactions are recognised by, the first that fits; in the order in which a mail meets them. */
const stages: readonly (readonly [stage: string, statements: RegExp])[] = [
  ['rescue', /update "message" set "state" = case when/],
  ['plan', /insert into "message"/],
  ['claim', /for update skip locked/],
  ['compose', /update "message" set "address"/],
  ['gate', /"gated_at" = coalesce/],
  ['settle', /update "message" set [^;]*"settled_at"/],
]

/** Reached by the process itself, which then sends itself a signal. */
export const ownPoints = [
  'plan before commit', 'plan after commit', 'claim before commit', 'claim after commit',
  'compose before commit', 'compose after commit',
  'body handed over', 'gate before commit', 'gate after commit', 'answer read',
  'settle before commit', 'settle after commit',
] as const

/** Seen by the mail server, and the process is killed from outside; it is told to stop first at the last two. */
export const wirePoints = [
  'DATA unanswered', 'dot written, mail kept', 'dot written, mail lost', 'told to stop before the gate', 'told to stop after the dot',
] as const

export type OwnPoint = (typeof ownPoints)[number]
export type WirePoint = (typeof wirePoints)[number]
export type Point = OwnPoint | WirePoint

export const points: readonly Point[] = [...ownPoints, ...wirePoints]

/** Only here the server may have kept a mail that the database does not call sent. */
export const doubtful: ReadonlySet<Point> = new Set<Point>([
  'dot written, mail kept', 'answer read', 'settle before commit', 'told to stop after the dot',
])

export type Reach = (place: string) => Promise<void>

/** Returns an application whose transactions tell where they are, before and after their commit. */
export function withTransactionsTold(app: App, reach: Reach): App {
  const { database } = app
  return {
    ...app,
    database: {
      ...database,
      async transact<T>(work: (db: Db) => Promise<T>): Promise<T> {
        let stage: string | undefined
        const result = await database.transact(async (db) => {
          const statements = listen(db)
          const done = await work(db)
          stage = isIdle(done) ? undefined : stageOf(statements.join(';\n'))
          if (stage) await reach(`${stage} before commit`)
          return done
        })
        if (stage) await reach(`${stage} after commit`)
        return result
      },
    },
  }
}

/** Returns a transport that tells when the body was handed over, and when an answer was read. */
export function withTransportTold(transport: Transport, reach: Reach): Transport {
  return {
    ...transport,
    async send(parcel, gate, signal) {
      const told = async (): Promise<boolean> => {
        await reach('body handed over')
        return await gate()
      }
      const result = await transport.send(parcel, told, signal)
      if (result.outcome === 'sent') await reach('answer read')
      return result
    },
  }
}

// A claim that found nothing, or a gate that refused, is not the place that is meant.
const isIdle = (result: unknown): boolean => result === false || (Array.isArray(result) && result.length === 0)

export const stageOf = (statements: string): string | undefined => stages.find(([, pattern]) => pattern.test(statements))?.[0]

// Every statement of a transaction is made ready by its session.
function listen(db: Db): string[] {
  const heard: string[] = []
  const { session } = db._
  const prepare = session.prepareQuery.bind(session)
  session.prepareQuery = (...given: Parameters<typeof prepare>) => {
    heard.push(given[0].sql)
    return prepare(...given)
  }
  return heard
}
