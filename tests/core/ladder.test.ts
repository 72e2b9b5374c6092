import { describe, expect, it } from 'vitest'
import { weekdays } from '../../src/core/calendar.ts'
import { defaultLadders } from '../../src/core/default-ladders.ts'
import { audiences, type Ladder, noticeFault, placeRepeats, placeRung, type Rung } from '../../src/core/ladder.ts'
import { calendarOf, china, day, daysFrom, defaultLadder } from '../helpers/factory.ts'

function spoken(ladder: Ladder): string {
  const parts = audiences.map((audience) => {
    const rungs = ladder.rungs.filter((rung) => rung.audience === audience)
    return rungs.length > 0 && `${audience}: ${rungs.map((rung) => rung.when ? `${rung.notice}?${rung.when}` : rung.notice).join(' ')}`
  })
  const repeats = ladder.overdue.map((one) => `${one.every} x${one.times === 'until closed' ? '*' : one.times}`).join(', ')
  return [...parts, `late: ${[repeats || 'never', ...ladder.late].join(' + ')}`].filter(Boolean).join(' | ')
}

describe('the default ladders say what the table of practice says', () => {
  it.each([
    ['expiry', 'owner: P270D P180D?unbooked P90D P60D P30D P14D P7D P0D | supervisor: P150D?unbooked P30D?undecided'
      + ' | compliance: P120D?unbooked P30D?undecided | management: P30D?undecided P7D | late: P1WD x1, P7D x4, P1M x* + supervisor + management'],
    ['recertification', 'owner: P270D?unbooked P180D?unbooked P90D?unbooked P60D?unbooked P30D?unbooked P14D?unbooked P7D?unbooked P0D?unbooked'
      + ' P45D?booked P14D?booked P3WD?booked | supervisor: P150D?unbooked P30D?unbooked | compliance: P120D?unbooked P30D?unbooked'
      + ' | management: P30D?unbooked P7D?unbooked | late: P1WD x1, P7D x4, P1M x* + supervisor + management'],
    ['registration-expiry', 'owner: P180D P90D P30D P7D P0D | supervisor: P7D | compliance: P7D'
      + ' | late: P1WD x1, P7D x4, P1M x* + supervisor + management'],
    ['surveillance-audit', 'owner: P150D?unbooked P105D?unbooked P75D?unbooked P45D?unbooked P45D?booked P14D?booked P3WD?booked'
      + ' | supervisor: P75D?unbooked | compliance: P75D?unbooked | management: P45D?unbooked | late: P1WD x1, P7D x* + supervisor + management'],
    ['yearly-assessment', 'owner: P180D P120D?uncontracted P60D P30D P14D P0D | supervisor: P120D?uncontracted P14D'
      + ' | compliance: P90D?uncontracted P14D | management: P7D | late: P7D x8, P1M x* + supervisor + management'],
    ['filing', 'owner: opens P14D P7D P3WD P0D | supervisor: P7D | compliance: P7D | management: P0D'
      + ' | late: P2WD x5, P7D x* + supervisor + management'],
    ['filing-extension', 'owner: P120D P90D P45D P21D P7D P0D | supervisor: P21D | compliance: P21D | management: P7D'
      + ' | late: P2WD x5, P7D x* + supervisor + management'],
    ['self-check', 'owner: P30D P7D P0D | supervisor: late-P5WD | compliance: late-P10WD | late: P7D x4'],
    ['audit-preparation', 'owner: P45D P14D P0D | supervisor: late-P5WD | compliance: late-P5WD | late: P7D x4'],
    ['archive-date', 'owner: P540D P365D P270D P180D P90D P30D | supervisor: P365D?unstarted | compliance: P365D?unstarted | late: P1WD x1'],
    ['suspension-end', audiences.map((one) => `${one}: opens P90D P60D P30D P14D P7D P3WD P0D`).join(' | ') + ' | late: never'],
    ['major-corrective-action', 'owner: opens P14D P7D P3WD P1WD P0D | supervisor: opens P7D P0D | compliance: opens P14D P7D P0D | management: P7D P0D'
      + ' | late: P2WD x5, P7D x* + supervisor + management'],
    ['corrective-action', 'owner: opens P30D P7D P0D | supervisor: late-P5WD | late: P7D x4'],
    ['outside', 'late: P3WD x1, P7D x*'],
    ['step', 'owner: opens?unstarted P3WD?long P0D | late: P2WD x1, P7D x4'],
    ['custom', 'owner: P30D P7D P0D | late: P1WD x1, P7D x4'],
    ['transition', 'owner: P365D P180D P90D P30D | supervisor: P90D | compliance: P540D P365D P180D P90D | management: P90D'
      + ' | late: P7D x* + supervisor + management'],
    ['application', 'owner: P365D P180D P90D P45D P14D P0D | supervisor: P90D?unstarted P14D | compliance: P90D?unstarted P14D'
      + ' | management: P14D | late: P7D x* + supervisor + management'],
    ['registry', 'owner: P60D P21D P7D P0D | supervisor: late-P10WD | late: P1D x1, P29D x1'],
    ['trucs-expiry', 'owner: P210D P90D P45D P14D P0D | supervisor: P90D?unstarted P14D | compliance: P90D?unstarted P14D'
      + ' | late: P7D x4 + supervisor + management'],
    ['gold-om-expiry', 'owner: P270D P90D P45D P14D P0D | supervisor: P90D?unstarted P14D | compliance: P90D?unstarted P14D'
      + ' | late: P7D x4 + supervisor + management'],
    ['period-end', 'owner: P120D P30D P0D | supervisor: P7D | compliance: P7D | late: P7D x* + supervisor + management'],
    ['period-report', 'owner: P30D P14D P0D | supervisor: P7D | compliance: P7D | late: P7D x* + supervisor + management'],
    ['yearly-report', 'owner: P180D P90D P45D P14D P0D | supervisor: P14D | compliance: P14D | management: P7D'
      + ' | late: P7D x* + supervisor + management'],
    ['state-duty', 'owner: opens P0D | compliance: late-P5WD | late: P7D x2'],
    ['scan', 'owner: P21D P7D P0D | supervisor: P0D | late: P3WD x4'],
    ['contract', 'owner: P30D P7D P0D | supervisor: late-P5WD | late: P7D x4'],
    ['advice', 'owner: P90D P30D | late: never'],
    ['none', 'late: never'],
  ])('%s', (id, expected) => {
    expect(spoken(defaultLadder(id))).toBe(expected)
  })

  it('and there is no other', () => {
    expect(defaultLadders).toHaveLength(29)
    expect(new Set(defaultLadders.map((one) => one.id)).size).toBe(29)
  })

  it('in notices a policy may use', () => {
    expect(defaultLadders.flatMap((one) => one.rungs).flatMap((rung) => noticeFault(rung.notice) ?? [])).toEqual([])
  })
})

