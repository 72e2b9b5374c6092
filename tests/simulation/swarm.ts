// Which kinds of faults a seed knows, and how often each comes: drawn for every seed anew, since a run in which
// everything fails hides what only fails where the rest works.

import type { Random } from './random.ts'

export const faultKinds = [
  'kill before commit', 'kill inside transaction', 'kill after commit', 'kill while sending', 'pause', 'graceful stop',
  'commit acknowledgement lost', 'connection refused', 'serialization failure', 'statement terminated', 'database down',
  'refused connection', 'greeting 421', 'sign-in refused', 'sender refused', 'recipient refused', 'recipient deferred', 'data deferred', 'dropped in data',
  'slow beyond the deadline', 'deferred at the dot', 'dropped at the dot', 'accepted without reply', 'accepted late', 'mail server down',
  'clock ahead', 'clock behind', 'clock drifts', 'clock set back', 'clock set ahead',
  'tick skipped', 'tick doubled', 'tick late', 'jobs in disorder', 'all down',
  'day moved', 'owner changed', 'renewed', 'entered', 'imported', 'acknowledged', 'snoozed', 'deactivated', 'address corrected', 'send hour changed',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** How often: a probability each time one could strike, or for what strikes by itself, times a year. */
export type Swarm = (kind: FaultKind) => number

const each: Partial<Record<FaultKind, number>> = {
  'kill before commit': 0.001, 'kill inside transaction': 0.001, 'kill after commit': 0.003, 'kill while sending': 0.05, pause: 0.002,
  'commit acknowledgement lost': 0.003, 'connection refused': 0.002, 'serialization failure': 0.003, 'statement terminated': 0.0008,
  'refused connection': 0.08, 'greeting 421': 0.06, 'sign-in refused': 0.05, 'sender refused': 0.05, 'recipient refused': 0.03, 'recipient deferred': 0.15, 'data deferred': 0.12,
  'dropped in data': 0.12, 'slow beyond the deadline': 0.06, 'deferred at the dot': 0.1, 'dropped at the dot': 0.1, 'accepted without reply': 0.12, 'accepted late': 0.08,
  'tick skipped': 0.3, 'tick doubled': 0.2, 'tick late': 0.3, 'jobs in disorder': 0.15,
  // Replicas that have such a clock.
  'clock ahead': 0.35, 'clock behind': 0.35, 'clock drifts': 0.4,
}

const aYear: Partial<Record<FaultKind, number>> = {
  'graceful stop': 12, 'database down': 5, 'mail server down': 6, 'clock set back': 3, 'clock set ahead': 3, 'all down': 5,
  'day moved': 5, 'owner changed': 4, renewed: 3, entered: 2, imported: 2, acknowledged: 8, snoozed: 6, deactivated: 1, 'address corrected': 2, 'send hour changed': 2,
}

/** Draws which kinds are on and how hard they strike. */
export function drawSwarm(random: Random): Swarm {
  const calm = random.chance(0.1)
  const drawn = new Map(faultKinds.map((kind): [FaultKind, number] => {
    const isOn = random.chance(0.55)
    const strength = random.pick([0.3, 1, 1, 2.5])
    const often = each[kind] === undefined ? aYear[kind]! * strength : Math.min(0.8, each[kind] * strength)
    return [kind, isOn && !calm ? often : 0]
  }))
  return (kind) => drawn.get(kind) ?? 0
}
