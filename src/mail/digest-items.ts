// Entries of the weekly mails: how a duty, a finding, a run, a need or a change is said in a line or two.

import type { Language } from '../core/certification.ts'
import type { Day } from '../core/day.ts'
import type { Change, DigestDuty, DigestFinding, DigestLink, Need, Running } from '../core/digest.ts'
import type { ObligationKind } from '../core/obligation.ts'
import { oneLine } from './clean.ts'
import type { Item } from './digest-layout.ts'
import type { MailWords } from './words.ts'

/** For whom entries are written: their language and words, and the day the mail is about. */
export interface Writing {
  readonly words: MailWords
  readonly view: { readonly language: Language; readonly day: Day; readonly url: string }
}

const pageFor = ({ view }: Writing, certificationId: number): string => `${view.url}/certifications/${certificationId}`

const certificateOf = (of: Pick<DigestDuty, 'scheme' | 'name'>, { view }: Writing): string =>
  `${oneLine(of.scheme[view.language], 80)} ${oneLine(of.name, 100)}`

const shortDay = ({ view, words }: Writing) => (day: Day): string => words.shortDay(day, view.day)

/** Kinds that take place on a day agreed with somebody: of the others "not booked" would say nothing. */
const bookable: ReadonlySet<ObligationKind> = new Set(['recertification', 'surveillance-audit', 'internal-audit', 'management-review', 'assessment', 'booking', 'inspection'])

/** Facts of a duty that only some lists say. */
export interface Said {
  /** Who has the ball and since when, and what is forecast. */
  readonly ball?: boolean
  /** Whose it is; left out where it is the reader's. */
  readonly owner?: boolean
}

export function dutyItem(duty: DigestDuty & { readonly links?: readonly DigestLink[] | undefined }, writing: Writing, said: Said): Item {
  const { view, words } = writing
  const { digest } = words
  const late = duty.daysLeft < 0
  const stance = words.stances[duty.kind === 'expiry' ? (late ? 'expired' : 'expires') : late ? 'late' : 'due']
  return {
    name: `${certificateOf(duty, writing)}${words.colon}${oneLine(duty.title[view.language])}`,
    href: pageFor(writing, duty.certificationId), tag: stance.tag(Math.abs(duty.daysLeft)), colour: duty.light, light: duty.light, links: duty.links,
    below: [
      digest.lastAllowed(duty, words.day),
      ...(duty.bookedOn || bookable.has(duty.kind) ? [digest.booked(duty.bookedOn && shortDay(writing)(duty.bookedOn))] : []),
      ...(said.ball ? ballOf(duty, writing, said) : [digest.owner(duty.owner && oneLine(duty.owner, 80))]), oneLine(duty.organisation, 100),
      ...(late ? [] : [words.lights[duty.light]]),
      ...(duty.unverified ? [digest.unverified] : []), ...(duty.provisional ? [digest.provisional] : []),
    ].filter((one) => one !== '').join(' · '),
  }
}

function ballOf({ ball, forecast }: DigestDuty, writing: Writing, { owner = true }: Said): string[] {
  const { digest } = writing.words
  const safe = { ...ball, name: ball.name && oneLine(ball.name, 80) }
  return [
    ...(owner || ball.holder !== 'owner' ? [digest.ball(safe, ball.since && shortDay(writing)(ball.since))] : []),
    ...(forecast ? [digest.forecast(shortDay(writing)(forecast.on), forecast.days)] : []),
  ]
}

export function needItem(need: Need, writing: Writing): Item {
  const text = writing.words.digest.need(need, (duty) => certificateOf(duty, writing), shortDay(writing))
  return { name: oneLine(text, 300), href: needHref(need, writing), tag: '', colour: 'amber', below: '' }
}

function needHref(need: Need, writing: Writing): string {
  const { url } = writing.view
  switch (need.kind) {
    case 'no-owner': case 'expired': case 'owner-left': return pageFor(writing, need.exampleId)
    case 'unbooked': case 'booked-day-passed': case 'not-mine': return pageFor(writing, need.duty.certificationId)
    case 'failed-mail': case 'not-live': return `${url}/mail`
    default: return `${url}/`
  }
}

export function findingItem(one: DigestFinding, writing: Writing): Item {
  const { view, words } = writing
  const { digest } = words
  const { daysLeft } = one
  return {
    name: `${certificateOf(one, writing)}${words.colon}${one.grade[view.language]} ${oneLine(one.number ?? String(one.findingId), 60)}${words.comma}${oneLine(one.title, 160)}`,
    href: pageFor(writing, one.certificationId), colour: one.light, light: one.light,
    tag: daysLeft === undefined ? '' : words.stances[daysLeft < 0 && one.owed !== 'verification' ? 'late' : 'due'].tag(Math.abs(daysLeft)),
    below: [
      digest.owed[one.owed], ...(one.dueOn ? [digest.until(words.day(one.dueOn))] : []), digest.owner(one.owner && oneLine(one.owner, 80)),
      ...(one.audit ? [oneLine(one.audit, 100)] : []),
    ].join(' · '),
  }
}

export function runItem(run: Running, writing: Writing): Item {
  const { view, words } = writing
  const { digest } = words
  const spare = run.slack
  const light = spare === undefined ? 'grey' : spare < 0 ? 'red' : spare < 10 ? 'amber' : 'green'
  return {
    name: `${oneLine(run.title[view.language], 80)} ${oneLine(run.name, 100)}`, href: pageFor(writing, run.certificationId),
    tag: spare === undefined ? '' : `${digest.slack(spare)}${arrowOf(spare, run.slackBefore)}`, colour: light, light,
    below: [
      digest.stage(run.stageNumber, run.stages, oneLine(run.stage[view.language], 80), run.percent),
      ...(run.next ? [digest.nextStep(oneLine(run.next[view.language], 100), run.nextOn && shortDay(writing)(run.nextOn))] : []),
      ...(run.waitsOn ? [digest.waitsOn(oneLine(run.waitsOn, 80), run.waitingSince && shortDay(writing)(run.waitingSince))] : []),
    ].join(' · '),
  }
}

// How the spare days have changed in a week: more of them, or fewer.
function arrowOf(now: number, before: number | undefined): string {
  if (before === undefined || before === now) return ''
  return now > before ? ` \u25B2${now - before}` : ` \u25BC${before - now}`
}

export function changeItem(change: Change, writing: Writing): Item {
  const { view, words } = writing
  const what = [certificateOf(change, writing), ...(change.title ? [oneLine(change.title[view.language])] : [])].join(words.comma)
  const safe = { ...change, by: change.by && oneLine(change.by, 80) }
  return {
    name: words.digest.change(safe, words.digest.changes[change.kind], what, shortDay(writing)),
    href: pageFor(writing, change.certificationId), tag: '', colour: 'grey', below: '',
  }
}
