// The double of the mail transport: a mail server that answers each mail as it is told, and keeps what it was handed.

import type { Parcel, SendResult, Transport } from '../../src/mail/transport.ts'

type Gate = () => Promise<boolean>
export type Reply = (gate: Gate, parcel: Parcel) => Promise<SendResult>

/** A mail server that answers each mail by the next of these, and takes every mail after them. */
export function mailServer(...replies: readonly Reply[]): Transport & { readonly parcels: Parcel[] } {
  const parcels: Parcel[] = []
  return {
    parcels,
    async send(parcel, gate) {
      parcels.push(parcel)
      return await (replies[parcels.length - 1] ?? taken)(gate, parcel)
    },
    verify: async () => ({ ok: true }),
    close: async () => undefined,
  }
}

/** Answers so once the gate is passed. */
export const passing = (result: SendResult) => async (gate: Gate): Promise<SendResult> => (await gate() ? result : { outcome: 'refused-at-gate' })

export const taken = passing({ outcome: 'sent', reply: '250 queued' })
export const bodyRefused = passing({ outcome: 'rejected', fault: 'message', phase: 'dot', reply: '554 looks like spam' })
export const busy: Reply = async () => ({ outcome: 'deferred', fault: 'transient', phase: 'data', reply: '451 try later' })
export const unknownRecipient: Reply = async () => ({ outcome: 'rejected', fault: 'recipient', phase: 'rcpt', reply: '550 no such user' })

/** Answers everybody alike but one address. */
export const onlyFor = (address: string, reply: Reply): Reply => async (gate, parcel) =>
  await (parcel.to === address ? reply : taken)(gate, parcel)
