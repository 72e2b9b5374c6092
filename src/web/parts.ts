// The small pieces that pages are put together from: days, lights, tags, commands, steppers.

import { html } from 'hono/html'
import type { RunView } from '../app/runs.ts'
import type { Language, Words } from '../core/certification.ts'
import type { Day, Instant } from '../core/day.ts'
import type { Light } from '../core/digest.ts'
import type { PageWords } from './words-en.ts'

/** What a template gives: text that is already escaped. Values only go in, so it is never a promise in fact. */
export type Html = ReturnType<typeof html>

export const inLanguage = (text: Words, words: PageWords): string => text[languageOf(words)]
const languageOf = (words: PageWords): Language => (words.tag === 'en' ? 'en' : 'zh')

export const dayOn = (on: Day, words: PageWords): Html => html`<time datetime="${on.toString()}">${words.day(on)}</time>`

export function momentAt(at: Instant, zone: string, words: PageWords): Html {
  const local = at.toZonedDateTimeISO(zone)
  return html`<time datetime="${at.toString({ smallestUnit: 'second' })}" title="${zone}">${words.moment(local)}</time>`
}

/** A light tells its meaning by shape and by words, not by colour alone. */
export const lightMark = (light: Light, words: PageWords): Html =>
  html`<span class="light ${light}" role="img" aria-label="${words.lights[light]}" title="${words.lights[light]}"></span>`

export const legend = (words: PageWords): Html => html`<p class="legend" aria-label="${words.legend}">${
  (['red', 'amber', 'green', 'grey'] as const).map((light) => html`<span><span class="light ${light}" aria-hidden="true"></span>${words.lights[light]}</span>`)}</p>`

export type Tone = 'red' | 'amber' | 'green' | 'grey' | 'blue'

export const tag = (text: string, tone: Tone = 'grey'): Html => html`<span class="tag ${tone}">${text}</span>`

export const daysLeft = (n: number, light: Light | undefined, words: PageWords): Html => tag(words.daysLeft(n), n < 0 ? 'red' : light ?? 'grey')

/** A command a person types, as it is typed. */
export const command = (text: string): Html => html`<code class="command">npm run -s recert -- ${text}</code>`

const stageMark: Readonly<Record<string, string>> = { done: '✓', current: '', ahead: '' }

/** A run's stages in their order; the one under way is marked for a screen reader too. */
export function stepper(run: Pick<RunView, 'stages' | 'late'>, words: PageWords): Html {
  return html`<ol class="stepper">${run.stages.map((stage) => html`<li class="${stage.state}${stage.state === 'current' && run.late ? ' late' : ''}"${
    stage.state === 'current' ? html` aria-current="step"` : ''}><span class="mark" aria-hidden="true">${stageMark[stage.state]}</span><span class="stage">${
    inLanguage(stage.title, words)}</span><span class="quiet">${stage.state === 'ahead' ? '' : words.run.steps(stage.done, stage.steps.length)}</span></li>`)}</ol>`
}
