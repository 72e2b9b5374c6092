// What the environment says of signing mail: all of it or nothing, and a key that cannot sign is refused
// when the program starts, not when the first mail is due.

import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { testFolder } from '../helpers/folder.ts'

const pem = (key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
const rsa = (bits: number): string => pem(generateKeyPairSync('rsa', { modulusLength: bits }).privateKey)
const key = rsa(2048)
const whole = { RECERT_DKIM_DOMAIN: 'example.org', RECERT_DKIM_SELECTOR: 'recert1', RECERT_DKIM_KEY: key }

describe('signing mail', () => {
  test('is off unless somebody sets it up', () => {
    expect(readConfig({}).dkim).toBeUndefined()
    expect(readConfig({ RECERT_DKIM_DOMAIN: '', RECERT_DKIM_SELECTOR: '', RECERT_DKIM_KEY: '' }).dkim).toBeUndefined()
  })

  test('takes the domain, the selector and the key, or a file with the key, or the key on one line', () => {
    const file = join(testFolder(), 'dkim.pem')
    writeFileSync(file, key)
    const { RECERT_DKIM_KEY: _, ...rest } = whole
    const expected = { domain: 'example.org', selector: 'recert1', key: key.trim() }
    for (const environment of [whole, { ...rest, RECERT_DKIM_KEY_FILE: file }, { ...whole, RECERT_DKIM_KEY: key.replaceAll('\n', '\\n') }]) {
      const { dkim } = readConfig(environment)
      expect({ ...dkim, key: dkim!.key.trim() }).toEqual(expected)
    }
  })

  test.each(Object.keys(whole))('without %s is refused, naming what is missing', (name) => {
    expect(() => readConfig({ ...whole, [name]: undefined })).toThrow(`${name} is not set`)
  })

  test.each([
    ['no key at all', 'secret-not-a-key', 'it is not a private key as PEM without a password'],
    ['too short a key', rsa(512), 'it has 512 bits, and must have at least 1024'],
    ['a key of another kind', pem(generateKeyPairSync('ed25519').privateKey), 'it is a key of the kind ed25519, and must be RSA'],
  ])('with %s is refused with the way out, and the key is not repeated', (_, wrong, says) => {
    const act = (): unknown => readConfig({ ...whole, RECERT_DKIM_KEY: wrong })
    expect(act).toThrow(says)
    expect(act).toThrow('openssl genrsa')
    expect(act).not.toThrow(wrong)
  })

  test.each([['RECERT_DKIM_DOMAIN', 'example.org; d=evil.example'], ['RECERT_DKIM_DOMAIN', 'localhost'], ['RECERT_DKIM_SELECTOR', 'a b'], ['RECERT_DKIM_SELECTOR', 'x._domainkey.example.org']])('with %s=%s is refused', (name, value) => {
    expect(() => readConfig({ ...whole, [name]: value })).toThrow(name)
  })
})
