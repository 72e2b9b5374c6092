// Opening and closing what every use case is handed: the database and the catalogue.

import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { invalid } from '../errors.ts'
import { parseMailbox } from '../mail/address.ts'
import { parseBounceAddress } from '../mail/return-path.ts'
import { openSmtp } from '../mail/smtp.ts'
import type { Transport } from '../mail/transport.ts'
import { databaseExists, openDatabase } from '../store/database.ts'
import type { App } from './app.ts'
import { loadCatalogue, schemeFolders } from './schemes.ts'

/** Opens the application on the database that the configuration names; throws what `openDatabase` throws. */
export async function openApp(config: Config, clock: Clock, log: Log): Promise<App> {
  const sender = parseMailbox(config.from)
  if (!sender.ok) throw invalid(`RECERT_FROM is ${JSON.stringify(config.from)}: ${sender.refusal}. Write it as Recert <recert@example.org>.`)
  const bounces = config.bounceAddress === undefined ? undefined : parseBounceAddress(config.bounceAddress)
  if (bounces && !bounces.ok) {
    throw invalid(`RECERT_BOUNCE_ADDRESS is ${JSON.stringify(config.bounceAddress)}: ${bounces.refusal}. Write it as bounces@example.org, and let mail to bounces+ANYTHING@example.org reach the same place.`)
  }
  const catalogue = await loadCatalogue(schemeFolders(config.home))
  const database = await openDatabase({ home: config.home, databaseUrl: config.databaseUrl })
  return { config, clock, log, catalogue, database }
}

/** Says whether there are records already; looking at a question must not make an empty database. */
export const hasDatabase = (config: Config): boolean => databaseExists({ home: config.home, databaseUrl: config.databaseUrl })

export async function closeApp(app: App): Promise<void> {
  await app.database.close()
}

/** Returns the way out for mail; undefined while mail is only captured. */
export function openTransport(config: Config): Transport | undefined {
  return config.mail === 'smtp' ? openSmtp(config.smtpUrl!, { url: config.url }) : undefined
}
