// Tags: words of the user's own on a certification, to find and to filter by. Written in many ways they are
// one tag: width, case and spaces do not matter.

export const mostTags = 20
export const longestTag = 40

/** Words of the commands and files that name tags: no tag can be called so. */
const reserved: ReadonlySet<string> = new Set(['all', 'none', 'n/a'])
// What separates tags in a command and in a cell, in either width, and what no name has.
const separators = /[,，、;；]/u
const hidden = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u{202A}-\u{202E}\u{2066}-\u{2069}]/u

export type TagsDecided = { readonly ok: true; readonly tags: readonly string[] } | { readonly ok: false; readonly refusal: string }

/** Decides which tags these words are: in lower case, each once, in the order given; empty ones are left out. */
export function decideTags(given: readonly string[]): TagsDecided {
  for (const text of given) {
    const refusal = faultOf(text)
    if (refusal) return { ok: false, refusal }
  }
  const tags = [...new Set(given.map(tagOf).filter((tag) => tag !== ''))]
  return tags.length > mostTags ? { ok: false, refusal: `${tags.length} tags: a certification has at most ${mostTags}.` } : { ok: true, tags }
}

const tagOf = (text: string): string => text.normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase()

function faultOf(text: string): string | undefined {
  const trimmed = text.trim()
  if (hidden.test(trimmed)) return `${JSON.stringify(trimmed)} has a control character: a tag is plain words on one line.`
  // Also what only becomes one when width no longer matters, such as the small comma of vertical text.
  if (separators.test(trimmed.normalize('NFKC'))) return `"${trimmed}" has a comma or a semicolon, which separates two tags. Give each by itself.`
  const tag = tagOf(trimmed)
  const length = Array.from(tag).length
  if (length > longestTag) return `"${tag}" has ${length} characters: a tag has at most ${longestTag}.`
  return reserved.has(tag) ? `"${tag}" cannot be a tag: it is how commands and files say so themselves. Choose another word.` : undefined
}
