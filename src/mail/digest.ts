// The weekly status: verdict, needs you, late or in danger, next 30 days, running, changed, register, and
// whether all of it can be trusted. One screen: each block has a limit, and its head the whole number.

import type { Change, DigestDuty, DigestFinding, DigestView, Need, Running } from '../core/digest.ts'
import type { Letter } from '../core/message.ts'
import { type Day, mondayOf } from '../core/day.ts'
import type { ObligationKind } from '../core/obligation.ts'
import { oneLine } from './clean.ts'
import {
  entryOf, figuresOf, headOf, html, type Html, linkOf, nameOf, noteOf, nothing, openOf, pageOf, softOf, tagOf, textOf, titleOf,
} from './layout.ts'
import type { RoleName } from './palette.ts'
import { type MailWords, wordsIn } from './words.ts'

const most = { needsYou: 5, lateOrInDanger: 8, findings: 5, next30: 8, running: 6, changed: 6, clusters: 3 } as const

/** One entry of a block: in HTML a name with a tag and a line below, in text a line and what belongs to it. */
interface Item {
  readonly name: string
  readonly href: string
  readonly tag: string
  readonly colour: RoleName
  readonly below: string
}

interface Block {
  readonly head: string
  readonly count: string
  readonly items: readonly Item[]
  readonly more: string
  /** Plain sentences: what is said when there is no item, and what follows the items. */
  readonly sentences: readonly string[]
}

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
  // What stands above is not said twice; the number in the head stays that of the whole.
  const said = new Set(view.lateOrInDanger.slice(0, most.lateOrInDanger).map((duty) => duty.obligationId))
  const left = view.next30.filter((duty) => !said.has(duty.obligationId))
  const above = view.next30.length - left.length
  const next30 = blockOf(writing, 'next30', left.map((duty) => dutyItem(duty, writing)), view.counts.next30, above)
  return [
    ...(view.needsYou.length > 0 ? [blockOf(writing, 'needsYou', view.needsYou.map((need) => needItem(need, writing)), view.counts.needsYou)] : []),
    blockOf(writing, 'lateOrInDanger', view.lateOrInDanger.map((duty) => dutyItem(duty, writing)), view.counts.late + view.counts.inDanger),
    ...(view.findings.length > 0 ? [blockOf(writing, 'findings', view.findings.map((one) => findingItem(one, writing)), view.findings.length)] : []),
    {
      ...next30,
      sentences: [
        ...(view.next30.length === 0 ? [digest.none.next30] : []),
        ...(above > 0 ? [digest.listedAbove(above)] : []),
        ...view.clusters.slice(0, most.clusters).map(({ from, to, duties }) => digest.cluster(duties, words.shortDay(from, view.day), words.shortDay(to, view.day))),
        digest.ahead(view.counts),
      ],
    },
    ...(view.running.length > 0 ? [blockOf(writing, 'running', view.running.map((run) => runItem(run, writing)), view.counts.running)] : []),
    blockOf(writing, 'changed', view.changed.map((change) => changeItem(change, writing)), view.changed.length),
    { head: digest.heads.register, count: number(registerSize(view)), items: [], more: '', sentences: digest.register(view.register) },
    { head: digest.heads.trust, count: '', items: [], more: '', sentences: [digest.trust(view.trust, lastCheck(writing))] },
  ]
}

type Listed = 'needsYou' | 'lateOrInDanger' | 'findings' | 'next30' | 'running' | 'changed'

function blockOf({ words }: Writing, name: Listed, items: readonly Item[], count: number, above = 0): Block {
  const { digest, number } = words
  const shown = items.slice(0, most[name])
  const empty = name === 'needsYou' || name === 'running' || name === 'findings' ? '' : digest.none[name]
  return {
    head: digest.heads[name], count: count > 0 ? number(count) : '', items: shown,
    more: count > shown.length + above ? digest.more(count - shown.length - above) : '', sentences: shown.length === 0 ? [empty] : [],
  }
}

const registerSize = ({ register: r }: DigestView): number => r.valid + r.suspended + r.expired + r.archived + r.ended

function lastCheck({ view, words }: Writing): string | undefined {
  return view.trust.lastCheckAt && words.moment(view.trust.lastCheckAt, view.zone)
}

