// The daily mail of one person: what is late, what is theirs, what was passed up to them, what reached
// nobody nearer. Worst first, at most fifty lines and below the size at which mailboxes clip a mail.

import type { DailyView, Letter, Line } from '../core/message.ts'
import { oneLine } from './clean.ts'
import { blockHtml, blockText } from './digest-layout.ts'
import {
  buttonsOf, entryOf, headOf, html, type Html, linkOf, nameOf, noteOf, nothing, pageOf, paragraphOf, rowsOf, softOf, tagOf, textOf, titleOf,
} from './layout.ts'
import {
  certificateOf, colourOf, factsOf, holderOf, movesOf, notesOf, sayingOf, standingOf, type Wording,
} from './line.ts'
import { newsHtml, newsSubject, newsText } from './news.ts'
import { ownBlocks } from './own-digest.ts'
import { wordsIn } from './words.ts'

const mostLines = 50
// Mailboxes clip at about 102 KB; this leaves room for what stands around the lines.
const mostBytes = 84_000

type GroupName = 'late' | Line['purpose']
const groupNames: readonly GroupName[] = ['late', 'reminder', 'escalation', 'fallback']

interface Entry { readonly line: Line; readonly group: GroupName; readonly html: Html }

/** Composes a person's mail of a day; a view with neither lines nor news is not a mail and throws. */
export function composeDaily(view: DailyView): Letter {
  const wording: Wording = { words: wordsIn(view.language), language: view.language, day: view.day }
  const entries = fitting(view.lines, wording, view.url)
  const rest = view.lines.length - entries.length
  const { headline, subject } = titlesOf(view, wording)
  return {
    subject,
    text: textBody(view, entries, rest, wording),
    html: pageOf({
      lang: wording.words.tag, title: headline, preview: previewOf(view, wording),
      body: htmlBody(view, entries, rest, { wording, headline }), footer: footerOf(view, wording),
    }),
  }
}

function titlesOf({ lines, news }: DailyView, wording: Wording): { readonly headline: string; readonly subject: string } {
  const [first] = lines
  if (first) {
    const { short } = sayingOf(first, wording)
    return {
      headline: oneLine(`${certificateOf(first, wording)}${wording.words.colon}${short}`, 180),
      subject: oneLine(wording.words.daily.subject(certificateOf(first, wording), short, lines.length - 1), 200),
    }
  }
  if (!news[0]) throw new RangeError('a daily mail needs a line or news')
  const subject = oneLine(newsSubject(news[0], wording), 180)
  return { headline: subject, subject }
}

const groupOf = (line: Line): GroupName => (line.late ? 'late' : line.purpose)

// Grouped before cutting, so that the lines left out are the last a reader would come to.
function fitting(lines: readonly Line[], wording: Wording, url: string): Entry[] {
  const ordered = groupNames.flatMap((group) => lines.filter((line) => groupOf(line) === group))
  const entries: Entry[] = []
  let bytes = 0
  for (const line of ordered.slice(0, mostLines)) {
    const entry = { line, group: groupOf(line), html: lineHtml(line, wording, url) }
    bytes += Buffer.byteLength(entry.html.toString())
    if (bytes > mostBytes) break
    entries.push(entry)
  }
  return entries
}

const hrefOf = (line: Line, url: string): string => `${url}/certifications/${line.certification.id}`

function lineHtml(line: Line, wording: Wording, url: string): Html {
  const { words } = wording
  const standing = standingOf(line, wording.day)
  const moves = movesOf(line, wording)
  const holder = holderOf(line, wording)
  return entryOf(
    nameOf(hrefOf(line, url), certificateOf(line, wording)),
    tagOf(colourOf(standing), words.stances[standing.stance].tag(standing.days)),
    html`${paragraphOf(sayingOf(line, wording).long)}${holder === '' ? nothing : softOf(holder)}${notesOf(line, wording).map(softOf)}${rowsOf([
      ...(moves.length > 0 ? [{ label: words.daily.labels.next, value: moves.map((move, n) => html`${n > 0 ? html`<br>` : nothing}${move}`) }] : []),
      ...factsOf(line, wording),
    ])}${buttonsOf(answersOf(line, wording).map(({ label, href }) => ({ text: label, href })))}`,
  )
}

const answersOf = (line: Line, { words }: Wording) => (line.links ?? []).map(({ action, href }) => ({ label: words.daily.actions[action], href }))

