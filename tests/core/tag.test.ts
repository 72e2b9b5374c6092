import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideTags, longestTag, mostTags } from '../../src/core/tag.ts'

const tagsOf = (...given: string[]) => {
  const decided = decideTags(given)
  return decided.ok ? decided.tags : decided.refusal
}

describe('a tag', () => {
  it.each([
    [['Cloud', ' cloud ', 'CLOUD'], ['cloud']],
    [['two   words', '重点', 'ＩＳＯ'], ['two words', '重点', 'iso']],
    [['', '  '], []],
  ])('%j is kept in lower case, each once', (given, kept) => expect(tagsOf(...given)).toEqual(kept))

  it.each([
    ['a,b', 'has a comma'], ['甲，乙', 'has a comma'], ['甲\ufe50乙', 'has a comma'], ['甲\ufe14乙', 'has a comma or a semicolon'], ['a;b', 'has a comma or a semicolon'], ['a\u0007b', 'has a control character'], ['a\nb', 'has a control character'],
    ['a\u202eb', 'has a control character'], ['None', 'cannot be a tag'], ['all', 'cannot be a tag'],
  ])('%j is refused with the reason', (given, reason) => expect(tagsOf(given)).toContain(reason))

  it('has at most 40 characters, and a certification at most 20 tags', () => {
    expect(tagsOf('字'.repeat(longestTag))).toEqual(['字'.repeat(longestTag)])
    expect(tagsOf('x'.repeat(longestTag + 1))).toBe(`"${'x'.repeat(41)}" has 41 characters: a tag has at most 40.`)
    const many = (n: number) => Array.from({ length: n }, (_, i) => `t${i}`)
    expect(tagsOf(...many(mostTags))).toHaveLength(20)
    expect(tagsOf(...many(mostTags + 1))).toBe('21 tags: a certification has at most 20.')
  })

  it('once kept stays as it is, also through a cell', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 8 }), (given) => {
      const decided = decideTags(given)
      if (!decided.ok) return
      expect(decideTags(decided.tags)).toEqual(decided)
      if (decided.tags.length > 0) expect(decideTags(decided.tags.join('; ').split(/[;；]/))).toEqual(decided)
    }))
  })
})
