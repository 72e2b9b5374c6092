// What one part of a scheme says about another: an anchor, option, rule or step that is named must be
// there, once, and steps must not wait for each other in a circle. Every fault is found, not the first.

import { references } from './scheme-shape.ts'
import { type Point, type Recurrence, type Rule, type Scheme, statedEnd, type Template } from './scheme.ts'

/** A fault and its place: keys and positions from the top of the file. */
export interface SchemeFault {
  readonly path: readonly (string | number)[]
  readonly reason: string
}

/** The ids that the engine gives to the duties it adds itself. */
export const reservedRuleIds = ['restoration', 'suspension-end'] as const

/** Returns everything that does not fit together; nothing where the scheme can be used. */
export function checkScheme(scheme: Scheme): readonly SchemeFault[] {
  return [
    ...anchorFaults(scheme), ...optionFaults(scheme), ...validityFaults(scheme),
    ...duplicates(scheme.rules.map((rule) => rule.id), (n) => ['rules', n, 'id']),
    ...scheme.rules.flatMap((rule, n) => ruleFaults(scheme, rule, ['rules', n])),
    ...duplicates(scheme.templates.map((template) => template.id), (n) => ['templates', n, 'id']),
    ...scheme.templates.flatMap((template, n) => templateFaults(template, ['templates', n])),
  ]
}

type Path = SchemeFault['path']

function anchorFaults(scheme: Scheme): SchemeFault[] {
  const missing = Object.hasOwn(scheme.anchors, statedEnd) ? [] : [{
    path: ['anchors'], reason: `must have the anchor ${statedEnd}: the last valid day as the paper states it`,
  }]
  const reserved = Object.entries(references).filter(([name]) => Object.hasOwn(scheme.anchors, name))
  const standIns = Object.entries(scheme.anchors).flatMap(([name, anchor]) => anchor.standIn === undefined ? []
    : unknownAnchor(scheme, anchor.standIn, ['anchors', name, 'standIn']))
  return [
    ...missing, ...standIns, ...unknownAnchor(scheme, scheme.begins, ['begins']),
    ...reserved.map(([name, meaning]) => ({ path: ['anchors', name], reason: `"${name}" is taken: it means ${meaning}` })),
  ]
}

function optionFaults(scheme: Scheme): SchemeFault[] {
  return Object.entries(scheme.options).flatMap(([name, option]) => {
    const values = Object.keys(option.values)
    if (option.default === undefined || values.includes(option.default)) return []
    return [{ path: ['options', name, 'default'], reason: unknown('value', option.default, values) }]
  })
}

function validityFaults(scheme: Scheme): SchemeFault[] {
  return scheme.validity.flatMap((rule, n) => unknownAnchor(scheme, rule.from, ['validity', n, 'from']))
}

function ruleFaults(scheme: Scheme, rule: Rule, path: Path): SchemeFault[] {
  const reserved = reservedRuleIds.some((id) => id === rule.id)
    ? [{ path: [...path, 'id'], reason: `"${rule.id}" is taken: the engine derives it from the state of a certification` }]
    : []
  return [
    ...reserved,
    ...(rule.unless === undefined ? [] : unknownAnchor(scheme, rule.unless, [...path, 'unless'])),
    ...whenFaults(scheme, rule, path),
    ...(rule.due ? pointFaults(scheme, rule.due, [...path, 'due'], false) : []),
    ...(rule.recurs ? recurrenceFaults(scheme, rule.recurs, [...path, 'recurs']) : []),
    ...(rule.opens ? pointFaults(scheme, rule.opens, [...path, 'opens'], true) : []),
    ...(rule.latest ? pointFaults(scheme, rule.latest, [...path, 'latest'], true) : []),
  ]
}

function whenFaults(scheme: Scheme, rule: Rule, path: Path): SchemeFault[] {
  return Object.entries(rule.when ?? {}).flatMap(([name, wanted]) => {
    const option = scheme.options[name]
    if (!option) return [{ path: [...path, 'when', name], reason: unknown('option', name, Object.keys(scheme.options)) }]
    return wanted.flatMap((value, n) => Object.hasOwn(option.values, value) ? []
      : [{ path: [...path, 'when', name, n], reason: unknown('value', value, Object.keys(option.values)) }])
  })
}

