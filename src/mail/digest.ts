// The weekly status: verdict, needs you, late or in danger, next 30 days, running, changed, register, and
// whether all of it can be trusted. One screen: each block has a limit, and its head the whole number.

import { dayOf, mondayOf } from '../core/day.ts'
import type { DigestView } from '../core/digest.ts'
import type { Letter } from '../core/message.ts'
import { oneLine } from './clean.ts'
import { changeItem, dutyItem, findingItem, needItem, runItem } from './digest-items.ts'
import { type Block, blockHtml, blockOf, blockText, lightMarks } from './digest-layout.ts'
import { figuresOf, html, type Html, linkOf, noteOf, nothing, pageOf, softOf, textOf, titleOf } from './layout.ts'
import type { RoleName } from './palette.ts'
import { hasWeeks, timelineOf } from './timeline.ts'
import { type MailWords, wordsIn } from './words.ts'

const most = { needsYou: 5, lateOrInDanger: 8, findings: 5, next30: 8, running: 6, changed: 6, clusters: 3 } as const

interface Writing { readonly view: DigestView; readonly words: MailWords }

export function composeDigest(view: DigestView): Letter {
  const words = wordsIn(view.language)
  const writing: Writing = { view, words }
  const { digest } = words
  const week = Number(view.week.slice(-2))
  const verdict = [digest.verdict(view.counts, view.trust.checks), ...(view.before ? [digest.since(view.counts, view.before)] : [])]
  const blocks = blocksOf(writing)
  return {
    subject: oneLine(digest.subject(week, view.counts), 200),
    text: textBody(writing, week, verdict, blocks),
    html: pageOf({
      lang: words.tag, title: digest.title(week), preview: verdict[0]!,
      body: htmlBody(writing, week, verdict, blocks),
      footer: html`${digest.footer}<br>${linkOf(`${view.url}/`, words.daily.links.home)} · ${linkOf(`${view.url}/mail`, words.daily.links.mail)}`,
    }),
  }
}

function blocksOf(writing: Writing): Block[] {
  const { view, words } = writing
  const { digest, number } = words
  const list = <T>(name: keyof typeof digest.heads & keyof typeof most, all: readonly T[], item: (one: T, writing: Writing) => Block['items'][number], count: number, none = '') =>
    blockOf(words, { head: digest.heads[name], items: all.slice(0, most[name]).map((one) => item(one, writing)), count, most: most[name], none })
  const optional = (block: Block): Block[] => (block.items.length > 0 ? [block] : [])
  return [
    ...optional(list('needsYou', view.needsYou, needItem, view.counts.needsYou)),
    list('lateOrInDanger', view.lateOrInDanger, (duty) => dutyItem(duty, writing, { ball: true }), view.counts.late + view.counts.inDanger, digest.none.lateOrInDanger),
    ...optional(list('findings', view.findings, findingItem, view.counts.findings)),
    nextBlock(writing),
    ...optional(list('running', view.running, runItem, view.counts.running)),
    list('changed', view.changed, changeItem, view.changed.length, digest.none.changed),
    { head: digest.heads.register, count: number(registerSize(view)), items: [], more: '', sentences: digest.register(view.register) },
    { head: digest.heads.trust, count: '', items: [], more: '', sentences: trustIn(writing) },
  ]
}

function nextBlock({ view, words }: Writing): Block {
  const { digest } = words
  // What stands above is not said twice; the number in the head stays that of the whole.
  const said = new Set(view.lateOrInDanger.slice(0, most.lateOrInDanger).map((duty) => duty.obligationId))
  const left = view.next30.filter((duty) => !said.has(duty.obligationId))
  const above = view.next30.length - left.length
  const block = blockOf(words, {
    head: digest.heads.next30, items: left.slice(0, most.next30).map((duty) => dutyItem(duty, { view, words }, {})),
    count: view.counts.next30, above, most: most.next30, none: '',
  })
  return {
    ...block,
    sentences: [
      ...(view.next30.length === 0 ? [digest.none.next30] : []),
      ...(above > 0 ? [digest.listedAbove(above)] : []),
      ...view.clusters.slice(0, most.clusters).map((one) => digest.cluster(one, words.shortDay(one.from, view.day), words.shortDay(one.to, view.day))),
      digest.ahead(view.counts),
    ],
    figure: hasWeeks(view.weeks) ? timelineOf(view.weeks, words) : undefined,
  }
}

