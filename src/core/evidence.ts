// Proof, a link or a file: of what it may be, how large, how it is named, and why it is refused. What a file
// is made of is told by its content (formats/file-kind.ts), never by its name.

import type { Instant } from './day.ts'
import type { Refused } from './scheme.ts'

/** What evidence proves. */
export const targetKinds = ['requirement', 'obligation', 'step', 'finding'] as const
export type TargetKind = (typeof targetKinds)[number]

export interface Target {
  readonly kind: TargetKind
  readonly id: number
}

export interface KeptFile {
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** The media type told by the content. */
  readonly type: string
  /** 64 hexadecimal digits. */
  readonly sha256: string
}

interface Added {
  readonly id: number
  readonly title: string | undefined
  readonly addedAt: Instant
}

export interface LinkEvidence extends Added { readonly link: string; readonly file?: undefined }
export interface FileEvidence extends Added { readonly link?: undefined; readonly file: KeptFile }
export type Evidence = LinkEvidence | FileEvidence

/** A link to be added. */
export type NewEvidence = Pick<LinkEvidence, 'link' | 'title'>

export const isLinkEvidence = (one: Evidence): one is LinkEvidence => one.link !== undefined

/** The largest file that is kept, in bytes. */
export const mostBytes = 25 * 1024 * 1024

/** The most of a file that one row holds and one statement carries, in bytes. */
export const partBytes = 256 * 1024

/** Returns a link as it is kept, or why it cannot be: what is shown as a link must lead to a page and nowhere else. */
export function decideLink(text: string): { readonly ok: true; readonly link: string } | Refused {
  const link = text.trim().replace(/^https?:/i, (scheme) => scheme.toLowerCase())
  const refuse = (why: string): Refused => ({ ok: false, refusal: `"${link.slice(0, 100)}" cannot be kept as evidence: ${why}.` })
  if (!isWebLink(link)) return refuse('a link begins with https:// or http:// and names a host')
  if (link.length > 2000) return refuse(`it has ${link.length} characters, at most 2000 are kept`)
  if (/[\s\p{Cc}\p{Cf}]/u.test(link)) return refuse('a link has no spaces and no invisible characters; write %20 for a space')
  const { username, password } = new URL(link)
  return username || password ? refuse('it carries a name or a password; take them out') : { ok: true, link }
}

export const isWebLink = (link: string): boolean => /^https?:\/\//.test(link) && URL.canParse(link)

/** Returns the name a file is kept under, or why the file is not kept; `size` is in bytes. */
export function decideFile({ name, size }: { readonly name: string; readonly size: number }): { readonly ok: true; readonly name: string } | Refused {
  const clean = cleanFileName(name)
  if (size === 0) return { ok: false, refusal: `${clean} is empty: it proves nothing. Check that it was saved.` }
  if (size <= mostBytes) return { ok: true, name: clean }
  return {
    ok: false, refusal: `${clean} has ${formatSize(size)}; a file of evidence has at most ${formatSize(mostBytes)}. `
      + 'Divide it, or put it where you keep large files and add the link.',
  }
}

export const longestTitle = 200
const longestReason = 2000

/** Returns a title, or a reason to withdraw, without what surrounds it; undefined where nothing is left. */
export function decideRemark(what: 'title' | 'reason', text: string | undefined): { readonly ok: true; readonly text: string | undefined } | Refused {
  const trimmed = text?.trim() || undefined
  const most = what === 'title' ? longestTitle : longestReason
  if (trimmed === undefined || trimmed.length <= most) return { ok: true, text: trimmed }
  return { ok: false, refusal: `A ${what} may have ${most} characters; this one has ${trimmed.length}.` }
}

const longestName = 150

// Names that open a device instead of a file on Windows, whatever follows the first dot.
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/**
 * Returns a name that every system can keep and that says what it is: without folders, without letters that
 * are not seen or turn others around (a name must not look like `report.pdf` and be `reportfdp.exe`), without
 * a leading dot that hides it.
 */
export function cleanFileName(name: string): string {
  const base = name.normalize('NFC').split(/[\\/]/).at(-1) ?? ''
  const plain = base.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '').replace(/[<>:"|?*]/g, '_').replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '').replace(deviceName, '_$1')
  return shortened(plain) || 'file'
}

// The ending stays: it is how a system finds the program to open it with.
function shortened(name: string): string {
  const letters = Array.from(name)
  if (letters.length <= longestName) return name
  const ending = Array.from(/\.[^. ]{1,10}$/.exec(name)?.[0] ?? '')
  return [...letters.slice(0, longestName - ending.length), ...ending].join('')
}

/** Writes a number of bytes as people read it: `812 B`, `14 KB`, `2.5 MB`; a MB has 1024 KB. */
export function formatSize(size: number): string {
  if (size < 1024) return `${size} B`
  if (size < 1024 * 1024) return `${Math.round(size / 1024)} KB`
  const tenths = Math.ceil((size * 10) / (1024 * 1024))
  return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} MB`
}
