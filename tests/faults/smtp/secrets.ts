// What no line of a log may hold: an address, a name, a word of a mail, a link, a password.

import { expect } from 'vitest'
import { password } from './session-cases.ts'

const secrets: Readonly<Record<string, RegExp>> = {
  'an address': /[\w.+-]+@[\w-]+\.\w|alice@|recert%40|recert@/i,
  'a name': /Alice|Bob|Carol|Harbour Cloud/,
  'words of a mail': /Signing module|FIPS 140|expires|days left|BEGIN:VCALENDAR|Message-ID:/i,
  'a link': /\/answer\/|\/a\/[\w-]{20}|https?:\/\//,
  'a password': new RegExp(`${password}|${Buffer.from(`\0recert@example.org\0${password}`).toString('base64')}|smtps?://`),
}

/** Searches every line that was logged, as it was before anything was taken out of it. */
export function expectNoSecrets(lines: readonly string[]): void {
  expect(lines.length).toBeGreaterThan(0)
  for (const [what, pattern] of Object.entries(secrets)) expect(lines.filter((line) => pattern.test(line)), what).toEqual([])
}
