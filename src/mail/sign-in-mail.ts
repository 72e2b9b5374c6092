// The mail with a link to sign in: one button, how long it is good, and that nothing happens without it. Whoever
// asked is not known, and the mail says so.

import type { Language } from '../core/certification.ts'
import type { Letter } from '../core/message.ts'
import { oneLine } from './clean.ts'
import { html, type Html, pageOf, paragraphOf, softOf, textOf, titleOf } from './layout.ts'
import { inked } from './palette.ts'
import { wordsIn } from './words.ts'

export interface SignInView {
  readonly to: { readonly name: string }
  readonly language: Language
  /** Where the link leads: an absolute address with its token, or without it in what is kept. */
  readonly link: string
}

/** Composes the mail; the same words around another link where only a copy is to be kept. */
export function composeSignIn({ to, language, link }: SignInView): Letter {
  const { tag, daily, signIn } = wordsIn(language)
  const greeting = daily.greeting(oneLine(to.name, 80))
  return {
    subject: signIn.subject,
    text: textOf([[greeting, signIn.lead], [`${signIn.button}:`, link], [signIn.lasts, signIn.ignore]]),
    html: pageOf({
      lang: tag, title: signIn.subject, preview: signIn.lasts,
      body: html`${titleOf(signIn.subject)}
${paragraphOf(html`${greeting}<br>${signIn.lead}`)}
${buttonOf(link, signIn.button)}
${paragraphOf(signIn.lasts)}
${softOf(signIn.ignore)}`,
      footer: html`${signIn.footer}`,
    }),
  }
}

const buttonOf = (href: string, label: string): Html => html`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:18px 0"><tr><td class="c-blue" style="border-radius:6px;${inked('blue')}"><a class="c-blue" href="${href}" style="display:inline-block;padding:11px 22px;border-radius:6px;font-weight:600;text-decoration:none;${inked('blue')}">${label}</a></td></tr></table>`