function htmlBody(
  view: DailyView, entries: readonly Entry[], rest: number, { wording, headline }: { wording: Wording; headline: string },
): Html {
  const { daily, number } = wording.words
  return html`${titleOf(headline)}
${view.rehearsal ? noteOf('grey', daily.rehearsal) : nothing}
${paragraphOf(html`${daily.greeting(oneLine(view.to.name, 80))}${view.lines.length > 0 ? html`<br>${leadOf(view, wording)}` : nothing}`)}
${groupsOf(entries).map(({ name, entries: shown }) => html`${view.lines.length > 1 ? headOf(daily.groups[name].head, number(shown.length)) : nothing}
${isTold(view, name) ? softOf(daily.groups[name].lead) : nothing}
${shown.map((entry) => html`${entry.html}
`)}`)}
${rest > 0 ? paragraphOf(linkOf(`${view.url}/`, daily.moreLines(rest))) : nothing}
${newsHtml(view.news, wording, view.url)}
${view.ahead ? ownBlocks(view.ahead).map((block) => blockHtml(block, view.url, wording.words.digest.open)) : nothing}
<p style="margin:22px 0 0">${linkOf(view.lines.length === 1 ? hrefOf(view.lines[0]!, view.url) : `${view.url}/`, daily.open)}</p>`
}

const groupsOf = (entries: readonly Entry[]) => groupNames
  .map((name) => ({ name, entries: entries.filter((entry) => entry.group === name) }))
  .filter((group) => group.entries.length > 0)

// A single duty of one's own needs no head, nor to be told that it is one's own.
const isTold = (view: DailyView, name: GroupName): boolean => view.lines.length > 1 || name === 'escalation' || name === 'fallback'

const leadOf = (view: DailyView, { words }: Wording): string =>
  words.daily.lead(view.lines.length, view.lines.filter((line) => line.late).length)

const previewOf = (view: DailyView, wording: Wording): string => {
  if (view.lines.length === 0) return wording.words.news[view.news[0]!.kind].lead
  const next = view.lines[1]
  return oneLine(next ? `${certificateOf(next, wording)}${wording.words.colon}${sayingOf(next, wording).short}` : leadOf(view, wording), 140)
}

const footerOf = (view: DailyView, { words }: Wording): Html =>
  html`${words.daily.footer}<br>${linkOf(`${view.url}/`, words.daily.links.home)} · ${linkOf(`${view.url}/mail`, words.daily.links.mail)}`

function textBody(view: DailyView, entries: readonly Entry[], rest: number, wording: Wording): string {
  const { words } = wording
  return textOf([
    view.rehearsal ? [words.daily.rehearsal] : [],
    [words.daily.greeting(oneLine(view.to.name, 80)), ...view.lines.length > 0 ? [leadOf(view, wording)] : []],
    ...groupsOf(entries).flatMap(({ name, entries: shown }) => [
      view.lines.length > 1
        ? [`${words.daily.groups[name].head} (${words.number(shown.length)})`, words.daily.groups[name].lead]
        : isTold(view, name) ? [words.daily.groups[name].lead] : [],
      ...shown.map(({ line }) => lineText(line, wording, view.url)),
    ]),
    rest > 0 ? [words.daily.moreLines(rest), `${view.url}/`] : [],
    ...newsText(view.news, wording, view.url),
    ...view.ahead ? ownBlocks(view.ahead).map((block) => blockText(block, view.url, words.colon)) : [],
    ['-- ', words.daily.footer, `${words.daily.links.home}${words.colon}${view.url}/`, `${words.daily.links.mail}${words.colon}${view.url}/mail`],
  ])
}

function lineText(line: Line, wording: Wording, url: string): string[] {
  const { colon, daily } = wording.words
  return [
    `* ${certificateOf(line, wording)}`,
    ...[
      sayingOf(line, wording).long,
      holderOf(line, wording),
      ...notesOf(line, wording),
      ...movesOf(line, wording).map((move) => `${daily.labels.next}${colon}${move}`),
      ...factsOf(line, wording).map((fact) => `${fact.label}${colon}${fact.value}`),
      hrefOf(line, url),
      ...answersOf(line, wording).map(({ label, href }) => `${label}${colon}${href}`),
    ].filter((one) => one !== '').map((one) => `  ${one}`),
  ]
}