const pageFor = ({ view }: Writing, certificationId: number): string => `${view.url}/certifications/${certificationId}`

const certificateOf = (of: Pick<DigestDuty, 'scheme' | 'name'>, { view }: Writing): string =>
  `${oneLine(of.scheme[view.language], 80)} ${oneLine(of.name, 100)}`

const shortDay = ({ view, words }: Writing) => (day: Day): string => words.shortDay(day, view.day)

/** Kinds that take place on a day agreed with somebody: of the others "not booked" would say nothing. */
const bookable: ReadonlySet<ObligationKind> = new Set(['recertification', 'surveillance-audit', 'internal-audit', 'management-review', 'assessment', 'booking', 'inspection'])

function dutyItem(duty: DigestDuty, writing: Writing): Item {
  const { view, words } = writing
  const { digest } = words
  const late = duty.daysLeft < 0
  const stance = words.stances[duty.kind === 'expiry' ? (late ? 'expired' : 'expires') : late ? 'late' : 'due']
  return {
    name: `${certificateOf(duty, writing)}${words.colon}${oneLine(duty.title[view.language])}`,
    href: pageFor(writing, duty.certificationId), tag: stance.tag(Math.abs(duty.daysLeft)), colour: duty.light,
    below: [
      digest.lastAllowed(duty, words.day),
      ...(duty.bookedOn || bookable.has(duty.kind) ? [digest.booked(duty.bookedOn && words.shortDay(duty.bookedOn, view.day))] : []),
      digest.owner(duty.owner && oneLine(duty.owner, 80)), oneLine(duty.organisation, 100),
      ...(late || duty.light === 'green' ? [] : [words.lights[duty.light]]),
      ...(duty.unverified ? [digest.unverified] : []), ...(duty.provisional ? [digest.provisional] : []),
    ].filter((one) => one !== '').join(' · '),
  }
}

function needItem(need: Need, writing: Writing): Item {
  const { view, words } = writing
  const text = words.digest.need(need, (duty) => certificateOf(duty, writing), shortDay(writing))
  return { name: oneLine(text, 300), href: needHref(need, writing, view.url), tag: '', colour: 'amber', below: '' }
}

function needHref(need: Need, writing: Writing, url: string): string {
  switch (need.kind) {
    case 'no-owner': case 'expired': return pageFor(writing, need.exampleId)
    case 'unbooked': case 'booked-day-passed': return pageFor(writing, need.duty.certificationId)
    case 'failed-mail': case 'not-live': return `${url}/mail`
    default: return `${url}/`
  }
}

function findingItem(one: DigestFinding, writing: Writing): Item {
  const { view, words } = writing
  const { digest } = words
  const { daysLeft } = one
  return {
    name: `${certificateOf(one, writing)}${words.colon}${one.grade[view.language]} ${oneLine(one.number ?? String(one.findingId), 60)}${words.comma}${oneLine(one.title, 160)}`,
    href: pageFor(writing, one.certificationId), colour: one.light,
    tag: daysLeft === undefined ? '' : words.stances[daysLeft < 0 && one.owed !== 'verification' ? 'late' : 'due'].tag(Math.abs(daysLeft)),
    below: [
      digest.owed[one.owed], ...(one.dueOn ? [digest.until(words.day(one.dueOn))] : []), digest.owner(one.owner && oneLine(one.owner, 80)),
      ...(one.audit ? [oneLine(one.audit, 100)] : []),
    ].join(' · '),
  }
}

function runItem(run: Running, writing: Writing): Item {
  const { view, words } = writing
  const { digest } = words
  const spare = run.slack
  return {
    name: `${oneLine(run.title[view.language], 80)} ${oneLine(run.name, 100)}`, href: pageFor(writing, run.certificationId),
    tag: spare === undefined ? '' : `${digest.slack(spare)}${arrowOf(spare, run.slackBefore)}`, colour: spare === undefined ? 'grey' : spare < 0 ? 'red' : spare < 10 ? 'amber' : 'green',
    below: [
      digest.stage(run.stageNumber, run.stages, oneLine(run.stage[view.language], 80), run.percent),
      ...(run.next ? [digest.nextStep(oneLine(run.next[view.language], 100), run.nextOn && words.shortDay(run.nextOn, view.day))] : []),
      ...(run.waitsOn ? [digest.waitsOn(oneLine(run.waitsOn, 80), run.waitingSince && words.shortDay(run.waitingSince, view.day))] : []),
    ].join(' · '),
  }
}

