// Reports as mail servers write them, put together by hand after the shapes of each: what came back of one mail of ours.
// Every sample says what must become of it: what is recorded, what is suspended, or why it is not believed.

/** The mail that came back. */
export interface Original {
  /** The address it came back to, with its token. */
  readonly returnPath: string
  /** With its angle brackets. */
  readonly messageId: string
  readonly address: string
}

export interface Sample {
  readonly name: string
  /** `failed 5.1.1, suspended`; `failed 5.2.2, alarm`; `delayed 4.4.1`; `ignored`; `refused: ` and a part of the reason. */
  readonly becomes: string
  readonly raw: Uint8Array
  readonly recipient?: string
}

const crlf = (text: string): string => text.replace(/\r?\n/g, '\r\n')
export const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(crlf(text), encoding)

let serial = 0

export interface Head { readonly from?: string; readonly to?: string; readonly subject?: string; readonly id?: string; readonly more?: readonly string[] }

export const head = ({ from = 'Mail Delivery System <MAILER-DAEMON@mx.example.org>', to = 'recert@example.org', subject = 'Undelivered Mail Returned to Sender', id, more = [] }: Head): string => [
  'Return-Path: <>', 'Received: from mx.example.org (mx.example.org [192.0.2.1]) by in.example.com; Mon, 31 May 2027 09:01:00 +0000',
  `From: ${from}`, `To: ${to}`, `Subject: ${subject}`, 'Date: Mon, 31 May 2027 09:00:59 +0000', `Message-ID: ${id ?? `<report-${++serial}@mx.example.org>`}`, 'MIME-Version: 1.0', ...more,
].join('\n')

export const returned = (of: Original): string => [
  `Return-Path: <${of.returnPath}>`, 'Received: from recert by out.example.com', 'From: Recert <recert@example.org>', `To: Alice <${of.address}>`,
  'Subject: Module ends in 30 days', `Message-ID: ${of.messageId}`, 'Auto-Submitted: auto-generated', 'Date: Mon, 31 May 2027 09:00:00 +0000',
].join('\n')

export interface Group { readonly final?: string; readonly original?: string; readonly action?: string; readonly status?: string; readonly says?: string; readonly more?: readonly string[] }

const group = ({ final, original, action = 'failed', status, says, more = [] }: Group): string => [
  original === undefined ? '' : `Original-Recipient: ${original}`, final === undefined ? '' : `Final-Recipient: ${final}`, action === '' ? '' : `Action: ${action}`,
  status === undefined ? '' : `Status: ${status}`, says === undefined ? '' : `Diagnostic-Code: smtp; ${says}`, ...more,
].filter((line) => line !== '').join('\n')

export interface Dsn extends Head {
  readonly groups: readonly Group[]
  readonly words?: string
  /** The third part with its fields, or none. */
  readonly copy?: string
  readonly statusType?: string
  readonly encoding?: 'base64' | 'quoted-printable'
}