function pointFaults(scheme: Scheme, point: Point, path: Path, mayUseDue: boolean): SchemeFault[] {
  if (typeof point.from !== 'string') {
    return point.from.latest.flatMap((name, n) => unknownReference(scheme, name, [...path, 'from', 'latest', n], mayUseDue))
  }
  return unknownReference(scheme, point.from, [...path, 'from'], mayUseDue)
}

function recurrenceFaults(scheme: Scheme, recurs: Recurrence, path: Path): SchemeFault[] {
  const faults = unknownReference(scheme, recurs.from, [...path, 'from'], false)
  if (recurs.every === 'calendar-year') return faults
  const misused = recurs.except === undefined ? [] : [{ path: [...path, 'except'], reason: 'goes with every: calendar-year only' }]
  const zero = recurs.first > 0 ? [] : [{ path: [...path, 'first'], reason: 'must be 1 or more where a length of time recurs' }]
  return [...faults, ...misused, ...zero]
}

function unknownReference(scheme: Scheme, name: string, path: Path, mayUseDue: boolean): SchemeFault[] {
  const engine = Object.keys(references).filter((one) => mayUseDue || one !== 'due')
  if (engine.includes(name)) return []
  return Object.hasOwn(scheme.anchors, name) ? []
    : [{ path, reason: unknown('anchor', name, [...Object.keys(scheme.anchors), ...engine]) }]
}

function unknownAnchor(scheme: Scheme, name: string, path: Path): SchemeFault[] {
  const names = Object.keys(scheme.anchors)
  return names.includes(name) ? [] : [{ path, reason: unknown('anchor', name, names) }]
}

function templateFaults(template: Template, path: Path): SchemeFault[] {
  const steps = template.stages.flatMap((stage, s) => stage.steps.map((step, n) => ({ step, path: [...path, 'stages', s, 'steps', n] })))
  const codes = steps.map(({ step }) => step.code)
  const unknownSteps = steps.flatMap(({ step, path }) => step.after.flatMap((one, n) => codes.includes(one.step) ? []
    : [{ path: [...path, 'after', n], reason: unknown('step', one.step, codes) }]))
  const target = codes.includes(template.target) ? [] : [{ path: [...path, 'target'], reason: unknown('step', template.target, codes) }]
  return [
    ...duplicates(template.stages.map((stage) => stage.code), (n) => [...path, 'stages', n, 'code']),
    ...duplicates(codes, (n) => [...steps[n]!.path, 'code']),
    ...unknownSteps, ...target, ...circle(template, path),
  ]
}

// Takes away every step whose predecessors are gone, again and again: what is left waits in a circle.
function circle(template: Template, path: Path): SchemeFault[] {
  const steps = template.stages.flatMap((stage) => stage.steps)
  const codes = new Set(steps.map((step) => step.code))
  const waiting = new Map(steps.map((step) => [step.code, step.after.filter((one) => codes.has(one.step)).map((one) => one.step)]))
  for (let free = freeOf(waiting); free.length > 0; free = freeOf(waiting)) for (const code of free) waiting.delete(code)
  if (waiting.size === 0) return []
  return [{ path: [...path, 'stages'], reason: `steps wait for each other in a circle: ${[...waiting.keys()].join(', ')}` }]
}

const freeOf = (waiting: ReadonlyMap<string, readonly string[]>): string[] =>
  [...waiting].filter(([, before]) => !before.some((code) => waiting.has(code))).map(([code]) => code)

function duplicates(ids: readonly string[], pathOf: (n: number) => Path): SchemeFault[] {
  return ids.flatMap((id, n) => ids.indexOf(id) < n ? [{ path: pathOf(n), reason: `"${id}" is used twice` }] : [])
}

const unknown = (what: string, name: string, allowed: readonly string[]): string =>
  `unknown ${what} "${name}". Allowed: ${allowed.join(', ') || 'none'}`
