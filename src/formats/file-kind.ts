// What a file is made of, told by its content: `file-type` knows the formats that begin with a mark of their
// own, text is told here. A name only says which text it is (CSV and Markdown look like any other), and
// what it claims otherwise is reported.

import { fileTypeFromBlob } from 'file-type'

export interface FileKind {
  /** A media type, without parameters. */
  readonly type: string
  /** What the ending of the name says where the content is something else. */
  readonly claimed: string | undefined
}

export const unknownType = 'application/octet-stream'

/** Tells what a file is made of; `isText` is the verdict of `openTextScan` on all of it. */
export async function kindOfFile(content: Blob, { name, isText }: { readonly name: string; readonly isText: boolean }): Promise<FileKind> {
  const claims = claimsOf(name)
  const marked = await markedType(content)
  const type = isText ? textType(await beginningOf(content), marked, claims) : binaryType(marked, claims)
  return { type, claimed: claims.length === 0 || claims.includes(type) ? undefined : claims[0] }
}

async function markedType(content: Blob): Promise<string | undefined> {
  try {
    return (await fileTypeFromBlob(content))?.mime.split(';')[0]
  } catch {
    // A mark with nonsense behind it: that is no format, and no reason to refuse proof.
    return undefined
  }
}

const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const sheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const slides = 'application/vnd.openxmlformats-officedocument.presentationml.presentation'
const [zip, compound] = ['application/zip', 'application/x-cfb']

/** What an ending promises; after the first, what the same programs also write under it (an encrypted document is a compound file). */
const endings: Readonly<Record<string, readonly string[]>> = {
  pdf: ['application/pdf'], docx: [word, zip, compound], xlsx: [sheet, zip, compound], pptx: [slides, zip, compound],
  doc: ['application/msword', 'application/rtf', word], xls: ['application/vnd.ms-excel'], ppt: ['application/vnd.ms-powerpoint'], msg: ['application/vnd.ms-outlook'],
  odt: ['application/vnd.oasis.opendocument.text', zip], ods: ['application/vnd.oasis.opendocument.spreadsheet', zip],
  odp: ['application/vnd.oasis.opendocument.presentation', zip], rtf: ['application/rtf'], zip: [zip], '7z': ['application/x-7z-compressed'],
  rar: ['application/x-rar-compressed'], png: ['image/png', 'image/apng'], jpg: ['image/jpeg'], jpeg: ['image/jpeg'], gif: ['image/gif'],
  webp: ['image/webp'], bmp: ['image/bmp'], tif: ['image/tiff'], tiff: ['image/tiff'], heic: ['image/heic', 'image/heif'],
  mp4: ['video/mp4'], exe: ['application/x-msdownload'], txt: ['text/plain'], log: ['text/plain'], csv: ['text/csv'],
  tsv: ['text/tab-separated-values'], md: ['text/markdown'], json: ['application/json'], yaml: ['application/yaml'], yml: ['application/yaml'],
  html: ['text/html'], htm: ['text/html'], svg: ['image/svg+xml'], xml: ['application/xml', 'image/svg+xml'], eml: ['message/rfc822'],
  ics: ['text/calendar'], vcf: ['text/vcard'],
}

const claimsOf = (name: string): readonly string[] => {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(endings, ending) ? endings[ending]! : []
}

// Documents of the older office programs share one container: which of them it is, only the name tells.
const inCompound: ReadonlySet<string> = new Set(['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint', 'application/vnd.ms-outlook'])

function binaryType(marked: string | undefined, [claim]: readonly string[]): string {
  if (marked === compound && claim !== undefined && inCompound.has(claim)) return claim
  return marked ?? unknownType
}

// A text may begin with two letters that are the mark of something else ("BM" of a bitmap): only marks that texts have count.
const textMarks: ReadonlySet<string> = new Set([
  'application/pdf', 'application/rtf', 'application/postscript', 'application/pgp-encrypted', 'text/calendar', 'text/vcard', 'text/vtt', 'application/x-subrip',
])

// Texts that no beginning tells apart.
const byName: ReadonlySet<string> = new Set(['text/csv', 'text/tab-separated-values', 'text/markdown', 'application/json', 'application/yaml', 'text/html'])

function textType(beginning: string, marked: string | undefined, [claim]: readonly string[]): string {
  if (marked !== undefined && textMarks.has(marked)) return marked
  const told = markupType(beginning) ?? (isMail(beginning) ? 'message/rfc822' : undefined)
  if (told !== undefined) return told
  return claim !== undefined && byName.has(claim) ? claim : 'text/plain'
}

function markupType(text: string): string | undefined {
  const isXml = text.startsWith('<?xml')
  // What may stand before the first element: a declaration, comments, a document type.
  const rest = text.replace(/^(?:\s+|<\?[^>]*>|<!--[\s\S]*?-->|<!doctype(?! html)[^>]*>)+/i, '')
  const [, first] = /^<(!doctype html|[a-z][\w:-]*)/i.exec(rest) ?? []
  const element = first?.toLowerCase().replace(/^.*:/, '')
  if (element === 'svg') return 'image/svg+xml'
  if (element !== undefined && ['!doctype html', 'html', 'head', 'body', 'script', 'iframe'].includes(element)) return 'text/html'
  return isXml ? 'application/xml' : undefined
}

// The lines before the first empty one are the head of a mail where each is a field or goes on with one.
function isMail(text: string): boolean {
  const head = text.split(/\r?\n\r?\n/, 1)[0]!.split(/\r?\n/)
  const fields = new Set(head.flatMap((line) => /^([!-9;-~]{1,80}):/.exec(line)?.[1]?.toLowerCase() ?? []))
  const isHead = head.every((line, n) => /^[!-9;-~]{1,80}:/.test(line) || (n > 0 && /^[ \t]/.test(line)))
  return isHead && fields.has('from') && ['date', 'message-id', 'received', 'mime-version', 'to', 'subject'].some((name) => fields.has(name))
}

const beginning = 64 * 1024

async function beginningOf(content: Blob): Promise<string> {
  const bytes = await content.slice(0, beginning).arrayBuffer()
  return new TextDecoder('utf-8').decode(bytes).trimStart()
}

export interface TextScan {
  /** Looks at the next part; the parts come in their order. */
  readonly add: (part: Uint8Array) => void
  /** Says whether all of it is text: UTF-8 or GB 18030, and no control characters but those that lay out lines. */
  readonly isText: () => boolean
}

/** Tells text from other content part by part, so that nothing holds a whole file. */
export function openTextScan(): TextScan {
  let possible = (['utf-8', 'gb18030'] as const).map((encoding) => new TextDecoder(encoding, { fatal: true }))
  const keep = (fits: (decoder: TextDecoder) => unknown): void => {
    possible = possible.filter((decoder) => {
      try {
        fits(decoder)
        return true
      } catch {
        return false
      }
    })
  }
  return {
    add(part) {
      if (possible.length === 0) return
      if (hasControls(part)) possible = []
      keep((decoder) => decoder.decode(part, { stream: true }))
    },
    isText() {
      keep((decoder) => decoder.decode())
      return possible.length > 0
    },
  }
}

// In both encodings every byte below a space is a character of its own. Allowed: tab, line feed, form feed, carriage return.
const allowed = new Set([0x09, 0x0a, 0x0c, 0x0d])
const hasControls = (part: Uint8Array): boolean => part.some((byte) => (byte < 0x20 && !allowed.has(byte)) || byte === 0x7f)
