import { describe, expect, test } from 'vitest'
import { kindOfFile, openTextScan } from '../../src/formats/file-kind.ts'

async function kindOf(name: string, content: Uint8Array | string) {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)
  const scan = openTextScan()
  // In small parts: a character may lie across two of them.
  for (let at = 0; at < bytes.length; at += 7) scan.add(bytes.subarray(at, at + 7))
  return await kindOfFile(new Blob([bytes]), { name, isText: scan.isText() })
}

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
const exe = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(126, 1), Buffer.from('PE\0\0')])
const compound = Buffer.concat([Buffer.from('D0CF11E0A1B11AE1', 'hex'), Buffer.alloc(504)])
const gb18030 = Buffer.from('b1e0bac52cb1e0bac50a312ccac70a', 'hex')
const mail = 'Received: from a\r\n by b\r\nFrom: Ann <ann@example.org>\r\nSubject: Proof\r\n\r\nText'

describe('the type of a file is told by its content', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['report.pdf', '%PDF-1.7\n%\n', 'application/pdf'], ['scan.png', png, 'image/png'], ['setup.exe', exe, 'application/x-msdownload'],
    ['old.doc', compound, 'application/msword'], ['old.xls', compound, 'application/vnd.ms-excel'], ['data.bin', Buffer.from([0, 1, 2, 3]), 'application/octet-stream'],
    ['notes.txt', 'Grüße, 世界\n', 'text/plain'], ['NOTES', 'no ending', 'text/plain'], ['list.csv', 'a,b\n1,2\n', 'text/csv'], ['清单.csv', gb18030, 'text/csv'],
    ['read.md', '# Title\n', 'text/markdown'], ['bom.csv', '\uFEFFa,b\n', 'text/csv'], ['mail.eml', mail, 'message/rfc822'], ['page.html', '<p>Hi</p>', 'text/html'],
    ['picture.svg', '<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'], ['data.xml', '<?xml version="1.0"?><a/>', 'application/xml'],
  ])('%s is what it says', async (name, content, type) => {
    expect(await kindOf(name, content)).toEqual({ type, claimed: undefined })
  })

  test.each<[string, string | Uint8Array, string, string]>([
    ['report.pdf', png, 'image/png', 'application/pdf'], ['report.pdf', exe, 'application/x-msdownload', 'application/pdf'], ['report.txt', '%PDF-1.7\n', 'application/pdf', 'text/plain'],
    ['notes.txt', '<!DOCTYPE html><script>alert(1)</script>', 'text/html', 'text/plain'], ['a.csv', Buffer.from('a,b\n\0'), 'application/octet-stream', 'text/csv'],
    ['scan.png', 'not a picture', 'text/plain', 'image/png'], ['list.txt', mail, 'message/rfc822', 'text/plain'], ['photo.jpg', '<svg onload="x"/>', 'image/svg+xml', 'image/jpeg'],
  ])('%s that is something else is told for what it is, with what its name claims', async (name, content, type, claimed) => {
    expect(await kindOf(name, content)).toEqual({ type, claimed })
  })

  test.each([['a bell', 'a\u0007b'], ['a delete', 'a\u007Fb'], ['a nought', 'a\0b']])('%s makes a text no text', async (_, content) => {
    expect((await kindOf('a.txt', content)).type).toBe('application/octet-stream')
  })

  test('bytes that are neither UTF-8 nor GB 18030 are no text, and a character cut off at the end is none', async () => {
    expect((await kindOf('a.txt', Buffer.from([0x61, 0xff, 0xff, 0x0a]))).type).toBe('application/octet-stream')
    expect((await kindOf('a.txt', Buffer.from([0x61, 0xe4]))).type).toBe('application/octet-stream')
  })

  test('a mark with nonsense behind it is no reason to refuse', async () => {
    for (const start of ['504B0304', '89504E470D0A1A0A', '25504446', 'FFD8FF', '1A45DFA3', '52617221']) {
      expect((await kindOf('x', Buffer.from(`${start}00`, 'hex'))).type).toMatch(/^[a-z]+\//)
    }
  })
})
