import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanFileName, decideFile, decideLink, decideRemark, formatSize, mostBytes } from '../../src/core/evidence.ts'

describe('a link', () => {
  test.each(['https://docs.example.com/a?b=c#d', 'http://intranet/文档/SLA.pdf', 'https://例子.测试/路径'])('%s is kept as it was written', (link) => {
    expect(decideLink(` ${link} `)).toEqual({ ok: true, link })
  })

  test.each([
    'javascript:alert(1)', 'data:text/html,x', 'ftp://a.example/x', 'file:///etc/passwd', '/docs', 'a.example/x', '', 'https://', 'https://a b.example/',
    'https://user:secret@a.example/', 'https://a.example/\u202Egpj.exe', `https://a.example/${'x'.repeat(2000)}`,
  ])('%j is refused', (link) => {
    expect(decideLink(link).ok).toBe(false)
  })
})

describe('a file', () => {
  test.each([[1, true], [mostBytes, true], [0, false], [mostBytes + 1, false]])('of %i bytes: kept is %s', (size, ok) => {
    expect(decideFile({ name: 'a.pdf', size }).ok).toBe(ok)
  })

  test('that is refused is named, with its size, the most that is kept and the way out', () => {
    expect(decideFile({ name: '/home/ann/scan.tiff', size: mostBytes + 1 })).toEqual({
      ok: false, refusal: 'scan.tiff has 25.1 MB; a file of evidence has at most 25 MB. Divide it, or put it where you keep large files and add the link.',
    })
    expect(decideFile({ name: 'scan.tiff', size: 0 })).toMatchObject({ refusal: 'scan.tiff is empty: it proves nothing. Check that it was saved.' })
  })
})

describe('the name of a file', () => {
  test.each([
    ['report.pdf', 'report.pdf'], ['等级保护 测评报告.docx', '等级保护 测评报告.docx'], ['/etc/passwd', 'passwd'], ['C:\\Users\\ann\\plan.xlsx', 'plan.xlsx'],
    ['../../.bashrc', 'bashrc'], ['a<b>:"c|d?e*.txt', 'a_b___c_d_e_.txt'], ['report\u202Efdp.exe', 'reportfdp.exe'], ['a\r\nSet-Cookie: x.txt', 'aSet-Cookie_ x.txt'],
    ['tab\tand  spaces .txt', 'taband spaces .txt'], ['end. . ', 'end'], ['CON', '_CON'], ['nul.txt', '_nul.txt'], ['console.txt', 'console.txt'],
    ['', 'file'], ['..', 'file'], ['\u200B', 'file'], ['cafe\u0301.txt', 'caf\u00e9.txt'], ['half \ud83d.txt', 'half .txt'],
  ])('%j is kept as %j', (name, kept) => {
    expect(cleanFileName(name)).toBe(kept)
  })

  test('is shortened before its ending', () => {
    const kept = cleanFileName(`${'很长'.repeat(200)}.xlsx`)
    expect(Array.from(kept)).toHaveLength(150)
    expect(kept.endsWith('长很.xlsx')).toBe(true)
  })

  test('whatever it was, can be kept by any system and stays the same when it is cleaned again', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
      const kept = cleanFileName(name)
      expect(kept).toMatch(/^[^\\/<>:"|?*\p{Cc}\p{Cf}]+$/u)
      expect(kept).not.toMatch(/^[. ]|[. ]$/)
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(600)
      expect(cleanFileName(kept)).toBe(kept)
    }))
  })
})

describe('a title or a reason', () => {
  test('loses what surrounds it, and is refused where it is too long', () => {
    expect(decideRemark('title', '  SLA 2026\n')).toEqual({ ok: true, text: 'SLA 2026' })
    expect([decideRemark('title', '  '), decideRemark('reason', undefined)]).toEqual([{ ok: true, text: undefined }, { ok: true, text: undefined }])
    expect(decideRemark('title', 'x'.repeat(201))).toEqual({ ok: false, refusal: 'A title may have 200 characters; this one has 201.' })
    expect(decideRemark('reason', 'x'.repeat(2000)).ok).toBe(true)
  })
})

test.each([[1, '1 B'], [1023, '1023 B'], [1024, '1 KB'], [14_500, '14 KB'], [2.5 * 1024 * 1024, '2.5 MB'], [mostBytes, '25 MB'], [mostBytes + 1, '25.1 MB']])(
  '%i bytes are read as %s', (size, text) => {
    expect(formatSize(size)).toBe(text)
  })
