import { describe, expect, it } from 'vitest'
import { weekdays } from '../../src/core/calendar.ts'
import { besideOwner, isUnwindowed, type Ladder, noticeFault, placeRepeats, placeRung, type Rung } from '../../src/core/ladder.ts'
import { calendarOf, china, day, daysFrom, defaultLadder, ladderOf } from '../helpers/factory.ts'

describe('a notice of a policy', () => {
  it.each(['P30D', 'P0D', 'P365D', 'P540D', 'P1000D', 'P3660D', 'P3WD', 'late-P5WD', 'late-P14D', 'opens', 'half'])('may be %s', (text) => {
    expect(noticeFault(text)).toBeUndefined()
  })

  it.each(['30', 'P30', '-P30D', 'P1M', 'P1Y', 'P1W', 'p30d', 'P30D ', 'late-P0D', 'late-opens', 'late-half', 'P007D', 'P10000D', 'overdue-1', 'P30D,P7D', ''])('may not be %j', (text) => {
    expect(noticeFault(text)).toMatch(/is not a notice: use P30D/)
  })

  it.each(['P3661D', 'late-P9999WD'])('of ten years and more, %s, is refused with the longest there is', (text) => {
    expect(noticeFault(text)).toBe(`"${text}" is too long: at most P3660D, P3660WD or late-P3660D`)
  })

  it('without a window is looked at on its own day', () => {
    expect(['opens', 'half', 'overdue-1', 'overdue-2', 'overdue-12', 'P30D', 'late-P5WD', 'moved'].filter(isUnwindowed))
      .toEqual(['opens', 'half', 'overdue-2', 'overdue-12'])
  })
})

describe('those a ladder speaks to beside the owner and those above', () => {
  it('are named by its notices or hear what is late, once each', () => {
    const rungs: Rung[] = [
      { notice: 'P30D', audience: 'owner' }, { notice: 'P30D', audience: 'person:12' }, { notice: 'P7D', audience: 'person:12' }, { notice: 'P7D', audience: 'deputy' },
    ]
    expect(besideOwner({ ...ladderOf(), rungs, late: ['supervisor', 'step-owner', 'person:7'] })).toEqual(['person:12', 'deputy', 'step-owner', 'person:7'])
    expect(besideOwner(defaultLadder('suspension-end'))).toEqual([])
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
    ['half', { due: '2027-06-30', opens: '2027-06-10' }, '2027-06-20 10 to 2027-06-30'],
    ['half', { due: '2027-06-30', opens: '2027-06-09' }, '2027-06-19 11 to 2027-06-30'],
    ['half', { due: '2027-06-30', opens: '2027-06-29' }, '2027-06-29 1 to 2027-06-30'],
    ['half', { due: '2027-06-30', opens: '2027-06-30' }, '2027-06-30 0 to 2027-06-30'],
    ['P1000D', { due: '2028-02-29' }, '2025-06-04 1000 to 2028-02-29'],
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
    expect(place('half', { due: '2027-06-30' })).toBeUndefined()
    expect(place('half', { due: '2027-06-30', opens: '2027-07-01' })).toBeUndefined()
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
