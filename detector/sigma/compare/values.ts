/** Comparisons of single values, as Sigma means them. */

/** Whole and decimal numbers as logs print them; no exponents, no hexadecimal. */
const NUMERIC = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)$/

/**
 * One text for all spellings of a number, so that 11, "11" and "11.0" are equal. Whole numbers too large for a double keep
 * their digits: 9007199254740993 is not 9007199254740992.
 */
export function canonicalNumber(text: string): string | undefined {
  if (text.length > 40 || !NUMERIC.test(text)) return undefined
  const number = Number(text)
  if (Number.isSafeInteger(number)) return String(number === 0 ? 0 : number)
  const [whole = '', fraction = ''] = text.replace(/^\+/, '').split('.')
  if (/^0*$/.test(fraction)) return whole.replace(/^(-?)0+(?=\d)/, '$1')
  return String(number)
}

/** A number for comparisons, undefined when the text is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return text !== '' && text.length <= 40 && NUMERIC.test(text) ? Number(text) : undefined
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:[.,]\d+)?)?)?\s*(?:Z|UTC|[-+]\d{2}:?\d{2})?$/i

/** A part of a date as written, without turning it into another zone; weeks are ISO weeks. */
export function datePartOf(text: string, part: string): number | undefined {
  const fields = text.length <= 64 ? DATE.exec(text.trim()) : null
  if (!fields) return undefined
  const [year, month, day, hour, minute] = fields
    .slice(1, 6)
    .map((field) => (field === undefined ? NaN : Number(field)))
  if (part === 'week') return isoWeek(year!, month!, day!)
  const value = new Map(Object.entries({ year, month, day, hour, minute })).get(part)
  return value === undefined || Number.isNaN(value) ? undefined : value
}

/** The week that holds the day's Thursday, counted in that Thursday's year. */
function isoWeek(year: number, month: number, day: number): number {
  const thursday = new Date(Date.UTC(year, month - 1, day))
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7))
  const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  return Math.floor((thursday.getTime() - newYear) / 86_400_000 / 7) + 1
}
