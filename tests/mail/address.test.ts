import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddress, parseMailbox } from '../../src/mail/address.ts'

const addressOf = (text: string): string | undefined => {
  const parsed = parseAddress(text)
  return parsed.ok ? parsed.address : undefined
}

describe('an address', () => {
  it.each([
    ['ann@example.org', 'ann@example.org'],
    ['  ann@example.org ', 'ann@example.org'],
    ['Ann.Keller+iso@Example.ORG', 'Ann.Keller+iso@example.org'],
    ['recert@localhost', 'recert@localhost'],
    ["o'brien@example.org", "o'brien@example.org"],
    ['ann@bücher.example', 'ann@xn--bcher-kva.example'],
    ['ann@例子.测试', 'ann@xn--fsqu00a.xn--0zwm56d'],
    ['ann@xn--bcher-kva.example', 'ann@xn--bcher-kva.example'],
    ['1234@163.com', '1234@163.com'],
  ])('%s is taken as %s', (text, address) => {
    expect(addressOf(text)).toBe(address)
  })

  it.each([
    '', ' ', 'ann', '@example.org', 'ann@', 'ann@@example.org', 'ann@example.org@example.net',
    // Quoted local parts: sent to the domain inside the quotes by some libraries.
    '"ann@example.net x"@example.org', '"ann"@example.org', '"ann\\"@example.net"@example.org',
    // Comments, groups, routes, lists, display names.
    'ann(comment)@example.org', 'ann@example.org (comment)', 'ann@example.org(@example.net)', 'ann@(x)example.org',
    'team: ann@example.org;', 'team:ann@example.org,eve@example.net;', '@relay.example:ann@example.org', '<ann@example.org>',
    'Ann <ann@example.org>', 'ann@example.org, eve@example.net', 'ann@example.org;eve@example.net', 'ann@example.org eve@example.net',
    // Line breaks and control characters, and commands behind them.
    'ann@example.org\n', 'ann@example.org\r\nRCPT TO:<eve@example.net>', 'ann\r\n@example.org', 'ann@example.org\0', 'ann@\u0085example.org',
    'ann@example.org\u2028', 'x\r\nRCPT TO:<eve@example.net>',
    // Dots and domains that are none.
    '.ann@example.org', 'ann.@example.org', 'ann..keller@example.org', 'ann@example..org', 'ann@.example.org', 'ann@example.org.',
    'ann@-example.org', 'ann@example-.org', 'ann@exam_ple.org', 'ann@[127.0.0.1]', 'ann@127.0.0.1', 'ann@0x7f.1', 'ann@2130706433',
    'ann@ex%61mple.org', 'ann@example.org%00', 'ann@example.org/path', 'ann@example.org:25', 'ann@exa mple.org',
    // Percent and bang routes stay literal; letters beyond ASCII before the @ are refused.
    'änn@example.org', '安@example.org', 'ann\u200b@example.org', 'ann＠example.org',
    `${'a'.repeat(65)}@example.org`, `ann@${'a'.repeat(64)}.org`, `ann@${`${'a'.repeat(60)}.`.repeat(5)}org`,
  ])('%j is refused, with a reason', (text) => {
    const parsed = parseAddress(text)
    expect(parsed.ok).toBe(false)
    expect(parsed.ok ? '' : parsed.refusal).toMatch(/\w{3}/)
  })

  it('of 254 characters is the longest', () => {
    const labels = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(54)}.org`
    expect(addressOf(`${'l'.repeat(64)}@${labels}`)?.length).toBe(251)
    expect(addressOf(`${'l'.repeat(64)}@d.${labels}`)).toHaveLength(253)
    expect(addressOf(`${'l'.repeat(64)}@dd.${labels}`)).toHaveLength(254)
    expect(addressOf(`${'l'.repeat(64)}@ddd.${labels}`)).toBeUndefined()
  })

  it('taken once is taken again unchanged, and is plain ASCII with one @', () => {
    fc.assert(fc.property(fc.oneof(fc.emailAddress(), fc.string({ unit: 'binary' }), fc.tuple(fc.string(), fc.string({ unit: 'grapheme' })).map(([a, b]) => `${a}@${b}.org`)), (text) => {
      const address = addressOf(text)
      if (address === undefined) return
      expect(addressOf(address)).toBe(address)
      expect(address).toMatch(/^[\x21-\x7e]+$/)
      expect(address.split('@')).toHaveLength(2)
    }), { numRuns: 2000 })
  })
})

describe('a mailbox', () => {
  it.each([
    ['Recert <recert@localhost>', 'Recert', 'recert@localhost'],
    ['recert@example.org', undefined, 'recert@example.org'],
    ['<recert@example.org>', undefined, 'recert@example.org'],
    ['"Nordlicht, Compliance" <recert@example.org>', 'Nordlicht, Compliance', 'recert@example.org'],
    ['资质管理 <recert@例子.测试>', '资质管理', 'recert@xn--fsqu00a.xn--0zwm56d'],
  ])('%s has its name and address', (text, name, address) => {
    expect(parseMailbox(text)).toEqual({ ok: true, name, address })
  })

  it.each([
    '', 'Recert', 'Recert <>', 'Recert <a@b> <c@d>', 'Recert <recert@example.org>, eve@example.net', 'A <a@b>, B <c@d>',
    'Recert <recert@example.org>\r\nBcc: eve@example.net', 'Eve eve@example.net <recert@example.org>', 'Recert recert@example.org',
    '"a"b" <recert@example.org>', 'group: <recert@example.org>;',
  ])('%j is refused', (text) => {
    expect(parseMailbox(text).ok).toBe(false)
  })
})
