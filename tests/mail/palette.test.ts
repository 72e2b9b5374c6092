import { describe, expect, it } from 'vitest'
import { darkRules, palette, type Role, type RoleName } from '../../src/mail/palette.ts'

// WCAG 2.2, 1.4.3: relative luminance and contrast.
function luminance(hex: string): number {
  const part = (at: number): number => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}
function contrast(a: string, b: string): number {
  return (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05)
}

describe.each(['light', 'dark'] as const)('in %s colours', (mode) => {
  const colours: Readonly<Record<RoleName, Role>> = palette
  const text = (name: RoleName): string => colours[name][mode].text!
  const ground = (name: RoleName): string => colours[name][mode].ground!

  it.each(['red', 'amber', 'blue', 'green', 'grey', 'button'] as const)('a %s tag can be read', (name) => {
    expect(contrast(text(name), ground(name))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(['ink', 'soft', 'link'] as const)('%s can be read on the card and on the page', (name) => {
    expect(contrast(text(name), ground('card'))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(text(name), ground('page'))).toBeGreaterThanOrEqual(4.5)
  })
})

it('every role has its dark colours, also where Outlook recolours by itself', () => {
  for (const name of Object.keys(palette)) {
    expect(darkRules()).toContain(`.c-${name}{`)
    expect(darkRules()).toContain(`[data-ogsc] .c-${name}{`)
  }
})
