import { expect, test } from 'vitest'
import { bareMessageId, parseMessageIds } from '../../src/formats/message-ids.ts'

test.each([
  ['one a line', '<a1@example.org>\n<b2@example.org>\r\n', ['a1@example.org', 'b2@example.org']],
  ['without brackets', 'a1@example.org\n\n  b2@Example.ORG  ', ['a1@example.org', 'b2@example.org']],
  ['as a log of Postfix has them', 'Jun  1 09:00:01 mx postfix/cleanup[1]: 4F2: message-id=<a1@example.org>', ['a1@example.org']],
  ['as a log of Exim has them', '2027-06-01 09:00:01 1q4-0001 <= from@example.org H=x [10.0.0.1] id=a1@example.org', ['from@example.org', 'a1@example.org']],
  ['as a table has them', '"a1@example.org";"b2@example.org"', ['a1@example.org', 'b2@example.org']],
  ['none', 'nothing here\n@\n', []],
])('message ids are read: %s', (_, text, ids) => {
  expect([...parseMessageIds(text)]).toEqual(ids)
})

test('they are compared without brackets and in small letters', () => {
  expect(bareMessageId('<A1@Example.org>')).toBe('a1@example.org')
})