// How the spare days have changed in a week: more of them, or fewer.
function arrowOf(now: number, before: number | undefined): string {
  if (before === undefined || before === now) return ''
  return now > before ? ` ▲${now - before}` : ` ▼${before - now}`
}

function changeItem(change: Change, writing: Writing): Item {
  const { view, words } = writing
  const what = [certificateOf(change, writing), ...(change.title ? [oneLine(change.title[view.language])] : [])].join(words.comma)
  const safe = { ...change, by: change.by && oneLine(change.by, 80) }
  return {
    name: words.digest.change(safe, words.digest.changes[change.kind], what, shortDay(writing)),
    href: pageFor(writing, change.certificationId), tag: '', colour: 'grey', below: '',
  }
}

function htmlBody(writing: Writing, week: number, verdict: readonly string[], blocks: readonly Block[]): Html {
  const { view, words } = writing
  return html`${titleOf(words.digest.title(week))}
${softOf(scopeOf(writing))}
${view.rehearsal ? noteOf('grey', words.digest.rehearsal) : nothing}
<p style="margin:12px 0 2px;font-size:16px;font-weight:600">${verdict[0]}</p>
${verdict[1] ? softOf(verdict[1]) : nothing}
${isQuiet(view) ? nothing : figuresOf(figuresIn(writing))}
${blocks.map((block) => html`${headOf(block.head, block.count)}
${block.items.map((item) => itemHtml(item, words.digest.open))}
${block.more === '' ? nothing : html`<p style="margin:8px 0 0;font-size:14px">${linkOf(`${view.url}/`, block.more)}</p>`}
${block.sentences.map((one) => html`<p style="margin:6px 0 0;font-size:14px">${one}</p>`)}`)}`
}

function itemHtml({ name, href, tag, colour, below }: Item, open: string): Html {
  // An entry of one sentence needs no rule above it: a list of them reads as one block.
  if (below === '') return html`<p style="margin:6px 0 0;font-size:14px">${name} ${openOf(href, open)}</p>`
  return entryOf(nameOf(href, name), tag === '' ? nothing : tagOf(colour, tag), softOf(below))
}

// Four noughts in a row say less than the verdict above them.
const isQuiet = ({ counts }: DigestView): boolean => counts.late + counts.inDanger + counts.needsYou + counts.next30 === 0

function figuresIn({ view, words }: Writing) {
  const { figures } = words.digest
  const { counts } = view
  const figure = (value: number, label: string, colour: RoleName) => ({ value: words.number(value), label, colour: value === 0 ? 'grey' as const : colour })
  return [
    figure(counts.late, figures.late, 'red'), figure(counts.inDanger, figures.inDanger, 'amber'),
    figure(counts.needsYou, figures.needsYou, 'blue'), figure(counts.next30, figures.next30, 'blue'),
  ]
}

function scopeOf({ view, words }: Writing): string {
  const monday = mondayOf(view.day)
  return words.digest.scope(oneLine(view.organisation, 120), words.shortDay(monday, view.day), words.shortDay(monday.add({ days: 6 }), view.day), words.moment(view.cutOffAt, view.zone))
}

function textBody(writing: Writing, week: number, verdict: readonly string[], blocks: readonly Block[]): string {
  const { view, words } = writing
  const { colon } = words
  return textOf([
    view.rehearsal ? [words.digest.rehearsal] : [],
    [words.digest.title(week), scopeOf(writing)],
    [...verdict],
    ...blocks.map((block) => [
      block.count === '' ? block.head : `${block.head} (${block.count})`,
      ...block.items.flatMap((item) => [
        `* ${item.name}${item.tag === '' ? '' : ` [${item.tag}]`}`, ...(item.below === '' ? [] : [`  ${item.below}`]), `  ${item.href}`,
      ]),
      ...(block.more === '' ? [] : [`${block.more}${colon}${view.url}/`]),
      ...block.sentences,
    ]),
    ['-- ', words.digest.footer, `${words.daily.links.home}${colon}${view.url}/`, `${words.daily.links.mail}${colon}${view.url}/mail`],
  ])
}
