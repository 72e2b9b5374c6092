import { describe, expect, test } from 'vitest'
import { readCalendarFile } from '../../src/formats/calendar-file.ts'

const read = (text: string) => readCalendarFile({ bytes: new TextEncoder().encode(text), encoding: undefined, years: undefined })

function days(text: string): string[] {
  const result = read(text)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.entries.map((one) => `${one.day.toString()} ${one.working ? 'working' : 'off'}${one.name ? ` ${one.name}` : ''}`)
}

function problems(text: string): string[] {
  const result = read(text)
  return result.ok ? [] : result.problems.map((one) => `${one.row} ${one.column}${one.value ? ` "${one.value}"` : ''}: ${one.reason}`)
}

describe('a table of working days is read', () => {
  test.each([
    ['whether a day is worked', 'date,working,name', 'no', 'yes'],
    ['as a sheet has it', 'Day;Is working;Holiday', 'FALSE', 'TRUE'], ['in numbers', 'date,workday,name', '0', '1'],
    ['whether it is off', 'date,isOffDay,name', 'true', 'false'],
    ['by its kind', 'Date,Kind,Name', 'off', 'working'], ['in other words', 'date,type,name', 'Public holiday', 'make-up workday'],
    ['in Chinese, by its mark', '日期,休/班,节日', '休', '班'], ['in Chinese, by its kind', '日期,类型,名称', '放假', '补班'], ['in Chinese, whether it is worked', '日期,是否上班,说明', '否', '是'],
    ['in Chinese, whether it is off', '日期,是否放假,备注', '是', '否'],
  ])('that says %s', (_, header, off, working) => {
    const cells = header.includes(';') ? ';' : ','
    expect(days([header, ['2027-05-03', off, 'x'].join(cells), ['2027-05-08', working, 'y'].join(cells)].join('\n')))
      .toEqual(['2027-05-03 off x', '2027-05-08 working y'])
  })

  test('with days written year first in any of the usual ways, columns in any order, and columns it does not need', () => {
    expect(days('weekday,kind,date\nMon,休,2027年5月3日\nTue,休,2027/5/4\nWed,休,20270505\n')).toEqual(['2027-05-03 off', '2027-05-04 off', '2027-05-05 off'])
  })
})

describe('a table of working days is refused', () => {
  test('with every fault in it, by row and column', () => {
    expect(problems('date,kind\n2027-02-30,off\n1/2/2027,perhaps\n2027-05-03,\n2027-05-04,off,x\n2027-05-05,调休\n')).toEqual([
      '2 date "2027-02-30": 2027-02-30 does not exist',
      '3 date "1/2/2027": Ambiguous date: the day or the month may come first. Write the year first, as in 2026-11-18',
      '3 kind "perhaps": Neither off nor working: write off or working, 休 or 班',
      '4 kind: Neither off nor working: write off or working, 休 or 班',
      '5 : 3 cells where the header has 2: a delimiter or a quote is missing or too many',
      '6 kind "调休": May mean the rest or the work for it: write 休 or 班',
    ])
  })

  test.each([
    ['without a column of days', 'day of year,kind\n1,off', 'No column "date"'],
    ['without a column that says what a day is', 'date,name\n2027-05-03,x', 'No column says whether a day is off'],
    ['with two columns that say it', 'date,working,kind\n2027-05-03,no,off', 'Several columns say whether a day is off'],
    ['with the same column twice', 'date,kind,日期\n2027-05-03,off,2027-05-04', 'Means the same as another column'],
    ['with yes and no under a kind, where it is not said to what', 'date,kind\n2027-05-03,yes', 'Neither off nor working'],
    ['with a header alone', 'date,kind\n', 'Only a header'],
    ['with nothing in it', '', 'The file is empty'],
    ['where it is something else', '{"year": 2027}', 'Neither a table nor iCalendar'],
    ['with more days than any calendar has', `date,kind\n${'2027-05-03,off\n'.repeat(5_001)}`, 'More than 5000 days'],
    ['where it is larger than any calendar', `date,kind\n${'x'.repeat(1024 * 1024)}`, 'more than 1'],
  ])('%s', (_, text, reason) => {
    expect(problems(text).join('\n')).toContain(reason)
  })
})
