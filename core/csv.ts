/** A spreadsheet takes a cell that begins with one of these for a formula, also after it was quoted. */
const formula = /^[\s\u0000\ufeff]*[=+\-@\t\r＝＋－＠]/

/**
 * A table as CSV that opens in a Vietnamese spreadsheet: semicolons, a byte order mark, CRLF. Text that would be a
 * formula is made text by an apostrophe; numbers stay numbers.
 */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  return `\ufeff${rows.map((row) => row.map(cell).join(';')).join('\r\n')}\r\n`
}

function cell(value: string | number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  const text = formula.test(value) ? `'${value}` : value
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
