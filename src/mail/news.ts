// What a daily mail tells besides its lines: a head, a sentence, and an entry a thing. Both parts are made from the
// same texts.

import type { NewsBlock, NewsItem } from '../core/news.ts'
import { oneLine } from './clean.ts'
import { headOf, html, type Html, linkOf, nothing, softOf } from './layout.ts'
import type { Wording } from './line.ts'
import type { NewsTold } from './words.ts'

/** Returns what stands in the subject of a mail that has nothing but news. */
export function newsSubject(block: NewsBlock, wording: Wording): string {
  return wording.words.news[block.kind].subject(block.count, toldOf(block.items[0], wording))
}

interface Written { readonly head: string; readonly lead: string; readonly entries: readonly { readonly text: string; readonly href: string | undefined }[]; readonly more: { readonly text: string; readonly href: string } | undefined }

function writtenOf(block: NewsBlock, wording: Wording, url: string): Written {
  const { words, day } = wording
  const kind = words.news[block.kind]
  const { closure } = block
  const rest = block.count - block.items.length
  return {
    head: closure ? kind.head(words.shortDay(closure.from, day), words.shortDay(closure.to, day)) : kind.head('', ''), lead: kind.lead,
    entries: block.items.map((item) => ({
      text: kind.entry(toldOf(item, wording)), href: item.href ?? (item.certificationId === undefined ? undefined : `${url}/certifications/${item.certificationId}`),
    })),
    more: block.href ? { text: words.newsAnswer(block.count), href: block.href } : rest > 0 ? { text: words.digest.more(rest), href: `${url}/` } : undefined,
  }
}

function toldOf(item: NewsItem | undefined, { words, language }: Wording): NewsTold {
  return {
    certificate: item?.scheme && item.name !== undefined ? `${oneLine(item.scheme[language], 80)} ${oneLine(item.name, 100)}` : '',
    title: item?.title && item.kind !== 'expiry' ? oneLine(item.title[language], 120) : '', expires: item?.kind === 'expiry', on: item?.on ? words.day(item.on) : '',
    person: item?.person ? oneLine(item.person, 80) : '', cause: item?.cause, remark: item?.remark ? oneLine(item.remark, 200) : '',
    action: item?.answer?.action, actionOn: item?.answer?.on ? words.day(item.answer.on) : '',
  }
}

export function newsHtml(blocks: readonly NewsBlock[], wording: Wording, url: string): Html {
  return html`${blocks.map((block) => {
    const { head, lead, entries, more } = writtenOf(block, wording, url)
    return html`${headOf(head, wording.words.number(block.count))}
${softOf(lead)}
${entries.map(({ text, href }) => html`<p style="margin:6px 0 0;font-size:14px">${href ? linkOf(href, text) : text}</p>`)}
${more ? html`<p style="margin:10px 0 0;font-size:14px">${linkOf(more.href, more.text)}</p>` : nothing}`
  })}`
}

export function newsText(blocks: readonly NewsBlock[], wording: Wording, url: string): string[][] {
  return blocks.map((block) => {
    const { head, lead, entries, more } = writtenOf(block, wording, url)
    return [
      `${head} (${wording.words.number(block.count)})`, lead,
      ...entries.flatMap(({ text, href }) => [`* ${text}`, ...href ? [`  ${href}`] : []]),
      ...more ? [`${more.text}${wording.words.colon}${more.href}`] : [],
    ]
  })
}
