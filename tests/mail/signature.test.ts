// A mail's signature, checked as RFC 6376 says with nothing but hashing and the public key: no code of the
// library that signed.

import { createHash, createVerify, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Letter } from '../../src/core/message.ts'
import { type Envelope, signedHeaders } from '../../src/mail/headers.ts'
import { composeBytes, type DkimKey } from '../../src/mail/smtp.ts'

const pair = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
const dkim: DkimKey = { domain: 'example.org', selector: 'recert1', key: pair.privateKey }

const letter: Letter = { subject: '监督审核 due in 25 days  (18 Dec)', text: 'Hello Ann,\n\n.\nFrom here on.  \n资质\n\n\n', html: '<!doctype html><p>Hello  Ann &amp; 资质</p>\n' }
const envelope: Envelope = {
  from: 'Recert <recert@example.org>', to: { name: '王强 Keller', address: 'ann@example.org' }, messageId: '<abc.1@example.org>',
  date: Temporal.Instant.from('2026-11-23T08:00:00Z'), kind: 'digest', url: 'https://recert.example.org',
  references: ['<root@example.org>'], unsubscribeUrl: `https://recert.example.org/unsubscribe/${'t'.repeat(43)}`,
}

interface Field { readonly name: string; readonly relaxed: string; readonly value: string }

function fieldsOf(head: string): Field[] {
  return head.split(/\r\n(?![ \t])/).map((field) => {
    const at = field.indexOf(':')
    const name = field.slice(0, at).trim().toLowerCase()
    const value = field.slice(at + 1).replace(/\r\n/g, '').replace(/[ \t]+/g, ' ').trim()
    return { name, value, relaxed: `${name}:${value}` }
  })
}

const relaxedBody = (body: string): string => `${body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, '')).join('\r\n').replace(/(\r\n)*$/, '')}\r\n`

interface Checked { readonly tags: ReadonlyMap<string, string>; readonly body: boolean; readonly headers: boolean }

/** Checks the first field of a mail against what follows it. */
function check(bytes: Uint8Array, publicKey = pair.publicKey): Checked {
  const text = Buffer.from(bytes).toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const [signature, ...fields] = fieldsOf(text.slice(0, end))
  const tags = new Map(signature!.value.split(';').map((tag): [string, string] => [tag.slice(0, tag.indexOf('=')).trim(), tag.slice(tag.indexOf('=') + 1).replace(/ /g, '')]))
  const bodyHash = createHash('sha256').update(relaxedBody(text.slice(end + 4)), 'latin1').digest('base64')
  const left = [...fields]
  const named = tags.get('h')!.split(':').flatMap((name) => {
    const at = left.findLastIndex((field) => field.name === name)
    return at < 0 ? [] : left.splice(at, 1).map((field) => field.relaxed)
  })
  const data = [...named, signature!.relaxed.replace(/([;:]\s*b=)[^;]*/, '$1')].join('\r\n')
  return {
    tags, body: bodyHash === tags.get('bh'),
    headers: signature!.name === 'dkim-signature' && createVerify('RSA-SHA256').update(data, 'latin1').verify(publicKey, tags.get('b')!, 'base64'),
  }
}

const composed = (over: Partial<Envelope> = {}, calendar?: string): Promise<Uint8Array> => composeBytes(letter, { ...envelope, ...over }, { dkim, calendar })
const changed = (bytes: Uint8Array, from: string | RegExp, to: string): Uint8Array => {
  const text = Buffer.from(bytes).toString('latin1')
  expect(text).toMatch(from)
  return Buffer.from(text.replace(from, to), 'latin1')
}

describe('a signed mail', () => {
  it.each(['daily', 'digest', 'sign-in', 'test'] as const)('of the kind %s is held to be the domain\'s by whoever checks', async (kind) => {
    const { tags, body, headers } = check(await composed({ kind }))
    expect({ body, headers }).toEqual({ body: true, headers: true })
    expect([tags.get('d'), tags.get('s'), tags.get('a'), tags.get('c')]).toEqual(['example.org', 'recert1', 'rsa-sha256', 'relaxed/relaxed'])
  })

  it('is also signed over the calendar it encloses', async () => {
    const bytes = await composed({ kind: 'daily' }, 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n')
    expect(check(bytes)).toMatchObject({ body: true, headers: true })
    expect(check(changed(bytes, 'QkVHSU46', 'QkVHSU47')).body).toBe(false)
  })

  it('is the same bytes for the same mail, however often it is composed, and names no moment', async () => {
    const [a, b] = [await composed(), await composed()]
    expect(Buffer.from(a).equals(Buffer.from(b))).toBe(true)
    expect([...check(a).tags.keys()].filter((tag) => tag === 't' || tag === 'x')).toEqual([])
  })

  it('names every field that it has of those that matter', async () => {
    const bytes = await composed()
    const present = fieldsOf(Buffer.from(bytes).toString('latin1').split('\r\n\r\n')[0]!).map((field) => field.name).filter((name) => name !== 'dkim-signature')
    expect(check(bytes).tags.get('h')!.split(':').toSorted()).toEqual(present.toSorted())
    expect(signedHeaders.map((name) => name.toLowerCase())).toEqual(expect.arrayContaining(present))
    expect(present).toEqual(expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post', 'references', 'in-reply-to']))
  })

  it.each([
    ['Subject', /\r\nSubject: [^\r]+/, '\r\nSubject: Pay now'], ['From', 'recert@example.org', 'eve@example.net'],
    ['List-Unsubscribe', '/unsubscribe/t', '/unsubscribe/u'], ['Date', '23 Nov 2026', '24 Nov 2026'], ['References', '<root@', '<other@'],
  ])('whose %s was changed on its way is not', async (_, from, to) => {
    expect(check(changed(await composed(), from, to)).headers).toBe(false)
  })

  it('is not held to be signed by another key', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
    expect(check(await composed(), other.publicKey).headers).toBe(false)
  })

  it('never leaves unsigned because its key is useless', async () => {
    await expect(composeBytes(letter, envelope, { dkim: { ...dkim, key: 'no key' } })).rejects.toThrow('The DKIM key cannot sign.')
  })
})
