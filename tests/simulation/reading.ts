// What a person can read in a mail: parsed from its bytes, so that the oracle judges words and not the ledger.

export interface SaidLine {
  readonly certificate: string
  /** As the oracle names notices: `P30D`, `overdue-2`, `again`, `silence-P30D`. */
  readonly notice: string
  readonly purpose: 'reminder' | 'escalation' | 'fallback'
  /** The day it is counted to, `YYYY-MM-DD`. */
  readonly countedTo: string
  /** As the mail has it: days before that day, negative after it. */
  readonly daysLeft: number
}

export interface Letter {
  readonly messageId: string
  readonly to: string
  readonly date: number
  readonly kind: 'daily' | 'digest'
  /** Of a digest. */
  readonly week: number | undefined
  readonly lines: readonly SaidLine[]
  /** Links by the certificate of their line. */
  readonly links: readonly { readonly certificate: string; readonly action: 'acknowledge' | 'snooze'; readonly token: string }[]
}

export function readLetter(raw: Buffer): Letter {
  const text = raw.toString('latin1')
  const head = text.slice(0, text.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ')
  const field = (name: string): string => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
  const week = /^Recert week (\d+)/.exec(field('Subject'))?.[1]
  const body = textPartOf(text)
  return {
    messageId: field('Message-ID'), to: /<([^>]+)>/.exec(field('To'))?.[1] ?? field('To'), date: Date.parse(field('Date')),
    kind: week === undefined ? 'daily' : 'digest', week: week === undefined ? undefined : Number(week),
    lines: week === undefined ? linesOf(body) : [], links: week === undefined ? linksOf(body) : [],
  }
}

function textPartOf(text: string): string {
  const from = text.indexOf('Content-Type: text/plain')
  if (from < 0) throw new Error('a mail has no text')
  const begins = text.indexOf('\r\n\r\n', from) + 4
  const ends = text.indexOf('\r\n--', begins)
  const encoded = text.slice(begins, ends < 0 ? undefined : ends)
  if (!/quoted-printable/i.test(text.slice(from, begins))) return Buffer.from(encoded, 'latin1').toString('utf8')
  const bytes = encoded.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

const entries = (body: string): string[] => body.replace(/\r\n/g, '\n').split(/\n(?=\* )/).slice(1)

function linesOf(body: string): SaidLine[] {
  let group: SaidLine['purpose'] = 'reminder'
  const found: SaidLine[] = []
  for (const paragraph of body.replace(/\r\n/g, '\n').split(/\n(?=\S)/)) {
    if (/^(You own these|Yours \()/.test(paragraph)) group = 'reminder'
    if (/^(The owner has been told|Passed up to you \()/.test(paragraph)) group = 'escalation'
    if (/^(No owner or deputy could be reached|Reached nobody nearer \()/.test(paragraph)) group = 'fallback'
    if (/^(Late \(|The last allowed day has passed)/.test(paragraph)) group = 'reminder'
    if (!paragraph.startsWith('* ') || !paragraph.includes('\n  Why: ')) continue
    const late = /Expired: valid until/.test(paragraph)
    const purpose = !late ? group : /^ {2}Why: .*passed up to you/m.test(paragraph) ? 'escalation' : /^ {2}Why: .*reached nobody nearer/m.test(paragraph) ? 'fallback' : 'reminder'
    found.push({ certificate: /^\* FIPS 140-3 (.*)$/m.exec(paragraph)?.[1]?.trim() ?? '?', notice: noticeOf(paragraph), purpose, ...daysOf(paragraph) })
  }
  return found
}

function noticeOf(paragraph: string): string {
  const why = /^ {2}Why: (.*)$/m.exec(paragraph)?.[1] ?? ''
  const plain = (text: string): string => {
    const ahead = /(\d+)-day notice/.exec(text)
    return ahead ? `P${ahead[1]}D` : text.includes('notice of the last day') ? 'P0D' : text.includes('you asked to be reminded') ? 'again' : '?'
  }
  const silent = /five working days without an answer to the (.*)$/.exec(why)
  if (silent) return `silence-${plain(silent[1]!)}`
  const overdue = /late notice no\. (\d+)/.exec(why)
  if (overdue) return `overdue-${overdue[1]}`
  return why.includes('you asked to be reminded today') ? 'again' : plain(why)
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function daysOf(paragraph: string): Pick<SaidLine, 'countedTo' | 'daysLeft'> {
  const [, day, month, year, rest = ''] = /alid until \w{3} (\d+) (\w{3}) (\d{4})[:,] (.*)/.exec(paragraph) ?? []
  const countedTo = year ? `${year}-${String(months.indexOf(month!) + 1).padStart(2, '0')}-${day!.padStart(2, '0')}` : '?'
  const ahead = /in (\d+) days?/.exec(rest)
  const ago = /(\d+) days? ago/.exec(rest)
  const daysLeft = ahead ? Number(ahead[1]) : ago ? -Number(ago[1]) : /tomorrow/.test(rest) ? 1 : /yesterday/.test(rest) ? -1 : /today/.test(rest) ? 0 : Number.NaN
  return { countedTo, daysLeft }
}

function linksOf(body: string): Letter['links'] {
  return entries(body).flatMap((entry) => {
    const certificate = /^\* FIPS 140-3 (.*)$/m.exec(entry)?.[1]?.trim() ?? '?'
    const of = (words: string, action: 'acknowledge' | 'snooze') => {
      const token = new RegExp(`^ {2}${words}[^\\n]*/answer/([\\w-]{43})$`, 'm').exec(entry)?.[1]
      return token ? [{ certificate, action, token }] : []
    }
    return [...of('I know, I am on it', 'acknowledge'), ...of('Snooze', 'snooze')]
  })
}
