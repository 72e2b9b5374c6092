// The colours of a mail, light and dark, by role. A role's colours are written into the elements (some
// clients drop style sheets) and, for dark, into a style block that overrides them where it is kept.

interface Colours { readonly text?: string; readonly ground?: string; readonly line?: string }

export interface Role { readonly light: Colours; readonly dark: Colours }

export const palette = {
  page: { light: { ground: '#f3f5f7' }, dark: { ground: '#14181d' } },
  card: { light: { ground: '#ffffff', line: '#dfe4ea' }, dark: { ground: '#1d242c', line: '#343e49' } },
  ink: { light: { text: '#1b2530' }, dark: { text: '#e9eef4' } },
  soft: { light: { text: '#596675' }, dark: { text: '#a9b5c2' } },
  link: { light: { text: '#0b5cab' }, dark: { text: '#84b9f7' } },
  rule: { light: { line: '#e6eaef' }, dark: { line: '#333d48' } },
  red: { light: { text: '#a3201a', ground: '#fdeae8' }, dark: { text: '#ffb0a8', ground: '#4a211e' } },
  amber: { light: { text: '#7d4400', ground: '#fdf0d9' }, dark: { text: '#ffd08a', ground: '#453212' } },
  blue: { light: { text: '#0b4f94', ground: '#e7f0fb' }, dark: { text: '#a6cdff', ground: '#1e3550' } },
  green: { light: { text: '#17633a', ground: '#e4f3ea' }, dark: { text: '#97dcb2', ground: '#193a29' } },
  grey: { light: { text: '#4b5765', ground: '#edf0f3' }, dark: { text: '#c4cdd7', ground: '#2d3742' } },
  button: { light: { text: '#ffffff', ground: '#155a9e' }, dark: { text: '#ffffff', ground: '#2a6cb3' } },
} as const satisfies Readonly<Record<string, Role>>

export type RoleName = keyof typeof palette

/** Returns the light colours of roles as an inline style, later ones winning. */
export function inked(...names: readonly RoleName[]): string {
  return names.map((name) => declarations(palette[name].light, '')).join('')
}

/** Returns the style sheet that turns every role dark, by its class `c-<role>`. */
export function darkRules(): string {
  const rules = (prefix: string): string =>
    Object.entries(palette).map(([name, { dark }]) => `${prefix}.c-${name}{${declarations(dark, '!important')}}`).join('')
  // Outlook on the web recolours by itself; the attribute marks what it has turned dark.
  return `@media (prefers-color-scheme:dark){${rules('')}}${rules('[data-ogsc] ')}`
}

function declarations({ text, ground, line }: Colours, weight: string): string {
  return [
    ...(text ? [`color:${text}${weight};`] : []),
    ...(ground ? [`background-color:${ground}${weight};`] : []),
    ...(line ? [`border-color:${line}${weight};`] : []),
  ].join('')
}
