// The frame of every page: head, navigation, the day it is about, language and sign-out.

import type { Context } from 'hono'
import { html } from 'hono/html'
import { formField } from './guard.ts'
import type { Html } from './parts.ts'
import type { Question } from '../app/reading.ts'
import type { Env } from './visitor.ts'

export interface Frame {
  readonly title: string
  /** The entry of the navigation this page belongs to. */
  readonly section?: 'overview' | 'certifications' | 'mail' | undefined
  /** The day the page is about, where it can be asked of another. */
  readonly question?: Question | undefined
  readonly content: Html
}

const sections = [['overview', '/'], ['certifications', '/certifications'], ['mail', '/mail']] as const

export function layout(c: Context<Env>, frame: Frame): Html {
  const words = c.get('words')
  return html`<!doctype html>
<html lang="${words.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${frame.title} · Recert</title>
<link rel="stylesheet" href="${c.get('stylesheet')}">
${c.get('reader') ? html`<link rel="icon" href="/icon.svg" type="image/svg+xml">` : ''}
</head>
<body>
<a class="skip" href="#content">${words.nav.skip}</a>
${header(c, frame)}
<main id="content">
${frame.question ? askedBanner(c, frame.question) : ''}
${frame.content}
</main>
</body>
</html>`
}

function header(c: Context<Env>, frame: Frame): Html {
  const words = c.get('words')
  const reader = c.get('reader')
  return html`<header class="top">
<div class="bar">
${reader ? html`<a class="brand" href="/">Recert</a>` : html`<span class="brand">Recert</span>`}
${reader ? html`<nav aria-label="${words.nav.pages}">${sections.map(([name, path]) => (name === frame.section
    ? html`<a href="${path}" aria-current="page">${words.nav[name]}</a>`
    : html`<a href="${path}">${words.nav[name]}</a>`))}</nav>` : ''}
<div class="who">
${reader ? html`<span class="name">${reader.person.name}</span>
<form method="post" action="/sign-out">${tokenField(c)}<button class="plain">${words.nav.signOut}</button></form>` : ''}
<a href="${hrefWith(c, { lang: words.other.language })}" lang="${words.other.language}" hreflang="${words.other.language}">${words.other.name}</a>
</div>
</div>
</header>`
}

/** The hidden field that shows a form came from a page of ours. */
export const tokenField = (c: Context<Env>): Html => html`<input type="hidden" name="${formField}" value="${c.get('formToken')}">`

function askedBanner(c: Context<Env>, { asOf, today }: Question): Html | '' {
  const words = c.get('words')
  if (asOf.equals(today)) return ''
  return html`<p class="asked amber" role="status">${words.asked.banner(asOf)} <a href="${hrefWith(c, { asOf: undefined })}">${words.asked.back}</a></p>`
}

/** The page's own address with some of its questions changed; undefined takes one out. */
export function hrefWith(c: Context<Env>, changes: Readonly<Record<string, string | undefined>>): string {
  return hrefOf(c.req.path, { ...c.req.query(), ...changes })
}

/** Another page's address that keeps the day asked about. */
export const linkTo = (c: Context<Env>, path: string): string => hrefOf(path, { asOf: c.req.query('asOf') })

function hrefOf(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const kept = Object.entries(query).flatMap(([name, value]): [string, string][] => (value === undefined || value === '' ? [] : [[name, value]]))
  const text = new URLSearchParams(kept).toString()
  return text ? `${path}?${text}` : path
}
