// The columns of our own layout, the one that export writes and import reads, and every name they go by.
// Options and days are the schemes' own: a new scheme brings its columns with it.

import type { Scheme } from '../core/scheme.ts'
import { sameHeader } from './mapping.ts'

/**
 * What every record has. `covers` and `sites` have a line for each; `country` is a code, where it is not the
 * organisation's; `rests on` is the scheme and the number or name of another, `iso-27001: IS 771204`; `owner` is an address, a name, or `Name <address>`; `tags` has a semicolon between two; `decisions` has a line for
 * each, `maintain 2026-11-18` or `suspend 2026-11-18 until 2027-05-18: reason`; `facts` a line for each,
 * `name: value`; `register key` tells records without a number apart and is best left as exported.
 */
const before = [
  'scheme', 'organisation', 'name', 'scope', 'holder', 'covers', 'sites', 'country', 'rests on', 'certificate number', 'certification body', 'owner', 'tags',
] as const
const after = ['cycle', 'status', 'decisions', 'facts', 'register key'] as const

const otherNames: Readonly<Record<string, string>> = {
  '认证方案': 'scheme', '方案': 'scheme', '认证项目': 'scheme', '资质类型': 'scheme',
  organization: 'organisation', company: 'organisation',
  '组织': 'organisation', '获证组织': 'organisation', '单位': 'organisation', '单位名称': 'organisation', '公司': 'organisation', '公司名称': 'organisation',
  '名称': 'name', '证书名称': 'name', '资质名称': 'name', '系统名称': 'name',
  '范围': 'scope', '认证范围': 'scope',
  '持证人': 'holder', '证书持有人': 'holder', 'covered organisations': 'covers', '覆盖组织': 'covers', '另覆盖': 'covers',
  parent: 'rests on', 'rides on': 'rests on', '所依附证书': 'rests on', '基础证书': 'rests on',
  site: 'sites', locations: 'sites', '场所': 'sites', '覆盖场所': 'sites', 'rules of': 'country', '适用规则': 'country', '国家': 'country',
  'certificate no': 'certificate number', 'certificate no.': 'certificate number', 'certificate id': 'certificate number',
  '证书编号': 'certificate number', '证书号': 'certificate number', '备案编号': 'certificate number', '备案证明编号': 'certificate number',
  '认证机构': 'certification body', '发证机构': 'certification body', '测评机构': 'certification body',
  '责任人': 'owner', '负责人': 'owner', tag: 'tags', '标签': 'tags',
  '版本': 'edition', '等级': 'level', '级别': 'level', '保护等级': 'level',
  '周期': 'cycle', '状态': 'status', '决定': 'decisions', '其他信息': 'facts', '登记标识': 'register key',
  'decision date': 'decision', '认证决定日期': 'decision', '决定日期': 'decision',
  'issue date': 'issue', 'issued': 'issue', 'issued on': 'issue', '发证日期': 'issue', '颁证日期': 'issue', '签发日期': 'issue',
  'expiry date': 'expiry', 'expiration date': 'expiry', expires: 'expiry', 'expires on': 'expiry', 'valid until': 'expiry',
  '有效期至': 'expiry', '到期日': 'expiry', '到期日期': 'expiry', '到期': 'expiry', '有效期截止日期': 'expiry',
  'filing date': 'filing', '备案日期': 'filing', 'report date': 'report', '报告日期': 'report',
}

export interface RecertColumns {
  /** In the order of an export. */
  readonly all: readonly string[]
  readonly options: readonly string[]
  readonly days: readonly string[]
  /** The column a header means, in English or Chinese; undefined for an unknown one. */
  readonly columnOf: (header: string) => string | undefined
}

/** Returns the columns there are with these schemes: all of the catalogue to read, those in use to write. */
export function recertColumns(schemes: readonly Scheme[]): RecertColumns {
  const options = distinct(schemes.flatMap((scheme) => Object.keys(scheme.options)))
  const days = distinct(schemes.flatMap((scheme) => Object.keys(scheme.anchors)))
  const all = distinct([...before, ...options, ...days, ...after])
  const names = new Map([
    ...titles(schemes),
    ...Object.entries(otherNames).filter(([, column]) => all.includes(column)),
    ...all.map((column) => [column, column] as const),
  ].map(([name, column]) => [sameHeader(name), column]))
  return { all, options, days, columnOf: (header) => names.get(sameHeader(header)) }
}

// What the schemes call their options and days, in both languages, where all of them mean the same by it.
function titles(schemes: readonly Scheme[]): [string, string][] {
  const named = schemes.flatMap((scheme) => [...Object.entries(scheme.options), ...Object.entries(scheme.anchors)])
    .flatMap(([column, { title }]) => [title.en, title.zh].map((name): [string, string] => [sameHeader(name), column]))
  const meanings = Map.groupBy(named, ([name]) => name)
  return named.filter(([name]) => new Set(meanings.get(name)?.map(([, column]) => column)).size === 1)
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)]
