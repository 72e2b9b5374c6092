// Answers of the database that still hold. Replicas ask the same questions of tables that have not changed since;
// whatever writes to a table ends the answers that name it, so that what is read is what the database would say.

import type { PGlite, QueryOptions, Results } from '@electric-sql/pglite'

type Query = (text: string, values?: unknown[], options?: QueryOptions) => Promise<Results<never>>

export interface Kept {
  query(client: PGlite, text: string, values?: unknown[], options?: QueryOptions): Promise<Results<never>>
  transaction<T>(client: PGlite, work: (query: Query) => Promise<T>): Promise<T>
  forget(): void
}

interface Statement { readonly tables: readonly string[]; readonly writes: boolean; readonly keeps: boolean }

const mostKept = 20_000

export function openKept(names: readonly string[]): Kept {
  const versions = new Map<string, number>()
  const statements = new Map<string, Statement>()
  const answers = new Map<string, { readonly versions: string; readonly answer: Results<never> }>()

  function statementOf(text: string): Statement {
    const known = statements.get(text)
    if (known) return known
    const words = new Set(text.toLowerCase().match(/[a-z_]+/g) ?? [])
    const reads = /^\s*\(?\s*select\b/i.test(text)
    const made: Statement = {
      tables: names.filter((name) => words.has(name)), writes: !reads,
      keeps: reads && !/for (update|share|no key)|clock_timestamp|random|nextval|set_config/i.test(text),
    }
    statements.set(text, made)
    return made
  }

  const touch = (tables: readonly string[]): void => { for (const one of tables) versions.set(one, (versions.get(one) ?? 0) + 1) }

  async function ask(run: Query, given: { text: string; values: unknown[] | undefined; options: QueryOptions | undefined }, written?: Set<string>): Promise<Results<never>> {
    const { text, values, options } = given
    const { tables, writes, keeps } = statementOf(text)
    if (writes) {
      for (const one of tables) written?.add(one)
      try {
        const answer = await run(text, values, options)
        if (answer.affectedRows !== 0) touch(tables)
        return answer
      } catch (error) {
        touch(tables)
        throw error
      }
    }
    if (!keeps) return await run(text, values, options)
    const key = `${options?.rowMode ?? ''} ${text} ${JSON.stringify(values ?? [])}`
    const now = tables.map((one) => versions.get(one) ?? 0).join()
    const found = answers.get(key)
    if (found?.versions === now) return found.answer
    const answer = await run(text, values, options)
    if (answers.size > mostKept) answers.clear()
    answers.set(key, { versions: now, answer })
    return answer
  }

  // The driver copies its readers of types for every query that brings some: they are given to it once.
  let given: PGlite | undefined
  function learn(client: PGlite, options: QueryOptions | undefined): QueryOptions | undefined {
    if (!options?.parsers) return options
    if (given !== client) Object.assign(client.parsers, options.parsers)
    given = client
    return options.rowMode ? { rowMode: options.rowMode } : undefined
  }

  return {
    query: (client, text, values, options) => ask((...one) => client.query(...one), { text, values, options: learn(client, options) }),
    async transaction(client, work) {
      const written = new Set<string>()
      try {
        return await client.transaction((tx) => work((text, values, options) => ask((...one) => tx.query(...one), { text, values, options: learn(client, options) }, written)))
      } catch (error) {
        // What was read of it while it stood has never been.
        touch([...written])
        throw error
      }
    },
    forget() {
      answers.clear()
      versions.clear()
    },
  }
}
