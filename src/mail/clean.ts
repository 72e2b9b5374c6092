// Texts from records, before they enter a mail: no control characters, no marks that turn the direction
// of what follows, no more of it than a reader can use. Escaping for HTML is the template's work.

// Line separators count as control; bidirectional overrides and isolates would rearrange our own words.
const control = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
const turning = /[\u{202A}-\u{202E}\u{2066}-\u{2069}\u{200E}\u{200F}\u{061C}]/gu
// Half of a surrogate pair cannot be written as UTF-8.
const halves = /\p{Cs}/gu

/** Returns the text on one line, at most `longest` characters (an ellipsis stands for the rest). */
export function oneLine(text: string, longest = 160): string {
  const line = text.replace(control, ' ').replace(turning, '').replace(halves, '\u{FFFD}').replace(/ {2,}/g, ' ').trim()
  const characters = Array.from(line)
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('').trimEnd()}…`
}
