// Two schemes with checklists, one that lists its items and one that takes them from a file, one scheme
// without, and an application that knows only these.

import type { App } from '../../src/app/app.ts'
import { enterCertification } from '../../src/app/entry.ts'
import { readConfig } from '../../src/config.ts'
import type { Checklist } from '../../src/core/requirement.ts'
import type { Scheme } from '../../src/core/scheme.ts'
import { parseScheme } from '../../src/formats/scheme-yaml.ts'
import { silentLog } from '../../src/log.ts'
import type { TestClock } from './clock.ts'
import type { TestDatabase } from './database.ts'
import { day } from './factory.ts'

const schemeText = (id: string, requirements: string): string => `
id: ${id}
title: { en: ${id}, zh: ${id} }
instrument: certificate
effectiveOn: 2020-01-01
anchors:
  decision: { title: { en: Decision, zh: 决定 } }
  expiry: { title: { en: Expiry, zh: 有效期至 } }
begins: decision
validity: stated
rules:
  - id: expiry
    kind: expiry
    tier: A
    ladder: registration-expiry
    title: { en: Valid until, zh: 有效期至 }
    due: { from: end }
    metBy: decided
    basis: the paper
    mark: confirmed
    costs: { en: The certificate ends., zh: 证书失效。 }
${requirements}`

function scheme(id: string, requirements = ''): Scheme {
  const parsed = parseScheme(schemeText(id, requirements), `${id}.yaml`)
  if (!parsed.ok) throw new Error(parsed.problems.map((one) => `${one.line} ${one.path} ${one.reason}`).join('\n'))
  return parsed.scheme
}

const areas = (more: string): string => `
requirements:
  title: { en: The five metrics, zh: 5 项指标 }
  basis: a published list
  mark: unverified
  areas:
    - id: data
      title: { en: Data security, zh: 数据安全 }
      items:
        - { code: '1', title: { en: Durability, zh: 数据存储的持久性 } }
        - { code: '2', title: { en: Privacy, zh: 数据私密性 } }
    - id: service
      title: { en: Service quality, zh: 服务质量 }
      items:
        - { code: '7', title: { en: Availability, zh: 业务可用性 } }
        - { code: '10', title: { en: Fault recovery, zh: 故障恢复能力 } }
        - { code: '12', title: { en: Metering, zh: 服务计量准确性 } }
${more}`

/** Five items in two areas. */
export const metrics = scheme('metrics', areas(''))
/** The same a year later: one item more, one title mended. */
export const metricsLater = scheme('metrics', areas("        - { code: '13', title: { en: Elasticity, zh: 弹性 } }")
  .replace('en: Durability', 'en: Durability of stored data'))
/** Two areas whose items come from a file. */
export const survey = scheme('survey', `
requirements:
  title: { en: Items of the survey, zh: 评估项 }
  basis: the operator's list, by import
  mark: unverified
  areas:
    - { id: process, title: { en: Process management, zh: 流程管理 } }
    - { id: automation, title: { en: Automation, zh: 运维自动化 } }
`)
export const plain = scheme('plain')

export const checklistOf = (one: Scheme): Checklist => one.requirements!

export const appWith = ({ database }: TestDatabase, clock: TestClock, schemes: readonly Scheme[] = [metrics, survey, plain]): App => ({
  config: readConfig({}), clock, log: silentLog, database, catalogue: { schemes: new Map(schemes.map((one) => [one.id, one])) },
})

/** Enters a certification of the first organisation; returns its number. */
export async function certified(app: App, schemeId: string, ownerId?: number, name = schemeId): Promise<number> {
  const { certificationId } = await app.database.transact((db) => enterCertification(app, db, {
    organisationId: 1, scheme: schemeId, options: {}, name, days: { decision: day('2026-01-05'), expiry: day('2028-01-04') }, cycleKind: 'initial', ownerId,
  }, app.clock.now()))
  return certificationId
}
