// A process that only migrates, and can be made to die at one statement of it. Says on standard output what it applied.

import { type Db, openDatabase } from '../../../src/store/database.ts'
import { migrate } from '../../../src/store/migrations.ts'

const [databaseUrl, folder, dieAt] = process.argv.slice(2)

const database = await openDatabase({ home: '', databaseUrl: databaseUrl!, migrations: 'leave' })
let left = Number(dieAt ?? 0)

// A migration's statements are made ready one by one, each just before it is sent.
function dying(db: Db): Db {
  const { session } = db._
  const prepare = session.prepareQuery.bind(session)
  session.prepareQuery = (...given: Parameters<typeof prepare>) => {
    if (--left === 0) process.kill(process.pid, 'SIGKILL')
    return prepare(...given)
  }
  return db
}

const applied = await migrate(
  { ...database, transact: async (work) => await database.transact(async (db) => await work(dying(db))) }, folder === '' ? undefined : folder)
await database.close()
process.stdout.write(JSON.stringify(applied))
