import { describe, expect, it } from 'vitest'
import { weekdays } from '../../src/core/calendar.ts'
import type { Person } from '../../src/core/person.ts'
import { type Duty, listenersOf } from '../../src/core/recipient.ts'
import { alice, bob, calendarOf, carol, day, directoryOf, person } from '../helpers/factory.ts'

const today = day('2027-06-01')
const away = { from: day('2027-05-20'), until: day('2027-06-10') }
const dave = person({ id: 4, name: 'Dave' })
const tara = person({ id: 5, name: 'Tara', roles: ['top-management'] })
const adam = person({ id: 6, name: 'Adam', roles: ['administrator'] })

/** Who hears of a duty of Alice, as `name audience[+more] purpose[ for N]`. */
function heard(people: readonly Person[], duty: Partial<Duty> = {}): string[] {
  const listeners = listenersOf({ ownerId: alice.id, organisationId: 1, ...duty }, directoryOf(...people),
    { calendarOf: () => weekdays, todayOf: () => today })
  return listeners.map((one) => [
    one.person.name, [one.audience, ...one.alsoAs ?? []].join('+'), one.purpose, ...(one.onBehalfOf === undefined ? [] : [`for ${one.onBehalfOf}`]),
  ].join(' '))
}

describe('in the plain case', () => {
  it('the owner is reminded, and the line manager, compliance and management hear what escalates', () => {
    expect(heard([alice, bob, carol, tara])).toEqual([
      'Alice owner reminder', 'Bob supervisor escalation', 'Carol compliance escalation', 'Tara management escalation',
    ])
  })

  it('each is counted by their own calendar', () => {
    const own = calendarOf(['2027-06-30'])
    const listeners = listenersOf({ ownerId: alice.id, organisationId: 1 }, directoryOf(alice, bob),
      { calendarOf: (one) => (one.id === bob.id ? own : weekdays), todayOf: () => today })
    expect(listeners.map((one) => one.calendar)).toEqual([weekdays, own])
  })
})

describe('an owner who is away', () => {
  const absent = { ...alice, away, deputyId: dave.id }

  it('is stood in for by the deputy', () => {
    expect(heard([absent, bob, dave])).toEqual(['Dave owner reminder for 1', 'Bob supervisor escalation'])
  })

  it.each([
    ['the day before', '2027-05-19', 'Alice'], ['on the first day', '2027-05-20', 'Dave'], ['on the last day', '2027-06-10', 'Dave'],
    ['the day after', '2027-06-11', 'Alice'],
  ])('%s, %s, it is %s', (_, text, expected) => {
    const [first] = listenersOf({ ownerId: 1, organisationId: 1 }, directoryOf(absent, dave), { calendarOf: () => weekdays, todayOf: () => day(text) })
    expect(first!.person.name).toBe(expected)
  })

  it('without a deputy, or with one who is away too, finds the mail in their own box', () => {
    expect(heard([{ ...alice, away }, bob])[0]).toBe('Alice owner reminder')
    expect(heard([absent, bob, { ...dave, away }])[0]).toBe('Alice owner reminder')
  })

  it('whose deputy mail no longer reaches: it goes on to the line manager', () => {
    expect(heard([absent, bob, { ...dave, emailAccepted: false }, carol])).toEqual(['Bob owner fallback for 1', 'Carol compliance escalation'])
    expect(heard([absent, { ...dave, active: false }])).toEqual(['Alice owner reminder'])
  })

  it('and is represented by the line manager, is escalated to the one above', () => {
    expect(heard([{ ...absent, deputyId: bob.id }, { ...bob, supervisorId: dave.id }, dave]))
      .toEqual(['Bob owner reminder for 1', 'Dave supervisor escalation'])
  })
})