describe('a notice of a policy', () => {
  it.each(['P30D', 'P0D', 'P365D', 'P540D', 'P3WD', 'late-P5WD', 'late-P14D', 'opens'])('may be %s', (text) => {
    expect(noticeFault(text)).toBeUndefined()
  })

  it.each(['30', 'P30', '-P30D', 'P1M', 'P1Y', 'P1W', 'p30d', 'P30D ', 'late-P0D', 'late-opens', 'overdue-1', 'P30D,P7D', ''])('may not be %j', (text) => {
    expect(noticeFault(text)).toMatch(/is not a notice: use P30D/)
  })
})

function place(notice: string, days: { due: string; late?: string; opens?: string }, calendar = weekdays): string | undefined {
  const rung: Rung = { notice, audience: 'owner' }
  const placed = placeRung(rung, {
    countedTo: day(days.due), lateAfter: day(days.late ?? days.due), opensOn: days.opens === undefined ? undefined : day(days.opens),
  }, calendar)
  return placed && `${placed.reachedOn.toString()} ${placed.offsetDays} to ${placed.countedTo.toString()}`
}

describe('a notice is reached', () => {
  it.each([
    ['P0D', { due: '2027-06-30' }, '2027-06-30 0 to 2027-06-30'],
    ['P30D', { due: '2027-06-30' }, '2027-05-31 30 to 2027-06-30'],
    ['P365D', { due: '2028-02-29' }, '2027-03-01 365 to 2028-02-29'],
    ['P3WD', { due: '2027-06-29' }, '2027-06-24 5 to 2027-06-29'],
    ['late-P5WD', { due: '2027-06-30' }, '2027-07-07 -7 to 2027-06-30'],
    ['late-P5WD', { due: '2027-06-30', late: '2027-07-30' }, '2027-08-06 -7 to 2027-07-30'],
    ['opens', { due: '2027-06-30', opens: '2027-05-31' }, '2027-05-31 30 to 2027-06-30'],
    ['opens', { due: '2027-06-30', opens: '2027-06-30' }, '2027-06-30 0 to 2027-06-30'],
  ])('%s of %j', (notice, days, expected) => {
    expect(place(notice, days)).toBe(expected)
  })

  it('by the working days of the reader', () => {
    expect(place('P3WD', { due: '2026-10-09' }, china)).toBe('2026-09-29 10 to 2026-10-09')
    expect(place('P3WD', { due: '2026-10-09' })).toBe('2026-10-06 3 to 2026-10-09')
  })

  it('never by a window that does not open, or only after the booked day', () => {
    expect(place('opens', { due: '2027-06-30' })).toBeUndefined()
    expect(place('opens', { due: '2027-06-30', opens: '2027-07-01' })).toBeUndefined()
  })
})

