// Chance that can be played again: a stream of numbers that follows from a seed and a name, so that a draw that is
// added in one place changes nothing elsewhere.

export interface Random {
  /** From 0 inclusive to 1 exclusive. */
  next(): number
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  /** A stream of its own, which depends on the seed and the name alone. */
  named(name: string): Random
}

const spread = 0x9e3779b9

function hashOf(text: string): number {
  let hash = 2166136261
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619)
  return hash >>> 0
}

export function randomOf(seed: string): Random {
  let state = hashOf(seed) || spread
  const next = (): number => {
    state = (state + spread) | 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return {
    next, between,
    chance: (probability) => next() < probability,
    pick: (from) => from[between(0, from.length - 1)]!,
    named: (name) => randomOf(`${seed}/${name}`),
  }
}
