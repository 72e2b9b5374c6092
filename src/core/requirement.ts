// Items of a scheme's checklist (the 16 metrics of Trusted Cloud, the 200 and more of Gold O&M): their
// states, how far a list has come, what a person may change, and which items a scheme brings. What a
// file changes is in requirement-import.ts.

import type { Words } from './certification.ts'
import { decideLink, type Evidence, isLinkEvidence, type LinkEvidence, longestTitle, type NewEvidence } from './evidence.ts'
import type { Refused, Scheme } from './scheme.ts'

export const requirementStates = ['open', 'in-progress', 'met', 'not-applicable'] as const
export type RequirementState = (typeof requirementStates)[number]

/** The states in the words of both languages, as files and screens have them. */
export const requirementWords: Readonly<Record<RequirementState, Words>> = {
  open: { en: 'open', zh: '未开始' },
  'in-progress': { en: 'in progress', zh: '进行中' },
  met: { en: 'met', zh: '已满足' },
  'not-applicable': { en: 'not applicable', zh: '不适用' },
}

export type Checklist = NonNullable<Scheme['requirements']>
export type Area = Checklist['areas'][number]

/** The most items one certification may have. */
export const mostItems = 5_000

export interface Requirement {
  readonly id: number
  readonly certificationId: number
  /** The id of its area in the scheme. */
  readonly area: string
  readonly code: string
  /** Its place in the list. */
  readonly ordinal: number
  readonly title: Words
  readonly state: RequirementState
  readonly ownerId: number | undefined
  /** Why it does not apply, or what else there is to say. */
  readonly reason: string | undefined
  readonly revision: number
}

/** An item with the evidence that has not been withdrawn. */
export type Proven<R = Requirement> = R & { readonly evidence: readonly Evidence[] }

export interface Progress {
  readonly all: number
  /** Met or not applicable: nothing is left to do. */
  readonly settled: number
  /** 100 only when everything is settled; 0 for an empty list. */
  readonly percent: number
  readonly counts: Readonly<Record<RequirementState, number>>
}

export function progressOfItems(items: readonly Pick<Requirement, 'state'>[]): Progress {
  const count = (state: RequirementState): number => items.filter((one) => one.state === state).length
  const counts = { open: count('open'), 'in-progress': count('in-progress'), met: count('met'), 'not-applicable': count('not-applicable') }
  const settled = counts.met + counts['not-applicable']
  return { all: items.length, settled, counts, percent: items.length === 0 ? 0 : Math.floor((100 * settled) / items.length) }
}

export interface AreaOf<R> {
  readonly id: string
  readonly title: Words
  /** True where the scheme lists nothing: its items come from a file. */
  readonly byImport: boolean
  readonly items: readonly R[]
  readonly progress: Progress
}

/** Divides items by the areas of the list, in its order; areas that it no longer has come last, by their id. */
export function divideByArea<R extends Requirement>(checklist: Checklist | undefined, items: readonly R[]): readonly AreaOf<R>[] {
  const known = (checklist?.areas ?? []).map(({ id, title, items: own }) => ({ id, title, byImport: own.length === 0 }))
  const gone = [...new Set(items.map((one) => one.area))].filter((id) => !known.some((area) => area.id === id))
  return [...known, ...gone.map((id) => ({ id, title: { en: id, zh: id }, byImport: false }))].map((area) => {
    const own = items.filter((one) => one.area === area.id).toSorted((a, b) => a.ordinal - b.ordinal || a.id - b.id)
    return { ...area, items: own, progress: progressOfItems(own) }
  })
}

/** An item as the scheme lists it. */
export type Listed = Pick<Requirement, 'area' | 'code' | 'ordinal' | 'title'>

export const listedItems = (checklist: Checklist): readonly Listed[] => checklist.areas
  .flatMap((area) => area.items.map(({ code, title }) => ({ area: area.id, code, title })))
  .map((item, n) => ({ ...item, ordinal: n + 1 }))

type Stored = Pick<Requirement, 'id'> & Listed

/**
 * Returns which items of the scheme are missing and which it has meanwhile put otherwise: place and title
 * are the scheme's, everything else is a person's. Items that it does not list stay as they are.
 */
export function decideSeed(
  checklist: Checklist, stored: readonly Stored[],
): { readonly missing: readonly Listed[]; readonly rewritten: readonly Stored[] } {
  const known = new Map(stored.map((one) => [one.code, one]))
  const listed = listedItems(checklist)
  return {
    missing: listed.filter((one) => !known.has(one.code)),
    rewritten: listed.flatMap((one) => {
      const found = known.get(one.code)
      return found && faceOf(found) !== faceOf(one) ? [{ ...one, id: found.id }] : []
    }),
  }
}

