import { describe, expect, test } from 'vitest'
import { decodeAs, decodeText } from '../../src/formats/text.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values)

describe('an encoding is told by its mark, else by what every byte fits', () => {
  test.each([
    ['plain letters', utf8('name'), 'name', 'utf-8'],
    ['UTF-8 without a mark', utf8('证书编号'), '证书编号', 'utf-8'],
    ['UTF-8 with its mark', bytes(0xef, 0xbb, 0xbf, 0x61), 'a', 'utf-8'],
    ['UTF-16, little end first, with its mark', bytes(0xff, 0xfe, 0xc1, 0x8b), '证', 'utf-16le'],
    ['UTF-16, big end first, with its mark', bytes(0xfe, 0xff, 0x8b, 0xc1), '证', 'utf-16be'],
    ['GBK, as spreadsheets in China save it', bytes(0xd6, 0xa4, 0xca, 0xe9), '证书', 'gb18030'],
    ['a letter only GB 18030 has', bytes(0x81, 0x30, 0x81, 0x30), '\u0080', 'gb18030'],
    ['nothing at all', bytes(), '', 'utf-8'],
  ])('%s', (_what, given, text, encoding) => {
    expect(decodeText(given, 'gb18030')).toEqual({ ok: true, text, encoding })
  })

  test('what a publisher writes in instead is its own older encoding', () => {
    expect(decodeText(bytes(0x4e, 0xae, 0x41, 0x80), 'windows-1252')).toEqual({ ok: true, text: 'N®A€', encoding: 'windows-1252' })
  })

  test('an encoding a person names wins over the guess', () => {
    expect(decodeAs(bytes(0xd6, 0xa4), 'windows-1252')).toEqual({ ok: true, text: 'Ö¤', encoding: 'windows-1252' })
  })
})

describe('what fits no encoding is refused with the line of the first byte that does not fit', () => {
  test.each([
    ['a lone byte', bytes(0x61, 0x0a, 0x62, 0x0a, 0xff, 0x61), 3, '0xFF'],
    ['a letter cut off at the end', bytes(0x61, 0x0a, 0xe8, 0xaf), 2, '0xAF'],
    ['in the first line', bytes(0xae, 0x20), 1, '0xAE'],
  ])('%s', (_what, given, line, byte) => {
    const decoded = decodeAs(given, 'utf-8')
    expect(decoded).toMatchObject({ ok: false, line })
    expect(decoded.ok ? '' : decoded.reason).toContain(byte)
    expect(decoded.ok ? '' : decoded.reason).toContain('--encoding')
  })

  test('neither UTF-8 nor the older encoding asks for a name', () => {
    const decoded = decodeText(bytes(0x61, 0x0a, 0xae, 0x20), 'gb18030')
    expect(decoded).toEqual({
      ok: false, line: 2,
      reason: 'Neither UTF-8 nor gb18030: name the encoding with --encoding (utf-8, utf-16le, utf-16be, gb18030, windows-1252); the byte 0xAE does not fit',
    })
  })
})
