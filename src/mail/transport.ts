// What delivering needs of a mail server, without naming a library: one message, a gate before its last
// dot, and an answer that says how far it came and whose fault a refusal is.

/**
 * How far a delivery came. Before `gated` the server cannot have kept the message; `gated` means the
 * gate was passed and the last dot may have been written; `dot` that the server answered it.
 */
export const phases = ['connect', 'greeting', 'tls', 'auth', 'mail', 'rcpt', 'data', 'gated', 'dot'] as const
export type Phase = (typeof phases)[number]

/** Ours or the mail server's as a whole; this recipient's; this message's; or nobody's: it may pass. */
export type Fault = 'site' | 'recipient' | 'message' | 'transient'

/**
 * `reply` is the server's last word or what went wrong: one line of at most 200 characters. `stopped` means that we
 * ended the attempt before the gate because the program ends: nothing happened.
 */
export type SendResult =
  | { readonly outcome: 'sent'; readonly reply: string }
  | { readonly outcome: 'deferred'; readonly fault: Fault; readonly phase: Phase; readonly reply: string }
  | { readonly outcome: 'rejected'; readonly fault: 'recipient' | 'message'; readonly phase: Phase; readonly reply: string }
  | { readonly outcome: 'in-doubt'; readonly phase: 'gated'; readonly reply: string }
  | { readonly outcome: 'refused-at-gate' }
  | { readonly outcome: 'stopped'; readonly phase: Phase; readonly reply: string }

export type Verified =
  | { readonly ok: true }
  | { readonly ok: false; readonly phase: Phase; readonly reply: string }

/** The final bytes of one mail; `from` is a mailbox (`Name <a@b>` or `a@b`), `to` one address. */
export interface Parcel {
  readonly raw: Uint8Array
  readonly from: string
  readonly to: string
}

export interface Transport {
  /**
   * Sends one message over a connection of its own.
   *
   * `gate` is asked once, after the whole body was handed over: only when it resolves to true is the
   * last dot written. `signal` ends the attempt until the gate is asked and means nothing after it.
   * Rejects only where `gate` does; the dot was not written then.
   */
  send(parcel: Parcel, gate: () => Promise<boolean>, signal: AbortSignal): Promise<SendResult>
  /** Connects and signs in without sending. */
  verify(): Promise<Verified>
  /** Ends attempts that have not asked the gate, and waits for those that have. */
  close(): Promise<void>
}