const encoded = (text: string, encoding: Dsn['encoding']): string => {
  if (encoding === 'base64') return Buffer.from(crlf(text)).toString('base64').replace(/(.{76})/g, '$1\n')
  return encoding === 'quoted-printable' ? text.replace(/[=\u0080-\uffff]/g, (one) => [...Buffer.from(one)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')) : text
}

/** A report as RFC 3464 has it. */
export function dsn({ groups, words = 'This is the mail system. I could not deliver your message.', copy, statusType = 'message/delivery-status', encoding, ...rest }: Dsn): string {
  const boundary = boundaryOf()
  const transfer = encoding === undefined ? '' : `Content-Transfer-Encoding: ${encoding}\n`
  return `${head({ ...rest, more: [`Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`, ...rest.more ?? []] })}

--${boundary}
Content-Type: text/plain; charset=utf-8
${transfer}
${encoded(words, encoding)}

--${boundary}
Content-Type: ${statusType}
${transfer}
${encoded(['Reporting-MTA: dns; mx.example.org\nArrival-Date: Mon, 31 May 2027 09:00:10 +0000', ...groups.map(group)].join('\n\n'), encoding)}

${copy === undefined ? '' : `--${boundary}\n${copy}\n\n`}--${boundary}--
`
}

// Every part of a mail within a mail has its own.
const boundaryOf = (): string => `b0undary.${++serial}`

export const copyOf = (of: Original): string => `Content-Type: message/rfc822\n\n${returned(of)}\n\nModule ends on 30 June 2027.`
export const headersOf = (of: Original): string => `Content-Type: text/rfc822-headers\n\n${returned(of)}\n`

const text = (top: Head, body: string, more: readonly string[] = []): string => `${head({ ...top, more: ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', ...more, ...top.more ?? []] })}\n\n${body}\n`

function nested(inner: string, top: Head = {}): string {
  const boundary = boundaryOf()
  return `${head({ from: 'Carol <carol@example.org>', subject: 'Fwd: came back', ...top, more: [`Content-Type: multipart/mixed; boundary="${boundary}"`] })}

--${boundary}
Content-Type: text/plain

Look at this.

--${boundary}
Content-Type: message/rfc822

${inner}
--${boundary}--
`
}

const unknown = '550 5.1.1 <alice@example.org>: Recipient address rejected: User unknown in virtual mailbox table'

/** Every shape, of one mail; and the same with what makes it not to be believed. */
export function samplesOf(of: Original): Sample[] {
  const verp = { to: of.returnPath }
  const alice = `rfc822; ${of.address}`
  const sample = (name: string, becomes: string, raw: string | Uint8Array, recipient?: string): Sample =>
    ({ name, becomes, raw: typeof raw === 'string' ? bytes(raw) : raw, ...recipient === undefined ? {} : { recipient } })
  const failing = (status: string, says: string, rest: Partial<Dsn> = {}): string => dsn({ ...verp, groups: [{ final: alice, status, says }], ...rest })
  const boundary = boundaryOf()
  const other: Original = { ...of, messageId: '<0000000000000000000000000000000000000000@localhost>' }
  const wrongToken = of.returnPath.replace(/\+(.)/, (_, first: string) => `+${first === '0' ? '1' : '0'}`)
  return [
    // Conforming reports, by what they say.
    sample('Postfix: no such user', 'failed 5.1.1, suspended', failing('5.1.1', unknown, { more: ['Auto-Submitted: auto-replied'], copy: copyOf(of) })),
    sample('Postfix: no such domain', 'failed 5.4.4, suspended', failing('5.4.4', 'Host or domain name not found. Name service error for name=example.org type=AAAA: Host not found')),
    sample('a domain that takes no mail', 'failed 5.1.10, suspended', failing('5.1.10', '556 5.1.10 Domain does not accept mail (nullMX)')),
    sample('a disabled account', 'failed 5.2.1, suspended', failing('5.2.1', '550 5.2.1 The email account that you tried to reach is inactive')),
    sample('a wrong host', 'failed 5.1.2, suspended', failing('5.1.2', 'bad destination system')),
    sample('somebody who moved', 'failed 5.1.6, suspended', failing('5.1.6', '551 5.1.6 recipient no longer on server')),
    sample('a full mailbox', 'failed 5.2.2, alarm', failing('5.2.2', '552 5.2.2 Over quota')),
    sample('a mail too big', 'failed 5.3.4, alarm', failing('5.3.4', '552 5.3.4 message size exceeds fixed limit')),
    sample('policy', 'failed 5.7.1, alarm', failing('5.7.1', '554 5.7.1 Service unavailable; client host blocked using a list')),
    sample('policy that speaks of the recipient', 'failed 5.7.1, alarm', failing('5.7.1', '554 5.7.1 <alice@example.org>: Recipient address rejected: Access denied')),
    sample('policy on signatures', 'failed 5.7.26, alarm', failing('5.7.26', '550 5.7.26 unauthenticated mail is not accepted')),
    sample('content', 'failed 5.6.0, alarm', failing('5.6.0', '554 5.6.0 message content rejected')),
    sample('the sender is what is wrong', 'failed 5.1.8, alarm', failing('5.1.8', '553 5.1.8 domain of sender address does not exist')),
    sample('given up after days', 'failed 4.4.1, alarm', failing('4.4.1', 'connect to mx.example.org[192.0.2.1]:25: Connection timed out')),
    sample('given up after days, by another code', 'failed 5.4.7, alarm', failing('5.4.7', 'delivery time expired')),
    sample('a loop between mail servers', 'failed 5.4.6, alarm', failing('5.4.6', '554 5.4.6 too many hops')),
    sample('delayed', 'delayed 4.4.1', dsn({ ...verp, subject: 'Delayed Mail (still being retried)', groups: [{ final: alice, action: 'delayed', status: '4.4.1', says: 'Connection timed out', more: ['Will-Retry-Until: Sat, 5 Jun 2027 09:00:10 +0000'] }] })),
    sample('delayed with a permanent code', 'delayed 5.1.1', dsn({ ...verp, groups: [{ final: alice, action: 'delayed', status: '5.1.1' }] })),
    sample('delivered', 'delivered 2.0.0', dsn({ ...verp, subject: 'Successful Mail Delivery Report', groups: [{ final: alice, action: 'delivered', status: '2.0.0', says: '250 2.0.0 Ok' }] })),
    sample('relayed', 'relayed 2.1.9', dsn({ ...verp, groups: [{ final: alice, action: 'relayed (to a system without reports)', status: '2.1.9' }] })),
    sample('expanded', 'expanded 2.0.0', dsn({ ...verp, groups: [{ final: alice, action: 'expanded', status: '2.0.0' }] })),
    sample('without an action', 'failed 5.1.1, suspended', dsn({ ...verp, groups: [{ final: alice, action: '', status: '5.1.1' }] })),
    sample('without a status', 'failed, suspended', dsn({ ...verp, groups: [{ final: alice, says: '550 No such user here' }] })),
    sample('a status that says nothing, and one in the words', 'failed 5.0.0, suspended', failing('5.0.0', '550 5.1.1 unknown or illegal alias')),
    sample('a status that says nothing, and words of policy', 'failed 5.0.0, alarm', failing('5.0.0', '550 5.7.1 message rejected as spam, user unknown to the sender')),
    sample('Outlook: unavailable', 'failed 5.5.0, suspended', failing('5.5.0', '550 5.5.0 Requested action not taken: mailbox unavailable.')),
    sample('Exchange Online: not on the edge', 'failed 5.4.1, suspended', failing('5.4.1', '550 5.4.1 Recipient address rejected: Access denied. AS(201806281)')),
    sample('Exchange Online: no such domain', 'failed 5.4.310, suspended', failing('5.4.310', '550 5.4.310 DNS domain example.org does not exist')),
    sample('Yahoo', 'failed 5.0.0, suspended', failing('5.0.0', '554 delivery error: dd This user doesn\'t have a yahoo.com account (alice@example.org) [0]')),
    sample('NetEase', 'failed 5.0.0, suspended', failing('5.0.0', '550 User not found: alice@example.org')),
    sample('QQ', 'failed 5.0.0, suspended', failing('5.0.0', '550 Mailbox not found. http://service.mail.qq.com/')),
    sample('words in Chinese', 'failed 5.0.0, suspended', failing('5.0.0', '550 收件人不存在', { words: '您的邮件无法送达。' })),
    sample('a mailbox full, by words alone', 'failed 5.2.0, alarm', failing('5.2.0', '552 mailbox unavailable: quota exceeded')),
    // Conforming reports, by how they are written.
    sample('the address in angle brackets and capitals', 'failed 5.1.1, suspended', dsn({ ...verp, groups: [{ final: 'RFC822;<Alice@EXAMPLE.ORG>', action: 'Failed', status: '5.1.1 (bad destination mailbox)' }] })),
    sample('folded lines', 'failed 5.1.1, suspended', dsn({ ...verp, groups: [{ final: `rfc822;\n ${of.address}`, status: '5.1.1', says: '550 5.1.1\n user unknown' }] })),
    sample('base64', 'failed 5.1.1, suspended', failing('5.1.1', unknown, { encoding: 'base64', copy: headersOf(of) })),
    sample('quoted-printable', 'failed 5.1.1, suspended', failing('5.1.1', 'utilisateur inconnu à cette adresse = zéro', { encoding: 'quoted-printable' })),
    sample('internationalised (RFC 6533)', 'failed 5.1.1, suspended', dsn({ ...verp, statusType: 'message/global-delivery-status', groups: [{ final: `utf-8; ${of.address}`, status: '5.1.1', says: '用户不存在' }] })),
    sample('an address with escapes (RFC 6533)', 'failed 5.1.1, suspended', dsn({ ...verp, statusType: 'message/global-delivery-status', groups: [{ final: 'utf-8; alice\\x{40}example.org', status: '5.1.1' }] })),
    sample('bytes that are no UTF-8', 'failed 5.1.1, suspended', bytes(failing('5.1.1', 'Empf\u00E4nger unbekannt'), 'latin1')),
    sample('several recipients, ours among them', 'failed 5.1.1, suspended', dsn({ ...verp, groups: [{ final: 'rfc822; bob@example.org', action: 'delivered', status: '2.0.0' }, { final: alice, status: '5.1.1' }, { final: 'rfc822; dan@example.org', status: '5.2.2' }] })),
    sample('several recipients, ours delayed', 'delayed 4.2.0', dsn({ ...verp, groups: [{ final: 'rfc822; bob@example.org', status: '5.1.1' }, { final: alice, action: 'delayed', status: '4.2.0' }] })),
    sample('forwarded there, and named as ours originally', 'failed 5.1.1, suspended', dsn({ ...verp, groups: [{ original: alice, final: 'rfc822; alice@elsewhere.example', status: '5.1.1' }] })),
    sample('found by Delivered-To', 'failed 5.1.1, suspended', dsn({ more: [`Delivered-To: ${of.returnPath}`], groups: [{ final: alice, status: '5.1.1' }] })),
    sample('found by X-Original-To in capitals', 'failed 5.1.1, suspended', dsn({ more: [`X-Original-To: ${of.returnPath.toUpperCase()}`], groups: [{ final: alice, status: '5.1.1' }] })),
    sample('found by the recipient it is handed in with', 'failed 5.1.1, suspended', dsn({ groups: [{ final: alice, status: '5.1.1' }] }), of.returnPath),
    sample('Gmail, found by the Message-ID it answers', 'failed 5.1.1, suspended', dsn({ from: 'Mail Delivery Subsystem <mailer-daemon@googlemail.com>', subject: 'Delivery Status Notification (Failure)', more: [`In-Reply-To: ${of.messageId}`, `References: ${of.messageId}`, 'X-Failed-Recipients: alice@example.org', 'Auto-Submitted: auto-replied'], groups: [{ final: alice, status: '5.1.1', says: '550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking' }] })),
    sample('found by the copy that it returns', 'failed 5.1.1, suspended', dsn({ groups: [{ final: alice, status: '5.1.1' }], copy: copyOf(of) })),
    sample('found by the headers that it returns', 'failed 5.1.1, suspended', dsn({ groups: [{ final: alice, status: '5.1.1' }], copy: headersOf(of) })),
    sample('handed on by somebody', 'failed 5.1.1, suspended', nested(failing('5.1.1', unknown, { copy: copyOf(of) }))),
    sample('handed on twice', 'failed 5.1.1, suspended', nested(nested(failing('5.1.1', unknown)), { subject: 'Fwd: Fwd:' })),
    // Reports in words.
    sample('Exim, in words', 'failed, suspended', text({ ...verp, subject: 'Mail delivery failed: returning message to sender' }, `This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ${of.address}
    Unrouteable address

------ This is a copy of the message, including all the headers. ------

${returned(of)}

body`, ['X-Failed-Recipients: alice@example.org', 'Auto-Submitted: auto-replied'])),
    sample('Exim, with what a host said, without a token', 'failed 5.1.1, suspended', text({ subject: 'Mail delivery failed: returning message to sender' }, `A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ${of.address}
    host mx.example.org [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<${of.address}>:
    550 5.1.1 User unknown

------ This is a copy of the message, including all the headers. ------

${returned(of)}
`, ['X-Failed-Recipients: alice@example.org', 'Auto-Submitted: auto-replied'])),
    sample('Exim, delayed', 'delayed', text({ ...verp, subject: 'Warning: message 1abcDE delayed 24 hours' }, `This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.org.

The address to which the message has not yet been delivered is:

  ${of.address}
    Delay reason: Connection refused

No action is required on your part. Delivery attempts will continue for some time.`, ['Auto-Submitted: auto-replied'])),
    sample('qmail', 'failed 5.1.1, suspended', text({ ...verp, from: 'MAILER-DAEMON@mx.example.org', subject: 'failure notice' }, `Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<${of.address}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

${returned(of)}
`)),
    sample('qmail, without a token', 'failed 5.7.1, alarm', text({ from: 'MAILER-DAEMON@mx.example.org', subject: 'failure notice' }, `Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.

<${of.address}>:
192.0.2.1 failed after I sent the message.
Remote host said: 554 5.7.1 rejected by a rule

--- Below this line is a copy of the message.

${returned(of)}
`)),
    sample('sendmail', 'failed 5.1.1, suspended', text({ ...verp, from: 'Mail Delivery Subsystem <MAILER-DAEMON>', subject: 'Returned mail: see transcript for details' }, `The original message was received at Mon, 31 May 2027 09:00:00 GMT
from out.example.com [192.0.2.9]

   ----- The following addresses had permanent fatal errors -----
<${of.address}>
    (reason: 550 5.1.1 <${of.address}>... User unknown)

   ----- Transcript of session follows -----
... while talking to mx.example.org.:
>>> DATA
<<< 550 5.1.1 <${of.address}>... User unknown`)),
    sample('Exchange, in words', 'failed 5.1.1, suspended', text({ ...verp, from: 'System Administrator <postmaster@example.org>', subject: 'Undeliverable: Module ends in 30 days' }, `Your message

  To:      Alice
  Subject: Module ends in 30 days
  Sent:    Mon, 31 May 2027 09:00:00 +0000

did not reach the following recipient(s):

${of.address} on Mon, 31 May 2027 09:00:05 +0000
    The recipient name is not recognized
    <mx.example.org #5.1.1>`)),
    sample('Exchange, as HTML alone', 'failed 5.1.10, suspended', `${head({ ...verp, from: 'Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.org>', subject: 'Undeliverable: Module ends in 30 days', more: ['Content-Type: text/html; charset=utf-8', 'X-Auto-Response-Suppress: All', 'Auto-Submitted: auto-generated'] })}

<html><body><h1>Your message couldn't be delivered</h1><p>alice wasn't found at example.org</p><p>Diagnostic information for administrators:</p>
<p>${of.address}<br>Remote Server returned &#39;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup&#39;</p></body></html>
`),
    sample('Domino', 'failed, suspended', text({ ...verp, from: 'Postmaster@example.org', subject: 'DELIVERY FAILURE: User alice (alice@example.org) not listed in Domino Directory' }, `Your message

  Subject: Module ends in 30 days

was not delivered to:

  ${of.address}

because:

  User alice (${of.address}) not listed in Domino Directory`)),
    sample('words that name nobody, to our token', 'failed, alarm', text({ ...verp, from: 'Postmaster <postmaster@mx.example.org>', subject: 'Delivery failed' }, 'Your message could not be delivered. The system gives no further reason. Ask postmaster@mx.example.org.')),
    // What only looks like one.
    sample('out of office', 'ignored', text({ ...verp, from: 'Alice <alice@example.org>', subject: 'Automatic reply: Module ends in 30 days' }, 'I am away until Monday.', ['Auto-Submitted: auto-replied', `In-Reply-To: ${of.messageId}`])),
    sample('out of office, told by its subject alone', 'ignored', text({ ...verp, from: 'Alice <alice@example.org>', subject: 'Out of Office: Alice' }, 'I am away. If this could not be delivered, call 550 5.1.1.')),
    sample('out of office in Chinese', 'ignored', text({ ...verp, from: 'Alice <alice@example.org>', subject: '自动回复：Module' }, '我在休假。')),
    sample('vacation(1)', 'ignored', text({ ...verp, from: 'Alice <alice@example.org>', subject: 'away from my mail' }, 'I will read it when I am back.', ['Precedence: bulk', 'X-Autoreply: yes'])),
    sample('vacation by Sieve', 'ignored', text({ ...verp, from: 'Alice <alice@example.org>', subject: 'Auto: Module' }, 'Gone. Permanent failure to reach alice@example.org.', ['Auto-Submitted: auto-replied (vacation)', 'Precedence: auto_reply'])),
    sample('one who has left, said by a machine', 'ignored', text({ ...verp, from: 'Alice <alice@example.org>', subject: 'Automatic reply' }, 'alice@example.org does not exist any more: 550 5.1.1 user unknown.', ['X-Auto-Response-Suppress: All', 'Auto-Submitted: auto-generated'])),
    sample('a read receipt', 'ignored', `${head({ ...verp, from: 'Alice <alice@example.org>', subject: 'Read: Module', more: [`Content-Type: multipart/report; report-type=disposition-notification; boundary="${boundary}"`] })}\n\n--${boundary}\nContent-Type: text/plain\n\nread\n--${boundary}\nContent-Type: message/disposition-notification\n\nFinal-Recipient: ${alice}\nOriginal-Message-ID: ${of.messageId}\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--${boundary}--\n`),
    sample('a complaint', 'ignored', `${head({ ...verp, from: 'feedback@isp.example', subject: 'Complaint', more: [`Content-Type: multipart/report; report-type=feedback-report; boundary="${boundary}"`] })}\n\n--${boundary}\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n\n--${boundary}\n${copyOf(of)}\n--${boundary}--\n`),
    sample('an answer somebody wrote', 'refused: reports on no delivery', text({ ...verp, from: 'Alice <alice@example.org>', subject: 'Re: Module' }, 'Thank you, done.')),
    sample('our own mail that came round', 'ignored', `${returned(of)}\nX-Original-To: ${of.returnPath}\nMIME-Version: 1.0\nContent-Type: text/plain\n\nModule ends.\n`),
    sample('a report on a report', 'refused: nothing in it proves', dsn({ to: 'postmaster@example.org', groups: [{ final: 'rfc822; MAILER-DAEMON@mx.example.org', status: '5.1.1' }], copy: `Content-Type: message/rfc822\n\n${dsn({ groups: [{ final: alice, status: '5.1.1' }], copy: copyOf(of) })}` })),
    sample('spam', 'refused: reports on no delivery', text({ ...verp, from: 'Winner <win@spam.example>', subject: 'You have won' }, 'Click here. 550 5.1.1 alice@example.org')),
    sample('nothing that is a mail', 'refused: not a mail', '\n\nno headers at all\n'),
    // Forged.
    sample('no token and no Message-ID', 'refused: nothing in it proves', dsn({ groups: [{ final: alice, status: '5.1.1' }] })),
    sample('a token that is not ours', 'refused: not ours', dsn({ to: wrongToken, groups: [{ final: alice, status: '5.1.1' }] })),
    sample('a token that is not ours, with the right Message-ID', 'refused: not ours', dsn({ to: wrongToken, groups: [{ final: alice, status: '5.1.1' }], copy: copyOf(of) })),
    sample('a token of a mail that does not exist', 'refused: not ours', dsn({ to: `${of.returnPath.slice(0, of.returnPath.indexOf('@') - 1)}zz@example.org`, groups: [{ final: alice, status: '5.1.1' }] })),
    sample('our token, on somebody else', 'refused: did not go to the recipient', dsn({ ...verp, groups: [{ final: 'rfc822; bob@example.org', status: '5.1.1' }] })),
    sample('our Message-ID, on somebody else', 'refused: did not go to the recipient', dsn({ groups: [{ final: 'rfc822; bob@example.org', status: '5.1.1' }], copy: copyOf(of) })),
    sample('our Message-ID in words, on nobody', 'refused: did not go to the recipient', text({ from: 'postmaster@mx.example.org', subject: 'Delivery failed' }, `Your message could not be delivered.\n\n--- Below this line is a copy of the message.\n\n${returned(of)}\n`)),
    sample('a Message-ID that is not ours', 'refused: nothing in it proves', dsn({ groups: [{ final: alice, status: '5.1.1' }], copy: copyOf(other) })),
    sample('a Message-ID quoted in words for people', 'refused: nothing in it proves', dsn({ words: `It was ${of.messageId}.`, groups: [{ final: alice, status: '5.1.1' }] })),
    sample('a plain address of ours', 'refused: nothing in it proves', dsn({ to: 'bounces@example.org', groups: [{ final: alice, status: '5.1.1' }] })),
    sample('words that say a token without coming to it', 'refused: nothing in it proves', dsn({ words: of.returnPath, groups: [{ final: alice, status: '5.1.1' }] })),
  ]
}