function trustIn({ view: { trust, zone, day }, words }: Writing): readonly string[] {
  return words.digest.trust(trust, trust.lastCheckAt && words.moment(trust.lastCheckAt, zone), words.shortDay(dayOf(trust.mailSince, zone), day))
}

const registerSize = ({ register: r }: DigestView): number => r.valid + r.suspended + r.expired + r.archived + r.ended

function htmlBody(writing: Writing, week: number, verdict: readonly string[], blocks: readonly Block[]): Html {
  const { view, words } = writing
  return html`${titleOf(words.digest.title(week))}
${softOf(scopeOf(writing))}
${view.narrowing ? softOf(narrowingIn(writing)) : nothing}
${view.rehearsal ? noteOf('grey', words.digest.rehearsal) : nothing}
<p style="margin:12px 0 2px;font-size:16px;font-weight:600">${verdict[0]}</p>
${verdict[1] ? softOf(verdict[1]) : nothing}
${isQuiet(view) ? nothing : figuresOf(figuresIn(writing))}
${blocks.map((block) => blockHtml(block, view.url, words.digest.open))}`
}

// Four noughts in a row say less than the verdict above them.
const isQuiet = ({ counts }: DigestView): boolean => counts.late + counts.inDanger + counts.needsYou + counts.next30 === 0

function figuresIn({ view, words }: Writing) {
  const { figures } = words.digest
  const { counts } = view
  const figure = (value: number, label: string, colour: RoleName, mark = '') =>
    ({ value: words.number(value), label: value > 0 ? `${mark}${label}` : label, colour: value === 0 ? 'grey' as const : colour })
  return [
    figure(counts.late, figures.late, 'red', `${lightMarks.red} `), figure(counts.inDanger, figures.inDanger, 'amber', `${lightMarks.amber} `),
    figure(counts.needsYou, figures.needsYou, 'blue'), figure(counts.next30, figures.next30, 'blue'),
  ]
}

function scopeOf({ view, words }: Writing): string {
  const monday = mondayOf(view.day)
  return words.digest.scope(oneLine(view.organisation, 120), words.shortDay(monday, view.day), words.shortDay(monday.add({ days: 6 }), view.day), words.moment(view.cutOffAt, view.zone))
}

// A few names; how many more there are is said, which they are stands in the settings.
const mostNames = 5

function narrowingIn({ view, words }: Writing): string {
  const { organisations, schemes, tags } = view.narrowing ?? {}
  const named = (names: readonly string[] | undefined): string | undefined => names && [
    ...names.slice(0, mostNames).map((name) => oneLine(name, 60)), ...(names.length > mostNames ? [words.daily.moreDuties(names.length - mostNames)] : []),
  ].join(words.comma)
  return words.digest.narrowing({ organisations: named(organisations), schemes: named(schemes?.map((one) => one[view.language])), tags: named(tags) })
}

function textBody(writing: Writing, week: number, verdict: readonly string[], blocks: readonly Block[]): string {
  const { view, words } = writing
  const { colon } = words
  return textOf([
    view.rehearsal ? [words.digest.rehearsal] : [],
    [words.digest.title(week), scopeOf(writing), view.narrowing ? narrowingIn(writing) : ''],
    [...verdict],
    ...blocks.map((block) => blockText(block, view.url, colon)),
    ['-- ', words.digest.footer, `${words.daily.links.home}${colon}${view.url}/`, `${words.daily.links.mail}${colon}${view.url}/mail`],
  ])
}
