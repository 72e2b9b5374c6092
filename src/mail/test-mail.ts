// The mail by which an administrator sees whether mail leaves: who sent it, when, and that nothing is asked of
// whoever gets it.

import type { Language } from '../core/certification.ts'
import type { Instant } from '../core/day.ts'
import type { Letter } from '../core/message.ts'
import { html, linkOf, pageOf, paragraphOf, softOf, textOf, titleOf } from './layout.ts'
import { wordsIn } from './words.ts'

/** Composes it; `url` is where the pages are, `at` when it was asked for, told in `zone`. */
export function composeTestMail({ language, url, at, zone }: { readonly language: Language; readonly url: string; readonly at: Instant; readonly zone: string }): Letter {
  const { tag, moment, test } = wordsIn(language)
  const lead = test.lead(moment(at, zone))
  return {
    subject: test.subject,
    text: textOf([[lead, url], [test.ignore]]),
    html: pageOf({
      lang: tag, title: test.subject, preview: lead,
      body: html`${titleOf(test.subject)}
${paragraphOf(html`${lead}<br>${linkOf(`${url}/`, url)}`)}
${softOf(test.ignore)}`,
      footer: html`${test.footer}`,
    }),
  }
}
