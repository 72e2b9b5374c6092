import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readCalendarFile } from '../../src/formats/calendar-file.ts'

const sample = (name: string): string => readFileSync(new URL(`../samples/${name}`, import.meta.url), 'utf8')
const read = (text: string, years?: readonly number[]) => readCalendarFile({ bytes: new TextEncoder().encode(text), encoding: undefined, years })

function days(text: string, years?: readonly number[]): string[] {
  const result = read(text, years)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.entries.map((one) => `${one.day.toString()} ${one.working ? 'working' : 'off'} ${one.name}`)
}

function problems(text: string, years?: readonly number[]): string[] {
  const result = read(text, years)
  return result.ok ? [] : result.problems.map((one) => `${one.row} ${one.column}${one.value ? ` "${one.value}"` : ''}: ${one.reason}`)
}

/** A calendar of events, each given by its lines; the first begins on line 3. */
const calendar = (...events: readonly (readonly string[])[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']), 'END:VCALENDAR'].join('\r\n')

const event = (date: string, title: string, ...more: readonly string[]): string[] => [`DTSTART;VALUE=DATE:${date}`, `SUMMARY:${title}`, ...more]

describe('a holiday calendar is read', () => {
  test('as Apple writes it: days off and make-up days by its property, what has none is an observance, whatever its rule', () => {
    expect(days(sample('calendar-cn-2027.ics'))).toEqual([
      '2026-12-31 off 元旦', '2027-01-01 off 元旦', '2027-01-02 off 元旦', '2027-01-03 working 元旦',
      ...[5, 6, 7, 8, 9, 10, 11].map((n) => `2027-02-${String(n).padStart(2, '0')} off 春节`), '2027-02-14 working 春节',
      '2027-05-01 off 劳动节', '2027-10-01 off 国庆节',
    ])
  })

  test('as public calendars write it: public holidays, no observances, nothing that was called off', () => {
    expect(days(sample('calendar-de-2027.ics')).map((one) => one.slice(0, 14))).toEqual([
      '2027-01-01 off', '2027-03-26 off', '2027-05-17 off', '2027-05-01 off', '2027-10-03 off', '2027-12-26 off', '2027-03-29 off',
    ])
  })

  test('where nothing is marked: every event is a day off', () => {
    expect(days(calendar(event('20270503', 'Early May'), event('20270531', 'Late May')))).toEqual(['2027-05-03 off Early May', '2027-05-31 off Late May'])
  })

  test.each([
    ['元旦（休）', 'off 元旦'], ['元旦(班)', 'working 元旦'], ['[班] 国庆节', 'working 国庆节'], ['【休】国庆节', 'off 国庆节'], ['休｜元旦', 'off 元旦'], ['班｜元旦', 'working 元旦'],
    ['国庆节 班', 'working 国庆节'], ['国庆节休', 'off 国庆节休'], ['春节补班', 'working 春节补班'], ['上班(补春节假期)', 'working 上班(补春节假期)'], ['春节假期', 'off 春节假期'],
    ['劳动节调休（班）', 'working 劳动节调休'], ['不上班', 'off 不上班'],
    ['Working day', 'working Working day'], ['Make-up workday for Spring Festival', 'working Make-up workday for Spring Festival'],
    ['Working Saturday', 'working Working Saturday'], ['Bank holiday', 'off Bank holiday'],
  ])('%s says %s', (title, expected) => {
    expect(days(calendar(event('20270508', title)))).toEqual([`2027-05-08 ${expected}`])
  })

  test('with an end on the day after the last, with a length, with neither, and with eight digits alone', () => {
    expect(days(calendar(
      event('20270503', 'a', 'DTEND;VALUE=DATE:20270505'), event('20270510', 'b', 'DURATION:P2D'), event('20270517', 'c'), ['DTSTART:20270524', 'SUMMARY:d'],
    ))).toEqual(['2027-05-03 off a', '2027-05-04 off a', '2027-05-10 off b', '2027-05-11 off b', '2027-05-17 off c', '2027-05-24 off d'])
  })

  test('with a title folded over two lines', () => {
    expect(days(calendar(event('20270503', 'A holiday whose name goes on', '  and on')))).toEqual(['2027-05-03 off A holiday whose name goes on and on'])
  })
})

describe('what comes again every year', () => {
  test('is read in the years named, but for the days taken out', () => {
    const text = calendar(event('20200501', 'Labour Day', 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20280501'))
    expect(days(text, [2027, 2028, 2029]).map((one) => one.slice(0, 4))).toEqual(['2026', '2027', '2029', '2030'])
  })

  test.each([
    ['a number of times', 'RRULE:FREQ=YEARLY;COUNT=3', ['2024-02-29', '2028-02-29', '2032-02-29']],
    ['until a day', 'RRULE:FREQ=YEARLY;UNTIL=20280228;BYMONTH=2;BYMONTHDAY=29', ['2024-02-29']],
  ])('%s has its end; 29 February comes in leap years only', (_, rule, expected) => {
    expect(days(calendar(event('20240229', 'Leap Day', rule))).map((one) => one.slice(0, 10))).toEqual(expected)
  })

  test('without an end is refused until the years are named', () => {
    const text = calendar(event('20200501', 'Labour Day', 'RRULE:FREQ=YEARLY'))
    expect(problems(text)).toEqual(['3 RRULE "FREQ=YEARLY": Comes again without end: name the years with --year'])
  })

  test.each([
    'FREQ=MONTHLY', 'FREQ=YEARLY;BYMONTH=5;BYDAY=1MO', 'FREQ=YEARLY;INTERVAL=2', 'FREQ=YEARLY;BYMONTH=6', 'FREQ=YEARLY;UNTIL=2028',
  ])('by %s is refused', (rule) => {
    expect(problems(calendar(event('20200501', 'x', `RRULE:${rule}`)), [2027]).join()).toMatch(/^3 RRULE "FREQ=.*Only FREQ=YEARLY on the same day/)
  })
})

describe('a holiday calendar is refused', () => {
  test('with every fault in it, by the line on which the event begins', () => {
    expect(problems(calendar(
      event('20270230', 'a'), ['DTSTART:20270503T090000Z', 'SUMMARY:b'], event('20270503', 'c', 'DTEND;VALUE=DATE:20270503'),
      event('20270503', 'd', 'DURATION:PT8H'), ['SUMMARY:e'], event('20270503', 'f', 'RDATE;VALUE=DATE:20270601'), event('20270503', 'g', 'DTEND;VALUE=DATE:20290503'),
    )).map((one) => one.replace(/\. .*| may|: (write|only).*/, ''))).toEqual([
      '3 DTSTART "2027-02-30": Not a day that exists',
      '7 DTSTART "2027-05-03T09:00:00Z": A moment, not a day',
      '11 DTEND "2027-05-03": Not after DTSTART',
      '16 DURATION "PT8H": Not a number of days',
      '21 DTSTART: An event has exactly one DTSTART',
      '24 RDATE: Only events that come again every year are read',
      '29 DTEND "2029-05-03": Lasts 731 days, more than 366',
    ])
  })

  test.each([
    ['调休', '春节调休', 'may mean the rest or the work'],
    ['a mark for each', '休息 补班', 'both that it is off and that it is worked'], ['half a day', 'Christmas Eve (half day)', 'Half a day'],
    ['a sign that is no mark', '班级活动', 'not as a mark'],
  ])('where a title is unclear: %s', (_, title, reason) => {
    expect(problems(calendar(event('20270503', title))).join()).toContain(reason)
  })

  test('where some events are marked and others are not', () => {
    expect(problems(calendar(event('20270503', '劳动节（休）'), event('20270504', '青年节')))).toEqual([
      '7 SUMMARY "青年节": Neither off nor working, while other events of the file say it: mark it 休 or 班, or leave it out',
    ])
  })

  test('where Apple\'s property says something else', () => {
    expect(problems(calendar(event('20270503', 'x', 'X-APPLE-SPECIAL-DAY:BIRTHDAY'))).join()).toContain('neither WORK-HOLIDAY nor ALTERNATE-WORKDAY')
  })

  test.each([
    ['is not whole', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n', 'Not a whole iCalendar file'],
    ['has no event, as before the notice', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n', 'no event'],
    ['has a rule that is none', calendar(event('20270503', 'x', 'RRULE:FREQ=SOMETIMES')), 'Not a whole iCalendar file'],
    ['has more events than any calendar', calendar(...Array.from({ length: 5_001 }, () => event('20270503', 'x'))), 'More than 5000 events'],
    ['has nothing but observances', calendar(event('20270503', 'x', 'DESCRIPTION:Observance')), 'no day off and no make-up workday'],
  ])('that %s', (_, text, reason) => {
    expect(problems(text).join()).toContain(reason)
  })
})
