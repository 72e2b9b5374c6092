// The weekly mail of an owner: what of their own is late or in danger, and what falls due in the next 30 days,
// each with its buttons. Nothing of anybody else.

import type { OwnDigestView } from '../core/digest.ts'
import type { Letter } from '../core/message.ts'
import { oneLine } from './clean.ts'
import { dutyItem } from './digest-items.ts'
import { type Block, blockHtml, blockOf, blockText } from './digest-layout.ts'
import { html, type Html, linkOf, noteOf, nothing, pageOf, paragraphOf, softOf, textOf, titleOf } from './layout.ts'
import { type MailWords, wordsIn } from './words.ts'

/** So many of each block have room in a mail; the rest is behind a link. */
const most = 15

interface Writing { readonly view: OwnDigestView; readonly words: MailWords }

export function composeOwnDigest(view: OwnDigestView): Letter {
  const words = wordsIn(view.language)
  const { own } = words
  const week = Number(view.week.slice(-2))
  const writing: Writing = { view, words }
  const blocks = ownBlocks(view)
  return {
    subject: oneLine(own.subject(week, view.counts), 200),
    text: textBody(writing, week, blocks),
    html: pageOf({
      lang: words.tag, title: own.title(week), preview: own.lead(view.counts), body: htmlBody(writing, week, blocks),
      footer: html`${own.footer}<br>${linkOf(`${view.url}/`, words.daily.links.home)}`,
    }),
  }
}

/** Its blocks, which a daily mail of the same day takes with it. */
export function ownBlocks(view: OwnDigestView): Block[] {
  const words = wordsIn(view.language)
  const { digest, own } = words
  const shown = view.lateOrInDanger.slice(0, most)
  const said = new Set(shown.map((one) => one.obligationId))
  const left = view.next30.filter((one) => !said.has(one.obligationId))
  const above = view.next30.length - left.length
  const item = (one: OwnDigestView['next30'][number]) => dutyItem(one, { view, words }, { ball: true, owner: false })
  const next = blockOf(words, {
    head: digest.heads.next30, items: left.slice(0, most).map(item), count: view.counts.next30, above, most, none: above > 0 ? '' : digest.none.next30,
  })
  return [
    ...(shown.length > 0 ? [blockOf(words, { head: own.lateOrInDanger, items: shown.map(item), count: view.counts.late + view.counts.inDanger, most, none: '' })] : []),
    { ...next, sentences: [...next.sentences, ...(above > 0 ? [digest.listedAbove(above)] : [])] },
  ]
}

function scopeOf({ view, words }: Writing): string {
  return words.own.scope(oneLine(view.organisation, 120), words.moment(view.cutOffAt, view.zone))
}

function htmlBody(writing: Writing, week: number, blocks: readonly Block[]): Html {
  const { view, words } = writing
  return html`${titleOf(words.own.title(week))}
${softOf(scopeOf(writing))}
${view.rehearsal ? noteOf('grey', words.digest.rehearsal) : nothing}
${paragraphOf(words.daily.greeting(oneLine(view.to.name, 80)))}
${paragraphOf(words.own.lead(view.counts))}
${blocks.map((block) => blockHtml(block, view.url, words.digest.open))}`
}

function textBody(writing: Writing, week: number, blocks: readonly Block[]): string {
  const { view, words } = writing
  return textOf([
    view.rehearsal ? [words.digest.rehearsal] : [],
    [words.own.title(week), scopeOf(writing)],
    [words.daily.greeting(oneLine(view.to.name, 80)), words.own.lead(view.counts)],
    ...blocks.map((block) => blockText(block, view.url, words.colon)),
    ['-- ', words.own.footer, `${words.daily.links.home}${words.colon}${view.url}/`],
  ])
}