describe('an owner whom no mail reaches', () => {
  it.each([
    ['has no address', { email: undefined }], ['was refused by the mail server', { emailAccepted: false }], ['has left', { active: false }],
  ])('because she %s: the deputy hears, as somebody who was not meant to', (_, change) => {
    expect(heard([{ ...alice, ...change, deputyId: dave.id }, bob, dave, carol]))
      .toEqual(['Dave owner fallback for 1', 'Bob supervisor escalation', 'Carol compliance escalation'])
  })

  const gone = { ...alice, active: false, deputyId: dave.id }

  it.each([
    ['then the line manager', [gone, bob, carol, adam], ['Bob owner fallback for 1', 'Carol compliance escalation']],
    ['a deputy who is away is passed over', [gone, { ...dave, away }, bob], ['Bob owner fallback for 1']],
    ['a line manager who left, too', [gone, { ...bob, active: false, supervisorId: dave.id + 10 }, carol], ['Carol owner fallback for 1']],
    ['then the manager above them', [{ ...gone, deputyId: undefined }, { ...bob, active: false, supervisorId: dave.id }, dave], ['Dave owner fallback for 1']],
    ['then the compliance managers, all of them', [gone, carol, { ...dave, deputyId: undefined, away, roles: ['compliance-manager' as const] }],
      ['Carol owner fallback for 1', 'Dave owner fallback for 1']],
    ['then the administrators', [gone, adam], ['Adam owner fallback for 1']],
    ['then at last a deputy who is away', [gone, { ...dave, away }], ['Dave owner fallback for 1']],
    ['and nobody where there is nobody', [gone], []],
  ])('%s', (_, people, expected) => {
    expect(heard(people)).toEqual(expected)
  })
})

describe('a duty without an owner', () => {
  it('goes to the compliance managers, never to nobody', () => {
    expect(heard([alice, bob, carol, tara], { ownerId: undefined })).toEqual(['Carol owner fallback', 'Tara management escalation'])
  })

  it('goes to the administrators where there are none', () => {
    expect(heard([alice, adam], { ownerId: undefined })).toEqual(['Adam owner fallback'])
  })

  it('of an owner nobody knows is the same', () => {
    expect(heard([carol], { ownerId: 99 })).toEqual(['Carol owner fallback for 99'])
  })

  it('in an empty organisation is heard by nobody', () => {
    expect(heard([], { ownerId: undefined })).toEqual([])
  })
})

describe('nobody is escalated to themselves', () => {
  it('an owner who manages compliance hears it as the owner alone', () => {
    expect(heard([{ ...alice, roles: ['owner', 'compliance-manager', 'top-management'] }, bob]))
      .toEqual(['Alice owner reminder', 'Bob supervisor escalation'])
  })

  it('not even as her own line manager, or in a circle of them', () => {
    expect(heard([{ ...alice, supervisorId: alice.id }])).toEqual(['Alice owner reminder'])
    expect(heard([alice, { ...bob, supervisorId: alice.id }])).toEqual(['Alice owner reminder', 'Bob supervisor escalation'])
    expect(heard([alice, { ...bob, emailAccepted: false, supervisorId: dave.id }, { ...dave, email: undefined, supervisorId: bob.id }]))
      .toEqual(['Alice owner reminder'])
  })

  it('nor while somebody stands in for her', () => {
    const people = [{ ...alice, away, deputyId: dave.id, roles: ['compliance-manager' as const] }, bob, dave]
    expect(heard(people)).toEqual(['Dave owner reminder for 1', 'Bob supervisor escalation'])
  })
})

describe('one person in several roles', () => {
  it('a line manager who manages compliance hears that, and the next one up is the line manager', () => {
    const people = [alice, { ...bob, roles: ['compliance-manager' as const], supervisorId: dave.id }, dave]
    expect(heard(people)).toEqual(['Alice owner reminder', 'Dave supervisor escalation', 'Bob compliance escalation'])
  })

  it('with nobody above hears both, as one listener', () => {
    expect(heard([alice, { ...bob, roles: ['compliance-manager'] }])).toEqual(['Alice owner reminder', 'Bob supervisor+compliance escalation'])
  })

  it('compliance and top management are one listener too', () => {
    expect(heard([alice, { ...carol, roles: ['compliance-manager', 'top-management'] }]))
      .toEqual(['Alice owner reminder', 'Carol compliance+management escalation'])
  })
})

