// What a mail server reports later of a mail it had taken (RFC 3464).

/** RFC 3464, 2.3.3: what became of it. Only `failed` is final and bad. */
export const bounceActions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const
export type BounceAction = (typeof bounceActions)[number]
