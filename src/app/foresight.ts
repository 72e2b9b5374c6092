// What would move: the exact list of duties that a change of rules would add, move or end, before it is
// made. Nothing is written.

import type { App } from './app.ts'
import { foreseeEvery, type MovedDuty } from './derivation.ts'
import { catalogueWith } from './schemes.ts'
import { loadWorld } from './world.ts'

export type { MovedDuty } from './derivation.ts'

/** Lists what would change in the records if these scheme files held from now on. */
export async function foreseeSchemes(app: App, folders: readonly string[], paths: readonly string[]): Promise<readonly MovedDuty[]> {
  const { db } = app.database
  const changed: App = { ...app, catalogue: await catalogueWith(folders, paths) }
  return await foreseeEvery(changed, db, await loadWorld(db), { now: app.clock.now(), because: 'no longer follows from the rules' })
}
