// The environment, read once and checked as a whole: every fault is reported at the same time.
// Each secret may also be given as NAME_FILE, a file that holds it.

import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from './errors.ts'

export type MailMode = 'capture' | 'smtp'

export interface Config {
  /** The folder of the embedded database and the files beside it, absolute. */
  readonly home: string
  /** PostgreSQL to use instead of the embedded database. */
  readonly databaseUrl: string | undefined
  /** Where people reach the pages, without a trailing slash; links in mails begin with it. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly mail: MailMode
  readonly from: string
  readonly smtpUrl: string | undefined
  /** What mail is signed with; undefined where the mail server signs, or nobody does. `key` is PEM. */
  readonly dkim: { readonly domain: string; readonly selector: string; readonly key: string } | undefined
  /** Connections to the mail server at once. */
  readonly mailConnections: number
  /** The most mails that leave within any minute, over all replicas; undefined where the mail server sets no limit. */
  readonly mailRate: number | undefined
  /** The most mails to one person within any 24 hours. */
  readonly recipientRate: number
  /** Where mail comes back to, one address a mail: NAME+TOKEN@DOMAIN; undefined where the sender's own address is used. */
  readonly bounceAddress: string | undefined
  /** What a mail server shows to hand in a report over HTTP; undefined closes that way. */
  readonly bounceToken: string | undefined
  /** What a monitor shows to read the figures; undefined closes that way. */
  readonly metricsToken: string | undefined
  /** Asked after each run that did its work, so that somebody outside notices when none does. */
  readonly heartbeatUrl: string | undefined
  readonly logLevel: string
}

type Environment = Readonly<Record<string, string | undefined>>

const countOf = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error)
}

const tokenOf = z.string().min(32, 'must be a secret of at least 32 characters; make one with: openssl rand -hex 32')

const shape = z.object({
  RECERT_HOME: z.string().default('.recert'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/name' }).optional(),
  RECERT_URL: z.url({ protocol: /^https?$/, error: 'must begin with http:// or https://' }).optional(),
  RECERT_HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number({ error: 'must be a number from 1 to 65535' })
    .int().min(1, 'must be a number from 1 to 65535').max(65_535, 'must be a number from 1 to 65535').default(3000),
  RECERT_MAIL: z.enum(['capture', 'smtp'], { error: 'must be capture or smtp' }).optional(),
  RECERT_FROM: z.string().default('Recert <recert@localhost>'),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must look like smtp://user:password@host:587' }).optional(),
  RECERT_DKIM_DOMAIN: z.string().regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i, 'must be the domain of the sender, such as example.org').optional(),
  RECERT_DKIM_SELECTOR: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i, 'must be a name such as recert1; the public key stands at NAME._domainkey.DOMAIN').optional(),
  RECERT_DKIM_KEY: z.string().optional(),
  RECERT_MAIL_CONNECTIONS: countOf(1, 50).default(5),
  RECERT_MAIL_RATE: countOf(1, 100_000).optional(),
  RECERT_RECIPIENT_RATE: countOf(1, 1000).default(20),
  RECERT_BOUNCE_ADDRESS: z.string().optional(),
  RECERT_BOUNCE_TOKEN: tokenOf.optional(),
  RECERT_METRICS_TOKEN: tokenOf.optional(),
  RECERT_HEARTBEAT_URL: z.url({ protocol: /^https?$/, error: 'must begin with http:// or https://' }).optional(),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
    error: 'must be silent, fatal, error, warn, info, debug or trace',
  }).default('info'),
})

const secrets = ['DATABASE_URL', 'SMTP_URL', 'RECERT_DKIM_KEY', 'RECERT_BOUNCE_TOKEN', 'RECERT_METRICS_TOKEN', 'RECERT_HEARTBEAT_URL'] as const

/** Returns the configuration; throws `invalid` naming every variable that is wrong. */
export function readConfig(environment: Environment): Config {
  const parsed = shape.safeParse(withSecretsFromFiles(withoutEmpty(environment)))
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      column: issue.path.join('.'), reason: issue.message,
    }))
    throw new AppError('invalid', `The environment is not usable:\n${
      problems.map((p) => `  ${p.column} ${p.reason}`).join('\n')}`, { problems })
  }
  return configOf(parsed.data)
}

