// The templates of a scheme's procedures for a person to read: what each is for, then its stages and steps
// in a table, in the language of the terminal. Roles, papers and sources are as the scheme file words them.

import type { Scheme, Step, Template } from '../core/scheme.ts'
import { type Cell, facts, table } from './output.ts'

type Language = 'en' | 'zh'

/** The heads of the table of steps, in its order. */
const heads = ['stage', 'step', 'what', 'length', 'after', 'limit', 'role', 'waits', 'deliverable', 'basis', 'mark'] as const
type Word = (typeof heads)[number] | 'procedure' | 'serves' | 'nothing' | 'when' | 'renews' | 'yes' | 'target' | 'audit' | 'from' | 'expected' | 'none'

const said: Readonly<Record<Language, Readonly<Record<Word, string>>>> = {
  en: {
    procedure: 'procedure', serves: 'for the duties', nothing: 'none: a run has the day it is given', when: 'offered where', renews: 'renews', yes: 'yes', target: 'ends with', audit: 'audit step',
    stage: 'stage', step: 'step', what: 'what', length: 'length', after: 'after', limit: 'at the latest', role: 'role', waits: 'waits on', deliverable: 'deliverable', basis: 'basis', mark: 'mark',
    from: 'after', expected: 'their own act', none: 'No procedures.',
  },
  zh: {
    procedure: '流程', serves: '对应义务', nothing: '无：运行时指定日期', when: '适用于', renews: '续证', yes: '是', target: '目标步骤', audit: '审核步骤',
    stage: '阶段', step: '步骤', what: '内容', length: '时长', after: '前置', limit: '最迟', role: '角色', waits: '等待', deliverable: '交付物', basis: '依据', mark: '标记',
    from: '自', expected: '对方行为', none: '无流程。',
  },
}

/** Returns every template as text; one sentence where a scheme has none. */
export function templatesText(scheme: Pick<Scheme, 'templates'>, language: Language): string {
  if (scheme.templates.length === 0) return said[language].none
  return scheme.templates.map((one) => templateText(one, language)).join('\n\n')
}

function templateText(template: Template, language: Language): string {
  const words = said[language]
  return [
    facts([
      [words.procedure, `${template.id}  ${template.title[language]}`],
      [words.serves, template.serves.join(', ') || words.nothing],
      [words.when, whenText(template)],
      [words.renews, template.renews ? words.yes : undefined],
      [words.target, template.target], [words.audit, template.audit],
    ]),
    table(heads.map((name) => words[name]),
      template.stages.flatMap((stage) => stage.steps.map((step, n) => [
        n === 0 ? stageText(stage, language) : '', ...stepCells(step, language),
      ])), words.none),
    ...limitsText(template, language),
  ].join('\n')
}

// Beneath the steps, for the law behind a last day is another source than that of the step's length.
function limitsText(template: Template, language: Language): string[] {
  const rows = template.stages.flatMap((stage) => stage.steps).flatMap(({ code, limit }) =>
    (limit === undefined ? [] : [[code, limitText(limit, language), limit.basis, limit.mark]]))
  return rows.length === 0 ? [] : ['', table((['step', 'limit', 'basis', 'mark'] as const).map((name) => said[language][name]), rows, '')]
}

const limitText = (limit: NonNullable<Step['limit']>, language: Language): string => `${limit.within} ${said[language].from} ${limit.from}`

const whenText = (template: Template): string | undefined => template.when
  && Object.entries(template.when).map(([name, values]) => `${name} ${values.join(', ')}`).join('; ')

function stageText(stage: Template['stages'][number], language: Language): string {
  const waits = stage.after.length === 0 ? '' : ` (${said[language].after} ${stage.after.join(', ')})`
  return `${stage.code} ${stage.title[language]}${waits}`
}

function stepCells(step: Step, language: Language): Cell[] {
  const words = said[language]
  const waitsOn = step.waitsOn === undefined ? undefined : `${step.waitsOn}${step.owedBy === 'outside' ? ` (${words.expected})` : ''}`
  return [
    step.code, step.title[language], lengthText(step), step.after.map(({ step: code, lag }) => (/^P0W?D$/.test(lag) ? code : `${code}+${lag}`)).join(', '),
    step.limit && limitText(step.limit, language),
    step.role, waitsOn, step.deliverable, step.basis, step.mark,
  ]
}

const lengthText = (step: Step): string => `P${step.days}${step.unit === 'working' ? 'WD' : 'D'}`
