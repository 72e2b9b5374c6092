// Words of the command line turned into values. Every refusal names the value and the form that is meant.

import { type Command, InvalidArgumentError } from 'commander'
import { isCountry } from '../core/calendar.ts'
import { type Day, type Instant, parseDay } from '../core/day.ts'

export function day(text: string): Day {
  const parsed = parseDay(text)
  if (!parsed) throw new InvalidArgumentError(`"${text}" is not a day. Write YYYY-MM-DD, such as 2027-01-15, and a day that exists.`)
  if (parsed.year < 1900 || parsed.year > 2200) throw new InvalidArgumentError(`${text} is out of range: 1900-01-01 to 2200-12-31.`)
  return parsed
}

/** Reads a moment with its offset, such as `2027-01-15T03:00:00Z`. */
export function instant(text: string): Instant {
  try {
    return Temporal.Instant.from(text)
  } catch {
    throw new InvalidArgumentError(`"${text}" is not a moment. Write it with its offset, such as 2027-01-15T03:00:00Z or 2027-01-15T03:00:00+08:00.`)
  }
}

export function wholeNumber(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new InvalidArgumentError(`"${text}" is not a whole number.`)
  return Number(text)
}

export function recordNumber(text: string): number {
  const n = wholeNumber(text)
  if (n < 1) throw new InvalidArgumentError(`"${text}" is not the number of a record. Numbers start at 1.`)
  return n
}

/** Reads a step by its run and code, such as `3/4.2`. */
export function stepName(text: string): { procedureId: number; code: string } {
  const [, run, code] = /^([^/]+)\/(.+)$/.exec(text.trim()) ?? []
  if (run === undefined || code === undefined) throw new InvalidArgumentError(`"${text}" is not a step. Write its run and code, such as 3/4.2.`)
  return { procedureId: recordNumber(run), code }
}

export function port(text: string): number {
  const n = wholeNumber(text)
  if (n < 1 || n > 65_535) throw new InvalidArgumentError(`${text} is not a port. Ports are 1 to 65535.`)
  return n
}

/** Reads `P90D`: days, weeks, months or years. */
export function span(text: string): Temporal.Duration {
  try {
    const parsed = Temporal.Duration.from(text)
    if (parsed.sign >= 0 && parsed.hours === 0 && parsed.minutes === 0 && parsed.seconds === 0) return parsed
  } catch {
    // Said below, in one place.
  }
  throw new InvalidArgumentError(`"${text}" is not a length of time. Write P90D, P6M or P1Y.`)
}

/** Collects `NAME=VALUE`, given any number of times. */
export function pair(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError(`"${text}" is not NAME=VALUE, such as decision=2026-03-01.`)
  return { ...earlier, [text.slice(0, at).trim()]: text.slice(at + 1).trim() }
}

/** Collects `NAME=DAY`, given any number of times. */
export function dayPair(text: string, earlier: Readonly<Record<string, Day>> = {}): Record<string, Day> {
  const days = Object.entries(pair(text)).map(([name, value]) => [name, day(value)] as const)
  return { ...earlier, ...Object.fromEntries(days) }
}

/** Collects `NAME=DAY`, or `NAME=none` to take a day away. */
export function dayChange(text: string, earlier: Readonly<Record<string, Day | null>> = {}): Record<string, Day | null> {
  const days = Object.entries(pair(text)).map(([name, value]) => [name, value === 'none' ? null : day(value)] as const)
  return { ...earlier, ...Object.fromEntries(days) }
}

/** Reads a list with commas between. */
export const list = (text: string): string[] => text.split(',').map((one) => one.trim()).filter((one) => one !== '')

/** Reads a list whose every word is one of `allowed`. */
export const listOf = <const T extends string>(...allowed: readonly T[]) => (text: string): T[] => list(text).map(oneOf(...allowed))

export function oneOf<const T extends string>(...allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((one) => one === text)
    if (found === undefined) throw new InvalidArgumentError(`"${text}" is not one of ${allowed.join(', ')}.`)
    return found
  }
}

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** Reads a day of the week as its ISO number, 1 for Monday. */
export const weekday = (text: string): number => weekdays.indexOf(oneOf(...weekdays)(text.toLowerCase())) + 1

/** Keeps the options that were given. */
export const given = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((one): one is [string, string] => one[1] !== undefined))

/** Reads an ISO 3166 country code. */
export function country(text: string): string {
  if (isCountry(text)) return text
  throw new InvalidArgumentError(`"${text}" is not a country code of two capital letters, such as CN.`)
}

/** Reads a country code, or `none` to take one away. */
export const countryOrNone = (text: string): string => (text === 'none' ? text : country(text))

/** Collects names, given any number of times; a semicolon stands between two, as in a register. */
export const names = (text: string, earlier: readonly string[] = []): string[] =>
  [...earlier, ...text.split(/[;；]/).map((one) => one.trim())].filter((one) => one !== '')

/** The options of a scheme as a command takes them: the common ones by name, any by `--option`. */
export interface SchemeOptions { level?: string; edition?: string; eal?: string; tier?: string; option?: Record<string, string> }

export const withSchemeOptions = (command: Command): Command => command
  .option('--level <level>', 'level').option('--edition <edition>', 'edition').option('--eal <eal>', 'assurance level')
  .option('--tier <tier>', 'award tier').option('--option <name=value>', 'any other option of the scheme (scheme show); any number of times', pair)

export const schemeOptions = ({ level, edition, eal, tier, option }: SchemeOptions): Record<string, string> =>
  ({ ...option, ...given({ level, edition, eal, tier }) })
