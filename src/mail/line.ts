// One line of a daily mail, before it becomes HTML or text: how it stands on the mail's day, and the
// facts worth a row. Both forms are made from these, so that they never say different things.

import type { Language } from '../core/certification.ts'
import { type Day, daysBetween, isAfter, isBefore } from '../core/day.ts'
import type { Line } from '../core/message.ts'
import { oneLine } from './clean.ts'
import type { RoleName } from './palette.ts'
import type { MailWords, Stance, Told } from './words.ts'

export interface Standing { readonly stance: Stance; readonly on: Day; readonly days: number }

/** Says how a line stands on the mail's day: which day counts, and how many days lie between. */
export function standingOf(line: Line, day: Day): Standing {
  const expiry = isExpiry(line)
  const last = line.latestOn ?? line.dueOn
  const at = (stance: Stance, on: Day): Standing => ({ stance, on, days: Math.abs(daysBetween(day, on)) })
  if (line.late) return at(expiry ? 'expired' : 'late', last)
  if (line.bookedOn) return at(isBefore(line.bookedOn, day) ? 'booked-passed' : 'booked', line.bookedOn)
  if (!isAfter(day, line.dueOn)) return at(expiry ? 'expires' : 'due', line.dueOn)
  return at(line.latestOn && !isAfter(day, line.latestOn) ? 'stricter-passed' : 'expected', line.dueOn)
}

const isExpiry = (line: Line): boolean => line.duties.every((duty) => duty.kind === 'expiry')

/** Red once lost or late, amber in the last fortnight or where a day went by, blue before. */
export function colourOf({ stance, days }: Standing): RoleName {
  if (stance === 'late' || stance === 'expired') return 'red'
  if (stance === 'booked-passed' || stance === 'stricter-passed' || stance === 'expected') return 'amber'
  return days <= 14 ? 'amber' : 'blue'
}

export interface Wording {
  readonly words: MailWords
  readonly language: Language
  readonly day: Day
}

/** Returns the line's one sentence; `short` is for a subject and names the kind instead of the title. */
export function sayingOf(line: Line, { words, language, day }: Wording): { readonly short: string; readonly long: string } {
  const standing = standingOf(line, day)
  const stance = words.stances[standing.stance]
  const told = (what: string): Told => ({
    what, days: standing.days, on: words.day(standing.on), shortOn: words.shortDay(standing.on, day),
    latest: line.latestOn ? words.day(line.latestOn) : '',
  })
  // The expiry beside other duties of the day has a sentence of its own.
  const duties = line.duties.filter((duty) => duty.kind !== 'expiry' || isExpiry(line))
  const titles = duties.map((duty) => oneLine(duty.title[language]))
  const kinds = duties.map((duty, n) => (duty.kind === 'step' || duty.kind === 'custom' ? oneLine(titles[n]!, 60) : words.kinds[duty.kind]))
  const shown = (names: readonly string[]): string => words.list(names.length > 4 ? [...names.slice(0, 3), words.daily.moreDuties(names.length - 3)] : names)
  return { short: stance.subject(told(shown([...new Set(kinds)]))), long: stance.statement(told(shown([...new Set(titles)]))) }
}

/** Names what a line is about: a certificate, or the visit that serves several. */
export function certificateOf({ certification, visit }: Line, { language, words }: Wording): string {
  if (visit) return words.daily.visit(oneLine(visit.title, 120), visit.serves.length)
  return `${oneLine(certification.scheme[language], 80)} ${oneLine(certification.name, 100)}`
}

/** Who holds it and by which paper. */
export function holderOf({ certification, visit }: Line, { words }: Wording): string {
  const { organisation, certificateNumber, certificationBody } = visit ? { ...certification, certificateNumber: undefined } : certification
  return [
    organisation, certificateNumber && words.daily.certificateNumber(certificateNumber), certificationBody,
  ].flatMap((one) => (one ? [oneLine(one, 120)] : [])).join(' · ')
}

export interface Fact { readonly label: string; readonly value: string }