const faceOf = ({ area, ordinal, title }: Listed): string => JSON.stringify([area, ordinal, title.en, title.zh])

export interface RequirementChange {
  readonly state?: RequirementState | undefined
  /** Null gives it back to the owner of the certification. */
  readonly ownerId?: number | null | undefined
  /** Empty takes it away. */
  readonly reason?: string | undefined
  readonly add?: readonly NewEvidence[] | undefined
  /** Links that prove it no longer. */
  readonly withdraw?: readonly string[] | undefined
}

export interface RequirementValues {
  readonly state?: RequirementState
  readonly ownerId?: number | null
  readonly reason?: string | null
}

export interface Changed {
  /** What differs from what is kept; empty where nothing does. */
  readonly values: RequirementValues
  readonly added: readonly NewEvidence[]
  readonly withdrawn: readonly LinkEvidence[]
  /** Allowed, but said: an auditor will ask for it. */
  readonly lacksEvidence: boolean
}

export type ChangeDecided = ({ readonly ok: true } & Changed) | (Refused & { readonly field: 'reason' | 'evidence' })

/** Returns what a change alters of an item, or why it is refused; what is so already is not altered again. */
export function decideChange(item: Proven<Pick<Requirement, 'code' | 'state' | 'ownerId' | 'reason'>>, change: RequirementChange): ChangeDecided {
  const state = change.state ?? item.state
  const reason = reasonAfter(item, { ...change, state })
  if (state === 'not-applicable' && reason === undefined) return { ok: false, field: 'reason', refusal: `Say why ${item.code} is not applicable: it needs a reason.` }
  const [long] = tooLong('A reason', reason, longestReason)
  if (long !== undefined) return { ok: false, field: 'reason', refusal: long }
  const evidence = decideEvidence(item, change)
  if (!evidence.ok) return evidence
  const left = item.evidence.length + evidence.added.length - evidence.withdrawn.length
  return {
    ok: true, added: evidence.added, withdrawn: evidence.withdrawn, lacksEvidence: state === 'met' && left === 0,
    values: {
      ...(state === item.state ? {} : { state }),
      ...(change.ownerId === undefined || change.ownerId === (item.ownerId ?? null) ? {} : { ownerId: change.ownerId }),
      ...(reason === item.reason ? {} : { reason: reason ?? null }),
    },
  }
}

const longestReason = 2000

const tooLong = (what: string, text: string | undefined, most: number): string[] =>
  (text !== undefined && text.length > most ? [`${what} may have ${most} characters; this one has ${text.length}.`] : [])

// Why something did not apply is no longer true once it does; a remark made before is no reason why it does not.
function reasonAfter(
  item: Pick<Requirement, 'state' | 'reason'>, { state, reason }: { readonly state: RequirementState; readonly reason?: string | undefined },
): string | undefined {
  const isNews = (item.state === 'not-applicable') !== (state === 'not-applicable')
  return reason === undefined ? (isNews ? undefined : item.reason) : reason.trim() || undefined
}

type EvidenceDecided = { readonly ok: true; readonly added: readonly NewEvidence[]; readonly withdrawn: readonly LinkEvidence[] }

function decideEvidence(item: Proven<Pick<Requirement, 'code'>>, change: RequirementChange): EvidenceDecided | (Refused & { readonly field: 'evidence' }) {
  const refuse = (refusal: string) => ({ ok: false, field: 'evidence', refusal } as const)
  const known = new Map(item.evidence.filter(isLinkEvidence).map((one) => [one.link, one]))
  const links = (change.add ?? []).map((one) => ({ title: one.title?.trim() || undefined, decided: decideLink(one.link) }))
  const wrong = links.flatMap(({ title, decided }) => (decided.ok ? tooLong('The title of a link', title, longestTitle) : [decided.refusal]))
  if (wrong.length > 0) return refuse(wrong.join(' '))
  const unknown = (change.withdraw ?? []).filter((link) => !known.has(link.trim()))
  if (unknown.length > 0) {
    return refuse(`${item.code} has no evidence "${unknown.join('", "')}". It has: ${[...known.keys()].join(', ') || 'none'}.`)
  }
  const added = new Map(links.flatMap(({ title, decided }) =>
    (decided.ok && !known.has(decided.link) ? [[decided.link, { link: decided.link, title }] as const] : [])))
  return { ok: true, added: [...added.values()], withdrawn: [...known.values()].filter((one) => (change.withdraw ?? []).some((link) => link.trim() === one.link)) }
}
