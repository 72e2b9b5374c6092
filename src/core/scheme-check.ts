// What one part of a scheme says about another: an anchor, option, rule or step that is named must be
// there, once, and steps must not wait for each other in a circle. Every fault is found, not the first.

import { parentExpiry, recordNames, references } from './scheme-shape.ts'
import { type Point, pointsOf, type Recurrence, type SchemeText, statedEnd, type Template } from './scheme.ts'

type Rule = SchemeText['rules'][number]

/** A fault and its place: keys and positions from the top of the file. */
export interface SchemeFault {
  readonly path: readonly (string | number)[]
  readonly reason: string
}

/** The ids that the engine gives to the duties it adds itself. */
export const reservedRuleIds = ['restoration', 'suspension-end'] as const

/** Returns everything that does not fit together; nothing where the scheme can be used. */
export function checkScheme(scheme: SchemeText): readonly SchemeFault[] {
  return [
    ...anchorFaults(scheme), ...optionFaults(scheme), ...sharedNames(scheme), ...validityFaults(scheme), ...restFaults(scheme),
    ...duplicates(scheme.ruleSets.map((set) => set.id), (n) => ['ruleSets', n, 'id']),
    ...duplicates(scheme.rules.map((rule) => rule.id), (n) => ['rules', n, 'id']),
    ...stateRuleFaults(scheme),
    ...scheme.rules.flatMap((rule, n) => ruleFaults(scheme, rule, ['rules', n])),
    ...findingFaults(scheme),
    ...duplicates(scheme.templates.map((template) => template.id), (n) => ['templates', n, 'id']),
    ...scheme.templates.flatMap((template, n) => templateFaults(scheme, template, ['templates', n])),
  ]
}

type Path = SchemeFault['path']

// The id of a duty is its identity: one that a state begins must not be taken for another.
function stateRuleFaults(scheme: SchemeText): SchemeFault[] {
  const named = (['whileSuspended', 'whileExpired'] as const).flatMap((group) => scheme[group].map((rule, n) => ({ id: rule.id, path: [group, n, 'id'] })))
  const taken = [...scheme.rules.map((rule) => rule.id), ...reservedRuleIds]
  return named.flatMap(({ id, path }, n) => (taken.includes(id) || named.findIndex((one) => one.id === id) < n ? [{ path, reason: `"${id}" is used twice` }] : []))
}