function repeats(id: string, lateAfter: string, asOf: string, calendar = weekdays): string[] {
  return placeRepeats(defaultLadder(id), day(lateAfter), calendar, day(asOf)).map((one) => `${one.rung.notice} ${one.reachedOn.toString()}`)
}

describe('overdue notices', () => {
  it('of an expiry come on the first working day, then weekly four times, then monthly', () => {
    expect(repeats('expiry', '2027-06-30', '2027-10-01')).toEqual([
      'overdue-1 2027-07-01', 'overdue-2 2027-07-08', 'overdue-3 2027-07-15', 'overdue-4 2027-07-22', 'overdue-5 2027-07-29',
      'overdue-6 2027-08-29', 'overdue-7 2027-09-29', 'overdue-8 2027-10-29',
    ])
  })

  it('of a yearly assessment come weekly eight times, then monthly', () => {
    const all = repeats('yearly-assessment', '2027-06-30', '2027-10-01')
    expect(all.slice(0, 2)).toEqual(['overdue-1 2027-07-07', 'overdue-2 2027-07-14'])
    expect(all.slice(7)).toEqual(['overdue-8 2027-08-25', 'overdue-9 2027-09-25', 'overdue-10 2027-10-25'])
  })

  it('of a filing come every second working day five times, then weekly', () => {
    expect(repeats('filing', '2027-06-30', '2027-07-20')).toEqual([
      'overdue-1 2027-07-02', 'overdue-2 2027-07-06', 'overdue-3 2027-07-08', 'overdue-4 2027-07-12', 'overdue-5 2027-07-14',
      'overdue-6 2027-07-21',
    ])
  })

  it('about an outside party come after three working days, then weekly', () => {
    expect(repeats('outside', '2027-06-30', '2027-07-15')).toEqual(['overdue-1 2027-07-05', 'overdue-2 2027-07-12', 'overdue-3 2027-07-19'])
  })

  it('of a step come after two working days, then weekly four times, and end', () => {
    expect(repeats('step', '2027-06-30', '2028-01-01')).toEqual([
      'overdue-1 2027-07-02', 'overdue-2 2027-07-09', 'overdue-3 2027-07-16', 'overdue-4 2027-07-23', 'overdue-5 2027-07-30',
    ])
  })

  it('of an archive date come once', () => {
    expect(repeats('archive-date', '2027-06-30', '2030-01-01')).toEqual(['overdue-1 2027-07-01'])
  })

  it('before the day is late are only foreseen: the first', () => {
    expect(repeats('expiry', '2027-06-30', '2027-01-01')).toEqual(['overdue-1 2027-07-01'])
  })

  it('stay in their order, however long everybody is away when the day is late', () => {
    const closed = calendarOf(daysFrom('2027-07-01', '2027-07-12'))
    expect(repeats('expiry', '2027-06-30', '2027-07-14', closed)).toEqual(['overdue-1 2027-07-13', 'overdue-2 2027-07-20'])
  })

  it('that come monthly never drift from the day they are counted from', () => {
    const ladder: Ladder = { ...defaultLadder('custom'), overdue: [{ every: 'P1M', times: 'until closed' }] }
    const days = placeRepeats(ladder, day('2027-01-31'), weekdays, day('2028-04-01')).map((one) => one.reachedOn.toString())
    expect(days.slice(0, 3)).toEqual(['2027-02-28', '2027-03-31', '2027-04-30'])
    expect(days.slice(-3)).toEqual(['2028-02-29', '2028-03-31', '2028-04-30'])
  })
})
