import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { disarm, formatTable, parseTable, rearm, rowLimit } from '../../src/formats/csv.ts'

function table(text: string) {
  const read = parseTable(text)
  if (!read.ok) throw new Error(`row ${read.row}: ${read.reason}`)
  return read.table
}

describe('rows are numbered as a spreadsheet shows them', () => {
  test('the header is row 1, and a line break inside quotes starts no row', () => {
    expect(table('a,b\n1,"two\nlines"\n3,4\n').rows).toEqual([{ number: 2, cells: ['1', 'two\nlines'] }, { number: 3, cells: ['3', '4'] }])
  })

  test('blank rows count and are left out', () => {
    const read = table('\n a,b\n\n1,2\n,\n3,4')
    expect(read.headerRow).toBe(2)
    expect(read.rows.map((row) => row.number)).toEqual([4, 6])
  })

  test('line ends of every kind may be mixed', () => {
    expect(table('a,b\r\n1,2\n3,4\r5,6').rows.map((row) => row.cells)).toEqual([['1', '2'], ['3', '4'], ['5', '6']])
  })
})

describe('the delimiter is the one that divides the header', () => {
  test.each([['comma', 'a,b\n1;x,2', ['1;x', '2']], ['semicolon', 'a;b\n1,x;2', ['1,x', '2']], ['tab', 'a\tb\n1,x\t2', ['1,x', '2']]])(
    '%s', (_name, text, cells) => {
      expect(table(text).rows[0]?.cells).toEqual(cells)
    })

  test('a quoted delimiter in the header does not count', () => {
    expect(table('"a,b,c";d\n1;2').header).toEqual(['a,b,c', 'd'])
  })
})

describe('what cannot be divided into rows and cells is refused with its row', () => {
  test.each([
    ['nothing', '', 1, 'The file is empty'],
    ['blank lines only', '\n\n', 1, 'The file is empty'],
    ['only a header', 'a,b\n', 1, 'Only a header, no rows'],
    ['an unclosed quote', 'a,b\n1,2\n3,"4\n5,6\n', 3, 'never closed'],
    ['text after a closing quote', 'a,b\n1,"2"3\n', 2, 'A closing quote'],
    ['a quote in the middle of a cell', 'a,b\n1,2"3\n', 2, 'in the middle of a cell'],
    ['a NUL', 'a,b\n1,\0\n', 2, 'Contains a NUL character'],
    ['an endless cell', `a,b\n1,${'x'.repeat(1_100_000)}`, 2, 'longer than 1,000,000 characters'],
    ['too many columns', `a${',a'.repeat(500)}\n1\n`, 1, 'More than 500 columns'],
    ['too many rows', `a\n${'1\n'.repeat(rowLimit)}`, rowLimit + 1, `More than ${rowLimit} rows`],
  ])('%s', (_what, text, row, reason) => {
    const read = parseTable(text)
    expect(read.ok ? undefined : read.row).toBe(row)
    expect(read.ok ? '' : read.reason).toContain(reason)
  })
})

describe('what is written is read back', () => {
  const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('=1+1', '-2', '@x', '"', 'a,b', 'a;b', '\'=x', '\'', ' x ', 'two\nlines', '\tx', '', '证书'))
    .map((text) => text.replaceAll('\0', ''))

  test('every cell, whatever it holds', () => {
    fc.assert(fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const written = rows.map(([a, b]) => ['x', a, b])
      expect(table(formatTable(['a', 'b', 'c'], written)).rows.map((row) => row.cells.map(rearm))).toEqual(written)
    }))
  })

  test('no cell begins as a formula does', () => {
    fc.assert(fc.property(cell, (text) => {
      expect(disarm(text)).not.toMatch(/^[=+\-@\t\r]/)
      expect(rearm(disarm(text))).toBe(text)
    }))
  })

  test('a spreadsheet sees the mark, quotes and an apostrophe before a formula', () => {
    expect(formatTable(['name'], [['=1+1'], ['a, "b"'], ['\'-x']])).toBe('\uFEFFname\r\n\'=1+1\r\n"a, ""b"""\r\n\'\'-x\r\n')
  })
})
