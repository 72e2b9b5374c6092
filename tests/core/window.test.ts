import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { weekdays } from '../../src/core/calendar.ts'
import { type Day, dayOf, type Instant, instantAt } from '../../src/core/day.ts'
import { defaultLadders } from '../../src/core/default-ladders.ts'
import { audiences, isUnwindowed, type Ladder } from '../../src/core/ladder.ts'
import { countedTo, lateAfter, type Obligation } from '../../src/core/obligation.ts'
import { decideReminder } from '../../src/core/reminder.ts'
import { type Listener, risesOf, type Said } from '../../src/core/rise.ts'
import { decideTiming, opensBetween } from '../../src/core/sending.ts'
import { type Window, windowsOf } from '../../src/core/window.ts'
import { alice, china, day, defaultLadder, instant, ladderOf, listener, obligation, untouched } from '../helpers/factory.ts'
import { rowOf } from '../helpers/ledger.ts'

const asText = (windows: readonly Window[]): string[] => windows.map((one) => `${one.by} ${one.from.toString()} to ${one.to.toString()}`)

function isInside(duty: Obligation, windows: readonly Window[]): boolean {
  return windows.some((one) => {
    const on = one.by === 'counted' ? countedTo(duty) : lateAfter(duty)
    return Temporal.PlainDate.compare(one.from, on) <= 0 && Temporal.PlainDate.compare(on, one.to) <= 0
  })
}

describe('the windows of a run', () => {
  const since = instant('2027-03-01T08:59:00Z')
  const now = instant('2027-03-01T09:00:00Z')

  it('look around the day that each notice counts to', () => {
    expect(asText(windowsOf([ladderOf('P90D')], since, now))).toEqual(['counted 2027-05-14 to 2027-06-15'])
  })

  it('that touch are one', () => {
    expect(asText(windowsOf([ladderOf('P0D', 'P90D', 'P7D', 'P30D')], since, now)))
      .toEqual(['counted 2027-02-13 to 2027-04-16', 'counted 2027-05-14 to 2027-06-15'])
  })

  it('reach back over the time without runs', () => {
    expect(asText(windowsOf([ladderOf('P0D')], instant('2027-01-01T00:00:00Z'), now))).toEqual(['counted 2026-12-16 to 2027-03-17'])
  })

  it('allow for working days', () => {
    expect(asText(windowsOf([ladderOf('P10WD')], since, now))).toEqual(['counted 2027-02-23 to 2027-04-06'])
  })

  it('look at the last allowed day for what is late', () => {
    expect(asText(windowsOf([defaultLadder('outside')], since, now))).toEqual(['late 2027-02-07 to 2027-03-14'])
    const monthly: Ladder = { ...ladderOf(), overdue: [{ every: 'P1M', times: 'until closed' }] }
    expect(isInside(obligation({ dueOn: day('2027-01-29') }), windowsOf([monthly], since, now))).toBe(true)
    expect(asText(windowsOf([ladderOf('late-P5WD')], since, now))).toEqual(['late 2027-02-03 to 2027-03-12'])
  })

  it('are none for a ladder without notices, or with nothing but an opening', () => {
    expect(windowsOf([defaultLadder('none'), ladderOf('opens', 'half')], since, now)).toEqual([])
  })

  it('of one ladder with variants are joined, so that no duty is found by two of them', () => {
    expect(asText(windowsOf([ladderOf('P90D'), ladderOf('P100D'), ladderOf('P1000D')], since, now)))
      .toEqual(['counted 2027-05-14 to 2027-06-25', 'counted 2029-11-09 to 2029-12-11'])
  })
})

