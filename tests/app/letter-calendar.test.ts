// The calendar beside a mail, as a reader's program would take it in.

import ICAL from 'ical.js'
import { describe, expect, test } from 'vitest'
import { calendarOf } from '../../src/app/letter-calendar.ts'
import type { DailyView, Line } from '../../src/core/message.ts'
import type { Obligation } from '../../src/core/obligation.ts'
import { day, lineWith, viewWith } from '../mail/views.ts'

const stampedAt = Temporal.Instant.from('2026-11-23T08:00:00Z')
const dutyWith = (id: number, revision: number): Obligation => ({
  id, revision, certificationId: 12, organisationId: 1, cycle: 1, ruleId: 'surveillance-1', ordinal: 1, kind: 'surveillance-audit', tier: 'A', ladder: 'audit',
  title: { en: '', zh: '' }, opensOn: undefined, dueOn: day('2026-12-18'), latestOn: undefined, metBy: 'carried-out', owedBy: 'organisation', basis: '', mark: 'confirmed',
  provisional: false, bookedOn: undefined, state: 'open', ownerId: undefined, stepId: undefined, enteredOn: day('2026-01-01'), submittedOn: undefined, metOn: undefined,
  endedBy: undefined, movedFrom: undefined, movedBy: undefined,
})

const eventsOf = (view: DailyView, revision = 1): ICAL.Event[] => {
  const text = calendarOf(view, [1, 2, 7].map((id) => dutyWith(id, revision)), stampedAt)
  return text === undefined ? [] : new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((one) => new ICAL.Event(one))
}

const duty = (id: number, title: string): Line['duties'][number] => ({ obligationId: id, kind: 'custom', title: { en: title, zh: title }, basis: 'Contract, 4', mark: 'confirmed' })

describe('a deadline that a reader takes into a calendar', () => {
  test('is on the day that counts, with the last allowed day beside it', () => {
    const [due] = eventsOf(viewWith([lineWith()]))
    expect([due!.startDate.toString(), due!.summary]).toEqual(['2026-12-18', 'First surveillance audit: ISO/IEC 27001:2022 Frankfurt DC'])
    const [booked] = eventsOf(viewWith([lineWith({ bookedOn: day('2026-12-09'), countedTo: day('2026-12-09'), daysLeft: 16 })]))
    expect(booked!.startDate.toString()).toBe('2026-12-09')
    expect(booked!.description).toContain('Last allowed day: Fri 18 Dec 2026\nBooked for: Wed 9 Dec 2026')
  })

  test('B47 moves when the day moves, instead of being there twice', () => {
    const [was] = eventsOf(viewWith([lineWith()]), 3)
    const [is] = eventsOf(viewWith([lineWith({ bookedOn: day('2026-12-09'), countedTo: day('2026-12-09'), daysLeft: 16 })]), 4)
    expect(is!.uid).toBe('obligation-1@recert.example.org')
    expect(is!.uid).toBe(was!.uid)
    expect(is!.sequence).toBeGreaterThan(was!.sequence)
  })

  test('is in the reader\'s language, and counts no days, which would be wrong tomorrow', () => {
    const line = lineWith({ latestOn: day('2027-01-17'), provisional: true })
    const [en] = eventsOf(viewWith([line]))
    const [zh] = eventsOf(viewWith([line], { language: 'zh' }))
    expect(en!.description).toMatch(/^Nordlicht Hosting GmbH · no\. 01 153 2101 · TÜV Rheinland\nTwo readings: .*Fri 18 Dec 2026.*Sun 17 Jan 2027/)
    expect(en!.description).toContain('Why: ISO/IEC 17021-1:2015, 9.1.3.3')
    expect(en!.description.split('\n').at(-1)).toBe('https://recert.example.org/certifications/12')
    expect(zh!.summary).toContain('第一次监督审核')
    expect(zh!.description).toContain('2026年12月18日')
    expect(en!.description + en!.summary).not.toMatch(/\b25\b|today|tomorrow/)
    expect(zh!.description + zh!.summary).not.toMatch(/25 ?天|今天|明天/)
  })

  test('is an entry for each duty of the day, so that one that moves alone takes no other along', () => {
    const events = eventsOf(viewWith([lineWith({ duties: [duty(1, 'Recertification'), duty(2, 'Expiry')] })]))
    expect(events.map((one) => [one.uid, one.summary.split(':')[0]])).toEqual([
      ['obligation-1@recert.example.org', 'Recertification'], ['obligation-2@recert.example.org', 'Expiry'],
    ])
  })

  test('of the mail\'s own day is still one', () => {
    expect(eventsOf(viewWith([lineWith({ daysLeft: 0, countedTo: day('2026-11-23'), dueOn: day('2026-11-23') })]))).toHaveLength(1)
  })

  test.each([
    ['two lines', [lineWith(), lineWith({}, { id: 13 })]],
    ['a visit that serves several certifications', [lineWith({ visit: { title: 'May', serves: [] } })]],
    ['what is late', [lineWith({ late: true, daysLeft: -3, countedTo: day('2026-11-20') })]],
    ['a day that went by', [lineWith({ daysLeft: -1, countedTo: day('2026-11-22') })]],
    ['nothing', []],
  ])('is none where a mail is about %s', (_, lines) => {
    expect(calendarOf(viewWith(lines), [], stampedAt)).toBeUndefined()
  })

  test('is the same text for the same mail', () => {
    const text = (): string | undefined => calendarOf(viewWith([lineWith()]), [dutyWith(1, 3)], stampedAt)
    expect(text()).toBe(text())
  })
})
