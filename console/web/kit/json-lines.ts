/** One value of a field: as it is shown, and what a search for it asks; `null` when it cannot be asked, `masked` says why. */
export type JsonValue = { text: string; asked: string | null; masked: boolean }
/** `field` is the place in the document, `path` the field as the query language names it: without the index of a list. */
export type JsonLine = { field: string; path: string; values: JsonValue[] }

/** Most fields of one document that are drawn; an event of ours has about a hundred. */
export const LINES_MAX = 1000
/** Deeper than this a value is written as JSON in one line. */
export const DEPTH_MAX = 12
/** Longer values are cut on screen; the export keeps them whole. */
export const VALUE_MAX = 8192

/** Longest value the query language takes. */
const ASKED_MAX = 1_024
/** What masking leaves of a number: `046*******34`. */
const maskedNumber = /\d{3}[\d* .-]*\*{2,}[\d* .-]*\d{2}/

/** A JSON document as dotted fields and plain text, in its own order, for a screen that must stay quick whatever it gets. */
export function lines(value: unknown): { lines: JsonLine[]; cut: boolean } {
  const out: JsonLine[] = []
  const cut = !walk(value, { field: '', path: '' }, 0, out)
  return { lines: out, cut }
}

type Where = { field: string; path: string }

function walk(value: unknown, at: Where, depth: number, out: JsonLine[]): boolean {
  if (out.length >= LINES_MAX) return false
  const nested = typeof value === 'object' && value !== null && depth < DEPTH_MAX
  if (nested && !Array.isArray(value)) {
    for (const [key, child] of Object.entries(value)) {
      const below =
        at.field === '' ? { field: key, path: key } : { field: `${at.field}.${key}`, path: `${at.path}.${key}` }
      if (!walk(child, below, depth + 1, out)) return false
    }
    return true
  }
  if (nested && Array.isArray(value) && value.some((child) => typeof child === 'object' && child !== null)) {
    for (const [index, child] of value.entries()) {
      if (!walk(child, { ...at, field: `${at.field}[${index}]` }, depth + 1, out)) return false
    }
    return true
  }
  const values = (nested && Array.isArray(value) ? value : [value]).slice(0, LINES_MAX).map(shown)
  out.push({ ...at, values: values.length === 0 ? [{ text: '[]', asked: null, masked: false }] : values })
  return true
}

function shown(value: unknown): JsonValue {
  const whole = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  const text = whole.length > VALUE_MAX ? `${whole.slice(0, VALUE_MAX)}…` : whole
  const masked = maskedNumber.test(text)
  const askable = !masked && whole !== '' && [...whole].length <= ASKED_MAX && typeof value !== 'object'
  return { text, asked: askable ? String(value) : null, masked }
}
