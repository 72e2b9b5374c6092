// The pieces that mails are made of: a page with one card, headings, tags, rows of facts, notes; and the
// same for the text part. Values are synchronous and attributes quoted; escaping is the template's.

import { html as template, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { darkRules, inked, palette, type RoleName } from './palette.ts'

export type Html = HtmlEscapedString

/** A template of synchronous values: a promise among them is a mistake, and said so. */
export function html(strings: TemplateStringsArray, ...values: readonly unknown[]): Html {
  const made = template(strings, ...values)
  if (made instanceof Promise) throw new TypeError('a mail template was given a promise')
  return made
}

export const nothing: Html = raw('')

const font = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"

const sheet = [
  ':root{color-scheme:light dark}',
  // A phone gives the card its whole width and puts each fact below its label.
  '@media (max-width:520px){.outer{padding:0!important}.card{border-radius:0!important;border-left:0!important;border-right:0!important}.in{padding:20px 16px!important}'
  + '.k,.v{display:block!important;width:auto!important}.k{padding-bottom:0!important}.v{padding-top:0!important}.figure b{font-size:20px!important}'
  + '.b{display:inline-block!important;margin:0 0 8px!important}.wk{font-size:9px!important}}',
  darkRules(),
].join('')

export interface Page {
  /** For the `lang` attribute. */
  readonly lang: string
  readonly title: string
  /** What an inbox shows beside the subject. */
  readonly preview: string
  readonly body: Html
  readonly footer: Html
}

/** Returns the whole document. */
export function pageOf({ lang, title, preview, body, footer }: Page): string {
  return html`<!doctype html>
<html lang="${lang}" xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="x-apple-disable-message-reformatting">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<title>${title}</title>
<style>${raw(sheet)}</style>
</head>
<body class="c-page" style="margin:0;padding:0;${inked('page')}">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${preview}</div>
<table role="presentation" class="c-page" width="100%" cellpadding="0" cellspacing="0" border="0" style="${inked('page')}"><tr><td class="outer" align="center" style="padding:24px 12px">
<table role="presentation" class="card c-card" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;border:1px solid;border-radius:8px;border-collapse:separate;${inked('card')}"><tr><td class="in c-ink" style="padding:28px 32px;text-align:left;font-family:${raw(font)};font-size:15px;line-height:1.5;overflow-wrap:anywhere;${inked('ink')}">
<div class="c-link" style="font-size:15px;font-weight:600;${inked('link')}">Recert</div>
${body}
</td></tr></table>
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px"><tr><td class="in c-soft" style="padding:14px 32px;text-align:left;font-family:${raw(font)};font-size:13px;line-height:1.5;${inked('soft')}">${footer}</td></tr></table>
</td></tr></table>
</body>
</html>
`.toString()
}

export const titleOf = (text: string): Html =>
  html`<h1 style="margin:14px 0 8px;font-size:21px;line-height:1.35;font-weight:600">${text}</h1>`

export const headOf = (text: string, count: string): Html =>
  html`<h2 style="margin:28px 0 2px;font-size:16px;line-height:1.4;font-weight:600">${text}${count === '' ? nothing : html` <span class="c-soft" style="font-weight:400;${inked('soft')}">${count}</span>`}</h2>`

export const paragraphOf = (content: unknown): Html => html`<p style="margin:4px 0">${content}</p>`

export const softOf = (content: unknown): Html =>
  html`<p class="c-soft" style="margin:2px 0;font-size:13px;${inked('soft')}">${content}</p>`

export const linkOf = (href: string, text: string): Html =>
  html`<a class="c-link" href="${href}" style="text-decoration:underline;${inked('link')}">${text}</a>`

/** A short link behind a sentence, which must not break apart. */
export const openOf = (href: string, text: string): Html =>
  html`<a class="c-link" href="${href}" style="white-space:nowrap;text-decoration:underline;${inked('link')}">${text}</a>`

/** A name that leads somewhere, as the head of an entry. */
export const nameOf = (href: string, text: string): Html =>
  html`<a class="c-link" href="${href}" style="font-weight:600;text-decoration:none;${inked('link')}">${text}</a>`

export const tagOf = (colour: RoleName, text: string): Html =>
  html`<span class="c-${colour}" style="display:inline-block;padding:1px 9px;border-radius:10px;font-size:13px;font-weight:600;white-space:nowrap;${inked(colour)}">${text}</span>`

/** A box that stands out: what must be known before reading on. */
export const noteOf = (colour: RoleName, text: string): Html =>
  html`<p class="c-${colour}" style="margin:14px 0 4px;padding:9px 12px;border-radius:6px;font-size:14px;${inked(colour)}">${text}</p>`

export interface Button { readonly href: string; readonly text: string }

/** Buttons beside each other, the first standing out; Outlook draws the cells, everybody else the links in them. */
export function buttonsOf(buttons: readonly Button[]): Html {
  if (buttons.length === 0) return nothing
  return html`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin-top:10px;font-size:13px;line-height:1.4"><tr>${buttons.map((one, n) =>
    html`${n > 0 ? html`<td width="8"></td>` : nothing}${buttonOf(one, n === 0 ? 'button' : 'grey')}`)}</tr></table>`
}

function buttonOf({ href, text }: Button, role: 'button' | 'grey'): Html {
  const { ground, text: ink } = palette[role].light
  return html`<td class="b c-${role}" bgcolor="${ground}" style="border-radius:6px;mso-padding-alt:7px 12px"><a class="c-${role}" href="${href}" style="display:inline-block;padding:7px 12px;border-radius:6px;font-weight:600;white-space:nowrap;text-decoration:none;color:${ink}">${text}</a></td>`
}

export interface Row { readonly label: string; readonly value: unknown }

/** Labels on the left, values on the right; on a phone below each other. */
export function rowsOf(rows: readonly Row[]): Html {
  if (rows.length === 0) return nothing
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin-top:6px;font-size:14px;line-height:1.5">${rows.map(({ label, value }) =>
    html`<tr><td class="k c-soft" width="122" valign="top" style="padding:2px 10px 2px 0;${inked('soft')}">${label}</td><td class="v" valign="top" style="padding:2px 0">${value}</td></tr>`)}</table>`
}

/** An entry below a rule: a name with a tag at the right edge, and what is said of it. */
export function entryOf(name: Html, tag: Html, content: unknown): Html {
  return html`<table role="presentation" class="c-rule" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin-top:10px;border-top:1px solid;${inked('rule')}"><tr><td valign="top" style="padding:10px 8px 0 0;font-size:15px;line-height:1.45">${name}</td><td valign="top" align="right" style="padding:9px 0 0;white-space:nowrap">${tag}</td></tr><tr><td colspan="2">${content}</td></tr></table>`
}

export interface Figure { readonly value: string; readonly label: string; readonly colour: RoleName }

/** A row of numbers. */
export function figuresOf(figures: readonly Figure[]): Html {
  const width = Math.floor(100 / figures.length)
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="6" border="0" style="margin:12px -6px 0;width:calc(100% + 12px);table-layout:fixed"><tr>${figures.map(({ value, label, colour }) =>
    html`<td class="figure c-${colour}" width="${width}%" align="center" style="padding:9px 4px;border-radius:6px;font-size:13px;line-height:1.35;${inked(colour)}"><b style="font-size:24px;line-height:1.2;font-weight:600">${value}</b><br>${label}</td>`)}</tr></table>`
}

/** Joins the lines of a text part: paragraphs apart, no line of spaces, one line break at the end. */
export function textOf(paragraphs: readonly (readonly string[])[]): string {
  return `${paragraphs.map((lines) => lines.filter((line) => line !== '').join('\n')).filter((one) => one !== '').join('\n\n')}\n`
}
