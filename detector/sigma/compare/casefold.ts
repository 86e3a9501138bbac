/**
 * The one fold under which rules and events are compared, character by character so that a folded piece of a text is
 * always a piece of the folded text: lower case, final sigma as sigma, long s as s. The last two are what Unicode's
 * simple folding (and so a case-insensitive regular expression) treats as equal.
 */
export function casefold(text: string): string {
  const lower = text.toLowerCase()
  return lower.includes('ς') || lower.includes('ſ') ? lower.replaceAll('ς', 'σ').replaceAll('ſ', 's') : lower
}

/** True when every character is ASCII; decides whether needles beyond ASCII need to be looked for at all. */
export function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text)
}
const BEYOND_ASCII = /[^\x00-\x7f]/
