// A command line that is itself given as one word: split as people quote, and never run by a shell.

import { invalid } from '../errors.ts'

/**
 * Splits a line into words at blanks. What stands in '…' or "…" is one word, blanks and all; within "…", and outside of
 * quotes, \ takes the next character as it is. Throws `invalid` where a quote is not closed.
 */
export function splitWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote: '"' | "'" | undefined
  for (let i = 0; i < line.length; i++) {
    const at = line[i]!
    if (at === '\\' && quote !== "'" && i + 1 < line.length) word = (word ?? '') + line[++i]!
    else if (at === quote) quote = undefined
    else if (quote === undefined && (at === '"' || at === "'")) [quote, word] = [at, word ?? '']
    else if (quote !== undefined || !/\s/.test(at)) word = (word ?? '') + at
    else if (word !== undefined) {
      words.push(word)
      word = undefined
    }
  }
  if (quote !== undefined) throw invalid(`In ${JSON.stringify(line)} a ${quote} is not closed.`)
  return word === undefined ? words : [...words, word]
}