function configOf(env: z.infer<typeof shape>): Config {
  const mail = env.RECERT_MAIL ?? (env.SMTP_URL ? 'smtp' : 'capture')
  if (mail === 'smtp' && !env.SMTP_URL) {
    throw new AppError('invalid', 'RECERT_MAIL is smtp, but SMTP_URL is not set. Set it, for example '
      + 'SMTP_URL=smtp://user:password@mail.example.org:587, or use RECERT_MAIL=capture.')
  }
  return {
    home: resolve(env.RECERT_HOME),
    databaseUrl: env.DATABASE_URL,
    url: (env.RECERT_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ''),
    host: env.RECERT_HOST,
    port: env.PORT,
    mail,
    from: env.RECERT_FROM,
    smtpUrl: env.SMTP_URL,
    dkim: dkimOf(env),
    mailConnections: env.RECERT_MAIL_CONNECTIONS,
    mailRate: env.RECERT_MAIL_RATE,
    recipientRate: env.RECERT_RECIPIENT_RATE,
    bounceAddress: env.RECERT_BOUNCE_ADDRESS,
    bounceToken: env.RECERT_BOUNCE_TOKEN,
    metricsToken: env.RECERT_METRICS_TOKEN,
    heartbeatUrl: env.RECERT_HEARTBEAT_URL,
    logLevel: env.LOG_LEVEL,
  }
}

function dkimOf(env: z.infer<typeof shape>): Config['dkim'] {
  const { RECERT_DKIM_DOMAIN: domain, RECERT_DKIM_SELECTOR: selector, RECERT_DKIM_KEY: given } = env
  const missing = Object.entries({ RECERT_DKIM_DOMAIN: domain, RECERT_DKIM_SELECTOR: selector, RECERT_DKIM_KEY: given })
    .filter(([, value]) => value === undefined).map(([name]) => name)
  if (missing.length === 3) return undefined
  if (domain === undefined || selector === undefined || given === undefined) {
    throw new AppError('invalid', `To sign mail, set RECERT_DKIM_DOMAIN, RECERT_DKIM_SELECTOR and RECERT_DKIM_KEY (or RECERT_DKIM_KEY_FILE) together; ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set.`)
  }
  // A variable of one line writes its line breaks as \n.
  const key = given.replaceAll('\\n', '\n')
  const fault = keyFault(key)
  if (fault) throw new AppError('invalid', `RECERT_DKIM_KEY is not usable: ${fault}. Make one with: openssl genrsa -out dkim.pem 2048, and set RECERT_DKIM_KEY_FILE=dkim.pem.`)
  return { domain, selector, key }
}

const fewestBits = 1024

// RFC 8301, 3.2: receivers take no signature of a shorter key. The other kind (RFC 8463) few of them know.
function keyFault(pem: string): string | undefined {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem)
    if (asymmetricKeyType !== 'rsa') return `it is a key of the kind ${asymmetricKeyType}, and must be RSA`
    const bits = asymmetricKeyDetails?.modulusLength ?? 0
    return bits < fewestBits ? `it has ${bits} bits, and must have at least ${fewestBits}; 2048 are usual` : undefined
  } catch {
    return 'it is not a private key as PEM without a password, which begins with -----BEGIN'
  }
}

// An empty variable is what a compose file passes for an unset one.
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
}

function withSecretsFromFiles(environment: Environment): Environment {
  const read = { ...environment }
  for (const name of secrets) {
    const file = environment[`${name}_FILE`]
    if (file === undefined) continue
    if (environment[name] !== undefined) throw new AppError('invalid', `Set ${name} or ${name}_FILE, not both.`)
    try {
      read[name] = readFileSync(file, 'utf8').trim()
    } catch (cause) {
      throw new AppError('invalid', `${name}_FILE names ${file}, which cannot be read.`, { cause })
    }
  }
  return read
}
