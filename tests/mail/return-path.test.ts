import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openApp } from '../../src/app/open.ts'
import { readConfig } from '../../src/config.ts'
import { silentLog } from '../../src/log.ts'
import { parseBounceAddress, returnPathOf, tokenIn, tokenOf } from '../../src/mail/return-path.ts'
import { testClock } from '../helpers/clock.ts'

const proof = '0123456789abcdef0123456789abcdef01234567'

describe('the address of one mail', () => {
  test('says which mail it is, in at most 64 characters before the @', () => {
    const longest = `${'b'.repeat(25)}@example.org`
    fc.assert(fc.property(fc.integer({ min: 1, max: 2_147_483_647 }), fc.constantFrom('bounces@example.org', longest), (id, address) => {
      const path = returnPathOf(address, tokenOf(id, proof))
      expect(path.indexOf('@')).toBeLessThanOrEqual(64)
      expect(tokenIn(path)?.messageId).toBe(id)
      expect(tokenIn(path.toUpperCase())).toEqual(tokenIn(path))
    }))
  })

  test('holds 128 bits that nobody can guess, and no digit that reads in two ways', () => {
    expect(tokenIn(returnPathOf('bounces@example.org', tokenOf(7, proof)))).toEqual({ token: `${proof.slice(0, 32)}7`, messageId: 7 })
  })

  test.each(['bounces@example.org', 'bounces+@example.org', `bounces+${'0'.repeat(31)}@example.org`, `bounces+${'0'.repeat(32)}@example.org`, `bounces+${'0'.repeat(32)}01@example.org`,
    `bounces+${'0'.repeat(32)}zzzzzz@example.org`, `bounces+${'0'.repeat(32)}1234567@example.org`, `bounces+x+${'0'.repeat(32)}1@example.org`, 'no address', ''])('%s names none', (address) => {
    expect(tokenIn(address)).toBeUndefined()
  })
})

describe('the bounce address', () => {
  test.each([
    ['bounces@bücher.example', 'bounces@xn--bcher-kva.example'],
    [' bounces@Example.ORG ', 'bounces@example.org'],
  ])('%s is read as %s', (text, address) => {
    expect(parseBounceAddress(text)).toEqual({ ok: true, address })
  })

  test.each([
    ['bounces', 'it must contain exactly one @'],
    ['bounces+x@example.org', 'leave the + and what follows it out'],
    [`${'b'.repeat(26)}@example.org`, 'has 26 characters, and at most 25'],
    ['Bounces <bounces@example.org>', 'may hold only Latin letters'],
  ])('%s is refused when the program starts: %s', async (text, says) => {
    const config = readConfig({ RECERT_HOME: '/nowhere', RECERT_BOUNCE_ADDRESS: text })
    const opening = openApp(config, testClock('2027-01-01T00:00:00Z'), silentLog)
    await expect(opening).rejects.toThrow(says)
    await expect(opening).rejects.toThrow('Write it as bounces@example.org')
  })
})
