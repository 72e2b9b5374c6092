// How a mail server is reached, from SMTP_URL: encrypted and checked unless it is this machine or the
// address says otherwise, short waits before the gate and a long one after it, nothing read from disk or web.

export interface SmtpSettings {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly requireTLS: boolean
  readonly ignoreTLS: boolean
  readonly auth?: { readonly user: string; readonly pass: string }
  /** What we call ourselves in EHLO. */
  readonly name: string
}

export type ParsedSmtpUrl =
  | { readonly ok: true; readonly settings: SmtpSettings }
  | { readonly ok: false; readonly refusal: string }

/**
 * Reads `smtp://user:password@host:587` or `smtps://…`.
 *
 * smtp:// demands STARTTLS, except to this machine or with `?tls=never`. `url` is where the pages are:
 * its host is the name we give in EHLO. The refusal never repeats the password.
 */
export function parseSmtpUrl(smtpUrl: string, url: string): ParsedSmtpUrl {
  const parsed = URL.parse(smtpUrl)
  if (!parsed || !/^smtps?:$/.test(parsed.protocol)) return refuse('SMTP_URL must look like smtp://user:password@host:587 or smtps://…')
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  if (host === '') return refuse('SMTP_URL names no host')
  const unknown = [...parsed.searchParams.keys()].filter((key) => key !== 'tls')
  if (unknown.length > 0) return refuse(`SMTP_URL has an unknown option "${unknown[0]}"; the only one is tls=never`)
  const tls = parsed.searchParams.get('tls')
  const secure = parsed.protocol === 'smtps:'
  if (tls !== null && (tls !== 'never' || secure)) return refuse('the only option of SMTP_URL is ?tls=never, with smtp://')
  const plain = !secure && (tls === 'never' || isLoopback(host))
  const auth = credentialsOf(parsed)
  if (auth === 'unreadable') return refuse('the user or password in SMTP_URL is not percent-encoded rightly: write % as %25, @ as %40, / as %2F')
  return {
    ok: true,
    settings: {
      host, port: Number(parsed.port) || (secure ? 465 : 587), secure,
      requireTLS: !secure && !plain, ignoreTLS: plain, ...(auth ? { auth } : {}), name: ehloName(url),
    },
  }
}

function credentialsOf({ username, password }: URL): SmtpSettings['auth'] | 'unreadable' {
  if (username === '' && password === '') return undefined
  try {
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
  } catch {
    return 'unreadable'
  }
}

const isLoopback = (host: string): boolean => /^(localhost|127(?:\.\d{1,3}){3}|::1)$/i.test(host)

// RFC 5321, 4.1.3: an address stands in brackets where a name is expected.
function ehloName(url: string): string {
  const host = URL.parse(url)?.hostname || 'localhost'
  return /^\d+(\.\d+){3}$/.test(host) ? `[${host}]` : host.replace(/^\[(.*)\]$/, '[IPv6:$1]')
}

const minutes = 60_000

/** How long a mail server may say nothing until its connection is given up, in milliseconds. */
export interface Patience {
  readonly connect: number
  readonly greeting: number
  readonly answer: number
}

/** RFC 5321, 4.5.3.2.6 asks for ten minutes after the dot. Only a test that waits for silence itself is less patient. */
const usualPatience: Patience = { connect: 30_000, greeting: 30_000, answer: 10 * minutes }

/** The options of the mail library's connection: the safe settings, whole, so that a test can assert them. */
export function connectionOptions({ host, port, secure, requireTLS, ignoreTLS, name }: SmtpSettings, patience: Patience = usualPatience) {
  return {
    host, port, secure, requireTLS, ignoreTLS, name,
    tls: { minVersion: 'TLSv1.2' as const, rejectUnauthorized: true },
    dnsTimeout: patience.connect,
    connectionTimeout: patience.connect,
    greetingTimeout: patience.greeting,
    socketTimeout: patience.answer,
    logger: false,
    debug: false,
    transactionLog: false,
  }
}

const refuse = (refusal: string): { readonly ok: false; readonly refusal: string } => ({ ok: false, refusal })
