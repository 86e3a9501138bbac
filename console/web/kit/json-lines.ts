export type JsonLine = { field: string; value: string }

/** Most fields of one document that are drawn; an event of ours has about a hundred. */
export const LINES_MAX = 1000
/** Deeper than this a value is written as JSON in one line. */
export const DEPTH_MAX = 12
/** Longer values are cut on screen; the export keeps them whole. */
export const VALUE_MAX = 8192

/** A JSON document as dotted fields and plain text, in its own order, for a screen that must stay quick whatever it gets. */
export function lines(value: unknown): { lines: JsonLine[]; cut: boolean } {
  const out: JsonLine[] = []
  const cut = !walk(value, '', 0, out)
  return { lines: out, cut }
}

function walk(value: unknown, field: string, depth: number, out: JsonLine[]): boolean {
  if (out.length >= LINES_MAX) return false
  const nested = typeof value === 'object' && value !== null && depth < DEPTH_MAX
  if (nested && !Array.isArray(value)) {
    for (const [key, child] of Object.entries(value)) {
      if (!walk(child, field === '' ? key : `${field}.${key}`, depth + 1, out)) return false
    }
    return true
  }
  if (nested && Array.isArray(value) && value.some((child) => typeof child === 'object' && child !== null)) {
    for (const [index, child] of value.entries()) {
      if (!walk(child, `${field}[${index}]`, depth + 1, out)) return false
    }
    return true
  }
  out.push({ field, value: text(value) })
  return true
}

function text(value: unknown): string {
  const whole = Array.isArray(value)
    ? value.map(text).join(', ')
    : typeof value === 'string'
      ? value
      : (JSON.stringify(value) ?? '')
  return whole.length > VALUE_MAX ? `${whole.slice(0, VALUE_MAX)}…` : whole
}