/** Returns the facts worth a row, in the order a reader needs them. */
export function factsOf(line: Line, wording: Wording): readonly Fact[] {
  const { words } = wording
  const { labels } = words.daily
  const { stance } = standingOf(line, wording.day)
  const atBooking = stance === 'booked' || stance === 'booked-passed'
  const fact = (label: keyof typeof labels, value: string | undefined): Fact[] => (value ? [{ label: labels[label], value }] : [])
  return [
    ...fact('booked', line.bookedOn && !atBooking ? words.day(line.bookedOn) : undefined),
    ...fact('lastAllowed', atBooking && !line.latestOn ? words.day(line.dueOn) : undefined),
    ...fact('readings', line.latestOn && stance !== 'stricter-passed' ? words.daily.readings(words.day(line.dueOn), words.day(line.latestOn)) : undefined),
    ...fact('window', line.opensOn && !line.late ? words.daily.window(words.day(line.opensOn), words.day(line.dueOn)) : undefined),
    ...fact('owner', line.owner && ownerOf(line, words)),
    ...fact('moved', visitMovedOf(line, words)),
    ...fact('moved', line.movedFrom && words.daily.moved(words.day(line.movedFrom), words.day(line.dueOn), line.movedBy && oneLine(line.movedBy, 80))),
    ...fact('costs', line.costs && oneLine(line.costs[wording.language], 200)),
    ...servedOf(line, wording).flatMap((one) => fact('serves', one)),
    ...fact('riders', words.list(line.certification.riders.slice(0, 10).map((one) => oneLine(one, 80)))),
    ...fact('why', whyOf(line, words)),
  ]
}

const mostServed = 12

// What is due differs from one certification to the next, and so does its last allowed day.
function servedOf({ visit }: Line, { words, language }: Wording): string[] {
  const serves = visit?.serves ?? []
  const said = serves.slice(0, mostServed).map((one) => {
    const titles = [...new Set(one.titles.map((title) => oneLine(title[language], 100)))]
    const shown = titles.length > 3 ? [...titles.slice(0, 2), words.daily.moreDuties(titles.length - 2)] : titles
    return words.daily.served(`${oneLine(one.scheme[language], 60)} ${oneLine(one.name, 80)}`, words.list(shown), words.day(one.dueOn), one.latestOn && words.day(one.latestOn))
  })
  return serves.length > mostServed ? [...said, words.daily.moreDuties(serves.length - mostServed)] : said
}

function visitMovedOf({ visitMoved: moved }: Line, words: MailWords): string | undefined {
  if (!moved) return undefined
  const by = moved.movedBy === 'body' ? oneLine(moved.by ?? words.daily.theBody, 80) : undefined
  return words.daily.visitMoved(words.day(moved.from), words.day(moved.to), by, moved.reason && oneLine(moved.reason, 200))
}

function ownerOf(line: Line, words: MailWords): string {
  const owner = oneLine(line.owner!, 80)
  return line.purpose === 'reminder' ? words.daily.standIn(owner) : owner
}

function whyOf(line: Line, words: MailWords): string {
  const bases = [...new Set(line.duties.map((duty) => oneLine(duty.basis, 140)).filter((basis) => basis !== ''))]
  const purpose = line.late && line.purpose !== 'reminder' ? [words.daily.purposes[line.purpose]] : []
  return [...bases.slice(0, 3), words.notice(line.notice), ...purpose].join(words.comma)
}

/** Returns what must be known beside the facts. */
export function notesOf(line: Line, { words }: Wording): readonly string[] {
  const { notes, expiresToo } = words.daily
  const kinds = line.duties.map((duty) => duty.kind)
  return [
    ...(kinds.includes('expiry') && !isExpiry(line) ? [expiresToo] : []),
    ...(line.belated ? [notes.belated] : []),
    ...(line.provisional ? [notes.provisional] : []),
    ...(line.duties.some((duty) => duty.mark === 'unverified') ? [notes.unverified] : []),
  ]
}

/** Returns what to do next: the open steps, else the usual first move; at most three. */
export function movesOf(line: Line, { words, language, day }: Wording): readonly string[] {
  if (line.next.length > 0) return line.next.slice(0, 3).map((one) => oneLine(one[language]))
  const { stance } = standingOf(line, day)
  const lead = line.duties.find((duty) => duty.kind !== 'expiry') ?? line.duties[0]
  if (line.purpose === 'escalation' && line.owner) return [words.askOwner(oneLine(line.owner, 80))]
  const move = words.stanceMoves[stance] ?? (lead && words.firstMoves[lead.kind])
  return move ? [move] : []
}