const zones = ['UTC', 'Asia/Shanghai', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Berlin']

interface Case { readonly duty: Obligation; readonly ladder: Ladder; readonly listener: Listener; readonly zone: string; readonly booked: boolean }

const someCase: fc.Arbitrary<Case> = fc.record({
  ladder: fc.constantFrom(...defaultLadders, { ...ladderOf('P10WD', 'late-P10WD', 'opens', 'half', 'P20D'), overdue: [{ every: 'P1M', times: 3 }] }),
  audience: fc.constantFrom(...audiences), calendar: fc.constantFrom(china, weekdays), zone: fc.constantFrom(...zones),
  due: fc.integer({ min: 0, max: 150 }), booked: fc.option(fc.integer({ min: 0, max: 60 })),
  latest: fc.option(fc.integer({ min: 1, max: 60 })), opens: fc.option(fc.integer({ min: 0, max: 60 })),
}).map(({ ladder, audience, calendar, zone, due, booked, latest, opens }) => {
  const dueOn = day('2026-08-15').add({ days: due })
  return {
    ladder, zone, booked: booked !== null, listener: listener({ audience, calendar }),
    duty: obligation({
      ladder: ladder.id, dueOn, enteredOn: day('2025-01-01'), bookedOn: booked === null ? undefined : dueOn.subtract({ days: booked }),
      latestOn: latest === null ? undefined : dueOn.add({ days: latest }), opensOn: opens === null ? undefined : dueOn.subtract({ days: opens }),
    }),
  }
})

describe('the windows of a run find', () => {
  it('every duty that has reached a notice since the run before, in whatever zone and calendar', () => {
    const times = fc.record({ now: fc.integer({ min: 0, max: 200 * 24 * 60 }), gap: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 60 * 24 * 60 })) })
    let found = 0
    fc.assert(fc.property(someCase, times, ({ duty, ladder, listener, zone }, { now, gap }) => {
      const to = instant('2026-05-01T00:00:00Z').add({ minutes: now })
      const from = to.subtract({ minutes: gap })
      const [first, last] = [dayOf(from, zone), dayOf(to, zone)]
      const reached = risesOf(duty, ladder, listener, { said: [], circumstances: untouched }, last).filter((rise) => !isUnwindowed(rise.rung.notice)
        && Temporal.PlainDate.compare(first, rise.on) <= 0 && Temporal.PlainDate.compare(rise.on, last) <= 0)
      if (reached.length === 0) return
      found++
      expect(isInside(duty, windowsOf([ladder], from, to))).toBe(true)
    }), { numRuns: 3000 })
    expect(found).toBeGreaterThan(100)
  })
})

/** One person's planner: windows at send hours, and its own next looks between. */
function planner({ duty, ladder, listener, zone, booked }: Case) {
  const person = { ...alice, zone }
  const said: Said[] = []
  let checkAt: Instant | undefined = instant('2026-07-01T00:00:00Z')
  let watermark = checkAt
  const decide = (on: Day) => decideReminder(duty, ladder, listener, { said, circumstances: { ...untouched, booked } }, on)
  const look = (now: Instant): void => {
    const decision = decide(dayOf(now, zone))
    said.push(...decision.unheard.map(({ rise, outcome }) => rowOf(rise, listener, outcome)))
    const next = decision.next && isUnwindowed(decision.next.rung.notice) ? [instantAt(decision.next.on, person.sendHour, zone)] : []
    const timing = decision.say ? decideTiming(
      { on: decision.rise.on, lastUsefulOn: decision.rise.offsetDays >= 0 ? decision.rise.countedTo : undefined }, person, listener.calendar, now) : undefined
    if (decision.say && timing?.send) {
      said.push(rowOf(decision.rise, listener, 'said'), ...decision.covers.map((rise) => rowOf(rise, listener, 'covered')))
    }
    const waits = timing && !timing.send ? [timing.waitUntil] : []
    checkAt = [...next, ...waits].toSorted((a, b) => Temporal.Instant.compare(a, b))[0]
  }
  return {
    said,
    run(now: Instant): void {
      const opens = opensBetween(person.sendHour, zone, watermark, now)
      const isCandidate = (checkAt && Temporal.Instant.compare(checkAt, now) <= 0) || (opens && isInside(duty, windowsOf([ladder], watermark, now)))
      if (isCandidate) look(now)
      watermark = now
    },
    owes: (now: Instant): boolean => decide(dayOf(now, zone)).say,
  }
}

describe('windows and next looks together', () => {
  const start = instant('2026-07-01T00:05:00Z')

  it('leave nothing unsaid after a run at the send hour, however long the runs before it stood still', () => {
    const gaps = fc.array(fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 26 }) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 24 * 40 }) }), { minLength: 60, maxLength: 200 })
    let asked = 0
    fc.assert(fc.property(someCase, gaps, (one, hours) => {
      const plan = planner(one)
      let now = start
      for (const gap of hours) {
        now = now.add({ hours: gap })
        plan.run(now)
        const sendHour = instantAt(dayOf(now, one.zone), '09:00', one.zone)
        const since = now.since(sendHour).total('minutes')
        if (since < 0 || since >= 60) continue
        // A late notice waits for a working day; on one, nothing waits.
        const isWorking = one.listener.calendar.exceptions.get(dayOf(now, one.zone).toString()) ?? dayOf(now, one.zone).dayOfWeek <= 5
        if (!isWorking) continue
        asked++
        expect(plan.owes(now)).toBe(false)
      }
    }), { numRuns: 150 })
    expect(asked).toBeGreaterThan(200)
  })
})