describe('those whom a ladder speaks to beside the owner', () => {
  const box = person({ id: 12, name: 'Box', kind: 'mailbox' })
  const withDeputy = { ...alice, deputyId: dave.id }

  it('the deputy hears beside the owner, not only while she is away', () => {
    expect(heard([withDeputy, bob, dave], { beside: ['deputy'] })).toEqual(['Alice owner reminder', 'Bob supervisor escalation', 'Dave deputy escalation'])
    expect(heard([withDeputy, bob, dave])).toEqual(['Alice owner reminder', 'Bob supervisor escalation'])
    expect(heard([alice, bob, dave], { beside: ['deputy'] })).toEqual(['Alice owner reminder', 'Bob supervisor escalation'])
  })

  it('a deputy who stands in is one listener, as the owner', () => {
    expect(heard([{ ...withDeputy, away }, bob, dave], { beside: ['deputy'] })).toEqual(['Dave owner+deputy reminder for 1', 'Bob supervisor escalation'])
  })

  it('the owners of steps hear, each once, and the owner among them as the owner', () => {
    expect(heard([alice, bob, carol, dave], { beside: ['step-owner'], stepOwnerIds: [alice.id, carol.id, dave.id] }))
      .toEqual(['Alice owner+step-owner reminder', 'Bob supervisor escalation', 'Carol compliance+step-owner escalation', 'Dave step-owner escalation'])
    expect(heard([alice, dave], { beside: ['step-owner'] })).toEqual(['Alice owner reminder'])
    expect(heard([alice, dave], { stepOwnerIds: [dave.id] })).toEqual(['Alice owner reminder'])
  })

  it('people and mailboxes hear by name, in the highest of their roles', () => {
    expect(heard([alice, bob, carol, box], { beside: ['person:12', 'person:3'] }))
      .toEqual(['Alice owner reminder', 'Bob supervisor escalation', 'Carol compliance+person:3 escalation', 'Box person:12 escalation'])
    expect(heard([alice, bob], { beside: ['person:1', 'person:2'] })).toEqual(['Alice owner+person:1 reminder', 'Bob supervisor+person:2 escalation'])
  })

  it.each([
    ['who has left', { active: false }], ['without an address', { email: undefined }], ['refused by a mail server', { emailAccepted: false }],
  ])('somebody %s is passed over; a mailbox is stood in for by the compliance managers', (_, change) => {
    expect(heard([alice, carol, { ...dave, ...change }], { beside: ['person:4'] })).toEqual(['Alice owner reminder', 'Carol compliance escalation'])
    expect(heard([alice, carol, { ...box, ...change }], { beside: ['person:12'] })).toEqual(['Alice owner reminder', 'Carol compliance+person:12 escalation'])
    expect(heard([alice, carol], { beside: ['person:99'] })).toEqual(['Alice owner reminder', 'Carol compliance escalation'])
  })

  it('nobody is told of their own silence for having been named', () => {
    const listeners = listenersOf({ ownerId: 1, organisationId: 1, beside: ['person:4'] }, directoryOf(alice, bob, carol, dave), { calendarOf: () => weekdays, todayOf: () => today })
    expect(listeners.filter((one) => one.hearsSilence).map((one) => one.person.name)).toEqual(['Bob'])
  })
})

describe('several organisations', () => {
  const cora = person({ id: 7, name: 'Cora', organisationId: 2, roles: ['compliance-manager'] })

  it('each has its own compliance managers', () => {
    expect(heard([alice, carol, cora])).toEqual(['Alice owner reminder', 'Carol compliance escalation'])
    expect(heard([alice, carol, cora], { organisationId: 2 })).toEqual(['Alice owner reminder', 'Cora compliance escalation'])
  })

  it('one without any is looked after by the others', () => {
    expect(heard([alice, cora], { organisationId: 3 })).toEqual(['Alice owner reminder', 'Cora compliance escalation'])
  })

  it('whose only compliance manager cannot be reached is looked after by the others', () => {
    expect(heard([alice, { ...carol, emailAccepted: false }, cora])).toEqual(['Alice owner reminder', 'Cora compliance escalation'])
  })
})

it('auditors, who read along, are not told', () => {
  expect(heard([alice, { ...dave, roles: ['auditor'] }])).toEqual(['Alice owner reminder'])
})

it('who hears of one duty is not carried over to the next', () => {
  const people = [alice, bob, carol, dave]
  const first = heard(people)
  heard(people, { ownerId: dave.id })
  expect(heard(people)).toEqual(first)
})
