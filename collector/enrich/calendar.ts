const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Month 0–11 of a three-letter English name at `at`, any case; -1 when it is none. */
export function monthAt(text: string, at: number): number {
  return MONTHS.indexOf(text.slice(at, at + 3).toLowerCase())
}

/** `count` digits at `at` as a number, or -1. */
export function digitsAt(text: string, at: number, count: number): number {
  let value = 0
  for (let index = at; index < at + count; index++) {
    const digit = text.charCodeAt(index) - 48
    // NaN beyond the end compares false both ways, hence the negated form.
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

/** UTC milliseconds of calendar parts (month 0–11), NaN when there is no such moment. A leap second counts as :59. */
export function moment(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  offsetMinutes: number
): number {
  if (year < 0 || month < 0 || month > 11 || day < 1 || day > DAYS_IN_MONTH[month]!) return Number.NaN
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return Number.NaN
  if (month === 1 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return Number.NaN
  return Date.UTC(year, month, day, hour, minute, second === 60 ? 59 : second) - offsetMinutes * 60_000
}

/** Minutes east of UTC written as `Z`, `+07:00`, `+0700` or `+07` over exactly `start`…`end`; NaN when it is none. */
export function readZone(text: string, start: number, end: number): number {
  const length = end - start
  const sign = text[start]
  if (length === 1 && (sign === 'Z' || sign === 'z')) return 0
  if (sign !== '+' && sign !== '-') return Number.NaN
  const hours = digitsAt(text, start + 1, 2)
  let minutes = 0
  if (length === 6 && text[start + 3] === ':') minutes = digitsAt(text, start + 4, 2)
  else if (length === 5) minutes = digitsAt(text, start + 3, 2)
  else if (length !== 3) return Number.NaN
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return Number.NaN
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes)
}