function anchorFaults(scheme: SchemeText): SchemeFault[] {
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

const taken: ReadonlySet<string> = new Set(recordNames)

function sharedNames(scheme: SchemeText): SchemeFault[] {
  const named = (['options', 'anchors'] as const).flatMap((group) => Object.keys(scheme[group]).map((name) => ({ group, name })))
  return named.flatMap(({ group, name }): SchemeFault[] => {
    if (taken.has(name)) return [{ path: [group, name], reason: `"${name}" is taken: every record has a field of that name` }]
    const twice = group === 'anchors' && Object.hasOwn(scheme.options, name)
    return twice ? [{ path: [group, name], reason: `"${name}" is the name of an option already` }] : []
  })
}

function optionFaults(scheme: SchemeText): SchemeFault[] {
  return Object.entries(scheme.options).flatMap(([name, option]) => {
    const values = Object.keys(option.values)
    const idle = whenFaults(scheme, option.when, ['options', name])
    if (option.default === undefined || values.includes(option.default)) return idle
    return [...idle, { path: ['options', name, 'default'], reason: unknown('value', option.default, values) }]
  })
}

function validityFaults(scheme: SchemeText): SchemeFault[] {
  return scheme.validity.flatMap((rule, n) => [
    ...unknownAnchor(scheme, rule.from, ['validity', n, 'from']), ...whenFaults(scheme, rule.when, ['validity', n]),
  ])
}

function restFaults(scheme: SchemeText): SchemeFault[] {
  const own = scheme.restsOn?.schemes.includes(scheme.id) ? [{ path: ['restsOn', 'schemes'], reason: 'a scheme does not rest on itself' }] : []
  const idle = scheme.restsOn !== undefined || !Object.hasOwn(scheme.anchors, parentExpiry) ? []
    : [{ path: ['anchors', parentExpiry], reason: 'needs restsOn: it says when the certification this one rests on ends' }]
  const pending = scheme.pending === undefined ? [] : unknownAnchor(scheme, scheme.pending.anchor, ['pending', 'anchor'])
  const areas = scheme.requirements?.areas ?? []
  const places = areas.flatMap((area, a) => area.items.map((item, n) => ({ code: item.code, path: ['requirements', 'areas', a, 'items', n, 'code'] })))
  return [
    ...own, ...idle, ...pending, ...whenFaults(scheme, scheme.restsOn?.when, ['restsOn']), ...duplicates(areas.map((area) => area.id), (n) => ['requirements', 'areas', n, 'id']),
    ...duplicates(places.map((one) => one.code), (n) => places[n]!.path),
  ]
}

function ruleFaults(scheme: SchemeText, rule: Rule, path: Path): SchemeFault[] {
  const reserved = reservedRuleIds.some((id) => id === rule.id)
    ? [{ path: [...path, 'id'], reason: `"${rule.id}" is taken: the engine derives it from the state of a certification` }]
    : []
  const costless = rule.owedBy === 'organisation' && rule.costs === undefined
    ? [{ path: [...path, 'costs'], reason: 'is missing: say what missing the duty costs, in en and zh; overdue mails say it' }] : []
  return [
    ...reserved, ...costless,
    ...(rule.unless === undefined ? [] : unknownAnchor(scheme, rule.unless, [...path, 'unless'])),
    ...(rule.sets === undefined ? [] : unknownAnchor(scheme, rule.sets, [...path, 'sets'])),
    ...whenFaults(scheme, rule.when, path), ...eachFaults(scheme, rule, path),
    ...pointsOf(rule.due).flatMap((point, n) => pointFaults(scheme, point, [...path, 'due', ...Array.isArray(rule.due) ? [n] : []], ahead(rule))),
    ...(rule.recurs ? recurrenceFaults(scheme, rule.recurs, [...path, 'recurs']) : []),
    ...(rule.opens ? pointFaults(scheme, rule.opens, [...path, 'opens'], ['due', ...ahead(rule)]) : []),
    ...(rule.latest ? pointFaults(scheme, rule.latest, [...path, 'latest'], ['due', ...ahead(rule)]) : []),
  ]
}

/** What only makes sense within a rule: its own last day, and the duty it stands ahead of. */
const ahead = (rule: Rule): readonly Inner[] => (rule.each === undefined ? [] : ['each', 'booked'])
type Inner = 'due' | 'each' | 'booked'
const inner: readonly string[] = ['due', 'each', 'booked'] satisfies Inner[]

function eachFaults(scheme: SchemeText, rule: Rule, path: Path): SchemeFault[] {
  if (rule.each === undefined) return []
  const sources = typeof rule.each === 'string' ? [rule.each] : rule.each
  const ids = scheme.rules.filter((one) => one.each === undefined).map((one) => one.id)
  const misused = rule.recurs === undefined ? [] : [{ path: [...path, 'recurs'], reason: 'does not go with each: the rule comes again as often as the one it stands ahead of' }]
  return [...misused, ...sources.flatMap((id, n) => (ids.includes(id) ? []
    : [{ path: [...path, 'each', ...typeof rule.each === 'string' ? [] : [n]], reason: unknown('rule', id, ids) }]))]
}

function findingFaults({ findings }: SchemeText): SchemeFault[] {
  if (!findings) return []
  const ids = findings.grades.map((grade) => grade.id)
  return [
    ...duplicates(ids, (n) => ['findings', 'grades', n, 'id']),
    ...findings.grades.flatMap((grade, n) => gradeFaults(grade, ['findings', 'grades', n])),
    ...duplicates(findings.bodies.map((body) => body.named), (n) => ['findings', 'bodies', n, 'named']),
    ...findings.bodies.flatMap((body, n) => Object.keys(body.grades).filter((id) => !ids.includes(id))
      .map((id) => ({ path: ['findings', 'bodies', n, 'grades', id], reason: unknown('grade', id, ids) }))),
  ]
}

type Grade = NonNullable<SchemeText['findings']>['grades'][number]

// What owes nothing has no days, and what is lost by it being late must be said in the mail about it.
function gradeFaults(grade: Grade, path: Path): SchemeFault[] {
  const asked = (['answer', 'proof', 'verified'] as const).filter((one) => grade[one] !== undefined || grade.initial?.[one] !== undefined)
  const idle = grade.closes === 'nothing' ? [...asked, ...grade.blocks ? ['blocks' as const] : []] : []
  const costless = grade.tier === 'A' && asked.length > 0 && grade.costs === undefined
  return [
    ...idle.map((key) => ({ path: [...path, key], reason: 'does not go with closes: nothing, which owes nothing' })),
    ...costless ? [{ path: [...path, 'costs'], reason: 'is missing: say what leaving it open costs, in en and zh; overdue mails say it' }] : [],
  ]
}

function whenFaults(scheme: SchemeText, when: Rule['when'], path: Path): SchemeFault[] {
  return Object.entries(when ?? {}).flatMap(([name, wanted]) => {
    const option = scheme.options[name]
    if (!option) return [{ path: [...path, 'when', name], reason: unknown('option', name, Object.keys(scheme.options)) }]
    return wanted.flatMap((value, n) => Object.hasOwn(option.values, value) ? []
      : [{ path: [...path, 'when', name, n], reason: unknown('value', value, Object.keys(option.values)) }])
  })
}

function pointFaults(scheme: SchemeText, point: Point, path: Path, mayUse: readonly Inner[]): SchemeFault[] {
  if (typeof point.from === 'string') return unknownReference(scheme, point.from, [...path, 'from'], mayUse)
  return Object.entries(point.from).flatMap(([which, names]) =>
    names.flatMap((name, n) => unknownReference(scheme, name, [...path, 'from', which, n], mayUse)))
}

function recurrenceFaults(scheme: SchemeText, recurs: Recurrence, path: Path): SchemeFault[] {
  const faults = unknownReference(scheme, recurs.from, [...path, 'from'], [])
  const misuse = (key: string, reason: string) => [{ path: [...path, key], reason }]
  const after = recurs.after !== undefined && !scheme.rules.some((rule) => rule.id === recurs.after)
    ? misuse('after', unknown('rule', recurs.after, scheme.rules.map((rule) => rule.id))) : []
  if (recurs.every === 'calendar-year') {
    return [
      ...faults, ...after, ...recurs.numbered === undefined ? [] : misuse('numbered', 'goes with a length of time: calendar years are numbered so already'), ...recurs.sinceLast ? misuse('sinceLast', 'goes with a length of time such as P12M only') : [],
      ...recurs.except === 'end' ? misuse('except', 'must be end-year where the calendar year recurs') : [],
    ]
  }
  const misused = [
    ...recurs.after !== undefined && !recurs.sinceLast ? misuse('after', 'goes with sinceLast: true only') : [],
    ...after,
    ...recurs.times > 1 ? misuse('times', 'goes with every: calendar-year only') : [],
  ]
  const zero = recurs.first > 0 ? [] : [{ path: [...path, 'first'], reason: 'must be 1 or more where a length of time recurs' }]
  return [...faults, ...misused, ...zero]
}

function unknownReference(scheme: SchemeText, name: string, path: Path, mayUse: readonly Inner[]): SchemeFault[] {
  const engine = Object.keys(references).filter((one) => !inner.includes(one) || mayUse.some((allowed) => allowed === one))
  if (engine.includes(name)) return []
  return Object.hasOwn(scheme.anchors, name) ? []
    : [{ path, reason: unknown('anchor', name, [...Object.keys(scheme.anchors), ...engine]) }]
}

function unknownAnchor(scheme: SchemeText, name: string, path: Path): SchemeFault[] {
  const names = Object.keys(scheme.anchors)
  return names.includes(name) ? [] : [{ path, reason: unknown('anchor', name, names) }]
}

function templateFaults(scheme: SchemeText, template: Template, path: Path): SchemeFault[] {
  const steps = template.stages.flatMap((stage, s) => stage.steps.map((step, n) => ({ step, path: [...path, 'stages', s, 'steps', n] })))
  const codes = steps.map(({ step }) => step.code)
  const stages = template.stages.map((stage) => stage.code)
  const rules = servedRules(scheme)
  const among = (what: string, name: string, allowed: readonly string[], place: Path): SchemeFault[] =>
    (allowed.includes(name) ? [] : [{ path: place, reason: unknown(what, name, allowed) }])
  return [
    ...duplicates(stages, (n) => [...path, 'stages', n, 'code']),
    ...duplicates(codes, (n) => [...steps[n]!.path, 'code']),
    ...template.serves.flatMap((rule, n) => among('rule', rule, rules, [...path, 'serves', n])),
    ...whenFaults(scheme, template.when, path),
    ...among('step', template.target, codes, [...path, 'target']),
    ...(template.audit === undefined ? [] : among('step', template.audit, codes, [...path, 'audit'])),
    ...(template.opens === undefined ? [] : among('step', template.opens, codes, [...path, 'opens'])),
    ...template.stages.flatMap((stage, s) => stage.after.flatMap((one, n) => among('stage', one, stages.filter((other) => other !== stage.code), [...path, 'stages', s, 'after', n]))),
    ...steps.flatMap(({ step, path: place }) => [
      ...step.after.flatMap((one, n) => among('step', one.step, codes, [...place, 'after', n])),
      ...(step.limit === undefined ? [] : among('step', step.limit.from, codes.filter((other) => other !== step.code), [...place, 'limit', 'from'])),
    ]),
    ...circle(template, path),
  ]
}

// One template serves every version of the rules: what a rule set brings can be served as well, and what one
// takes away is still known to the others.
function servedRules(scheme: SchemeText): readonly string[] {
  const own = scheme.rules.flatMap((rule) => (Array.isArray(rule.each) ? rule.each.map((one) => `${rule.id}-for-${one}`) : [rule.id]))
  const brought = scheme.ruleSets.flatMap((set) => (Array.isArray(set.changes.rules) ? set.changes.rules : [])).flatMap(newRuleId)
  return [...new Set([...own, ...brought])]
}

// A change of a rule that is there says its id alone; a rule of the set's own says its kind.
const newRuleId = (rule: unknown): string[] =>
  (typeof rule === 'object' && rule !== null && 'kind' in rule && 'id' in rule && typeof rule.id === 'string' ? [rule.id] : [])

// Takes away every step whose predecessors are gone, again and again: what is left waits in a circle.
function circle(template: Template, path: Path): SchemeFault[] {
  const codesIn = (stage: string): string[] => template.stages.filter((one) => one.code === stage).flatMap((one) => one.steps.map((step) => step.code))
  const codes = new Set(template.stages.flatMap((stage) => stage.steps.map((step) => step.code)))
  const waiting = new Map(template.stages.flatMap((stage) => stage.steps.map((step): [string, string[]] =>
    [step.code, [...step.after.map((one) => one.step).filter((one) => codes.has(one)), ...stage.after.flatMap(codesIn)]])))
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
