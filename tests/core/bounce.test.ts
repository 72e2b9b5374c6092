import { describe, expect, test } from 'vitest'
import { believedFor, type BounceAction, decideBounce, meaningOf, type ReportedRecipient } from '../../src/core/bounce.ts'

const gatedAt = Temporal.Instant.from('2027-05-31T09:00:00Z')
const now = gatedAt.add({ minutes: 5 })
const mail = { address: 'alice@example.org', gatedAt }
const said = (values: Partial<ReportedRecipient> = {}): ReportedRecipient =>
  ({ addresses: ['alice@example.org'], action: 'failed', status: '5.1.1', diagnostic: undefined, ...values })

describe('what a report means', () => {
  test.each<[BounceAction, string | undefined, string, string]>([
    ['failed', '5.1.1', '', 'address'],
    ['failed', '5.1.0', '', 'address'],
    ['failed', '5.1.10', '', 'address'],
    ['failed', '5.2.1', '', 'address'],
    ['failed', '5.1.7', 'bad sender address', 'mail'],
    ['failed', '5.1.8', '', 'mail'],
    ['failed', '5.2.2', 'user unknown', 'mail'],
    ['failed', '5.3.4', '', 'mail'],
    ['failed', '5.7.1', 'user unknown', 'mail'],
    ['failed', '5.7.1', '550 5.1.1 no such user', 'mail'],
    ['failed', '5.0.0', '550 5.1.1 whatever', 'address'],
    ['failed', '5.0.0', '550 5.7.1 user unknown', 'mail'],
    ['failed', '5.0.0', '550 user unknown', 'address'],
    ['failed', '5.0.0', '550 go away', 'mail'],
    ['failed', undefined, '550 No such user here', 'address'],
    ['failed', undefined, '', 'mail'],
    ['failed', '4.4.1', 'user unknown', 'mail'],
    ['failed', '5.4.4', 'Host or domain name not found', 'address'],
    ['failed', '5.4.4', 'unable to route', 'mail'],
    ['failed', '5.2.0', 'mailbox unavailable: quota exceeded', 'mail'],
    ['delayed', '5.1.1', '', 'none'],
    ['delivered', '2.0.0', '', 'none'],
    ['relayed', '5.1.1', '', 'none'],
    ['expanded', undefined, 'user unknown', 'none'],
  ])('%s %s "%s" is about the %s', (action, status, diagnostic, meaning) => {
    expect(meaningOf({ action, status, diagnostic })).toBe(meaning)
  })
})

describe('whether a report is believed', () => {
  const judge = (recipients: readonly ReportedRecipient[], proof: 'token' | 'message-id' = 'token', at = now, of: Parameters<typeof decideBounce>[1] = mail) =>
    decideBounce({ recipients }, of, proof, at)

  test('is up to who knows the mail and names its recipient, in whatever case', () => {
    expect(judge([said({ addresses: ['ALICE@example.org'] })])).toMatchObject({ ok: true, meaning: 'address' })
    expect(judge([said({ addresses: ['alice@elsewhere.example', 'alice@example.org'] })], 'message-id')).toMatchObject({ ok: true })
    expect(judge([said({ addresses: ['bob@example.org'] })])).toEqual({ ok: false, refusal: 'other-recipient' })
    expect(judge([])).toEqual({ ok: false, refusal: 'other-recipient' })
  })

  test('where nobody is named is up to the token alone', () => {
    expect(judge([said({ addresses: [] })])).toMatchObject({ ok: true })
    expect(judge([said({ addresses: [] })], 'message-id')).toEqual({ ok: false, refusal: 'other-recipient' })
  })

  test('takes the worst of what it says of one recipient', () => {
    expect(judge([said({ action: 'delivered', status: '2.0.0' }), said({ action: 'delayed', status: '4.2.0' }), said()])).toMatchObject({ recipient: { action: 'failed' } })
  })

  test('ends after thirty days, and begins when the mail has left', () => {
    const last = gatedAt.add(believedFor)
    expect(judge([said()], 'token', last).ok).toBe(true)
    expect(judge([said()], 'token', last.add({ nanoseconds: 1 }))).toEqual({ ok: false, refusal: 'too-old' })
    expect(judge([said()], 'token', now, { address: 'alice@example.org', gatedAt: null })).toEqual({ ok: false, refusal: 'never-sent' })
  })
})
