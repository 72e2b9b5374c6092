// The blocks of a weekly mail: a head with the number of the whole, its first entries, and sentences. Both parts
// of the mail are made from the same blocks, so that they never say different things.

import type { DigestLink, Light } from '../core/digest.ts'
import { buttonsOf, entryOf, headOf, html, type Html, linkOf, nameOf, nothing, openOf, softOf, tagOf } from './layout.ts'
import type { RoleName } from './palette.ts'
import type { MailWords } from './words.ts'

/** A light is a shape and a word: colour alone says nothing to many. */
export const lightMarks: Readonly<Record<Light, string>> = { red: '\u25B2', amber: '\u25C6', green: '\u25CF', grey: '\u25CB' }

/** One entry of a block: in HTML a name with a tag and a line below, in text a line and what belongs to it. */
export interface Item {
  readonly name: string
  readonly href: string
  readonly tag: string
  readonly colour: RoleName
  /** The light whose shape stands before the tag; its word is said below. */
  readonly light?: Light | undefined
  readonly below: string
  readonly links?: readonly DigestLink[] | undefined
}

/** What stands below a block's sentences, in each part of the mail. */
export interface Figure { readonly html: Html; readonly text: string }

export interface Block {
  readonly head: string
  readonly count: string
  readonly items: readonly Item[]
  readonly more: string
  /** Plain sentences: what is said when there is no item, and what follows the items. */
  readonly sentences: readonly string[]
  readonly figure?: Figure | undefined
}

export interface Listing {
  readonly head: string
  readonly items: readonly Item[]
  /** The number of the whole; of it `above` stand in an earlier block. */
  readonly count: number
  readonly above?: number
  readonly most: number
  /** What is said where there is no item. */
  readonly none: string
}

export function blockOf({ digest, number }: MailWords, { head, items, count, above = 0, most, none }: Listing): Block {
  const shown = items.slice(0, most)
  const left = count - shown.length - above
  return {
    head, count: count > 0 ? number(count) : '', items: shown,
    more: left > 0 ? digest.more(left) : '', sentences: shown.length === 0 && none !== '' ? [none] : [],
  }
}

export const blockHtml = (block: Block, url: string, open: string): Html => html`${headOf(block.head, block.count)}
${block.items.map((item) => itemHtml(item, open))}
${block.more === '' ? nothing : html`<p style="margin:8px 0 0;font-size:14px">${linkOf(`${url}/`, block.more)}</p>`}
${block.sentences.map((one) => html`<p style="margin:6px 0 0;font-size:14px">${one}</p>`)}${block.figure?.html ?? nothing}`

function itemHtml({ name, href, tag, colour, light, below, links = [] }: Item, open: string): Html {
  // An entry of one sentence needs no rule above it: a list of them reads as one block.
  if (below === '' && links.length === 0) return html`<p style="margin:6px 0 0;font-size:14px">${name} ${openOf(href, open)}</p>`
  const marked = light ? `${lightMarks[light]} ${tag}` : tag
  return entryOf(nameOf(href, name), tag === '' ? nothing : tagOf(colour, marked), html`${factsOf(below)}${buttonsOf(links.map(({ label, href: to }) => ({ text: label, href: to })))}`)
}

// A fact that fits on a line stays on it, also in a script without spaces.
const factsOf = (below: string): Html => softOf(html`<span style="word-break:keep-all">${below.split(' · ').map(unbroken).join(' · ')}</span>`)
const unbroken = (fact: string): string => (fact.length <= 28 ? fact.replaceAll(' ', '\u00A0') : fact)

export function blockText(block: Block, url: string, colon: string): string[] {
  return [
    block.count === '' ? block.head : `${block.head} (${block.count})`,
    ...block.items.flatMap((item) => [
      `* ${item.name}${item.tag === '' ? '' : ` [${item.tag}]`}`, ...(item.below === '' ? [] : [`  ${item.below}`]), `  ${item.href}`,
      ...(item.links ?? []).map(({ label, href }) => `  ${label}${colon}${href}`),
    ]),
    ...(block.more === '' ? [] : [`${block.more}${colon}${url}/`]),
    ...block.sentences,
    ...(block.figure ? [block.figure.text] : []),
  ]
}
