const numeric = /^[+-]?(\d+(\.\d+)?|\.\d+)$/

/** A number as people and logs write it, or undefined. */
export function asNumber(text: string): number | undefined {
  return numeric.test(text) ? Number(text) : undefined
}

/** The bound of a range: a number where a number holds it exactly, else its digits, which are then compared one by one. */
export function numberBound(text: string): number | string {
  const number = Number(text)
  return text.replace(/\D/g, '').replace(/^0+/, '').length <= 15 || Number.isSafeInteger(number) ? number : text
}

/** Order of a document's number or numeric text and a bound: negative, 0 or positive. */
export function compareNumber(value: number | string, bound: number | string): number {
  const [a, b] = [Number(value), Number(bound)]
  // Rounding keeps the order, so only what rounds to the same number has to be told apart by its digits.
  if (a !== b || typeof bound === 'number') return a < b ? -1 : a > b ? 1 : 0
  const written = typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : String(value)
  return numeric.test(written) ? compareDigits(written, bound) : 0
}

function compareDigits(left: string, right: string): number {
  const [a, b] = [digitsOf(left), digitsOf(right)]
  if (a.negative !== b.negative) return a.negative ? -1 : 1
  const order = a.whole.length - b.whole.length || textOrder(a.whole, b.whole) || textOrder(a.fraction, b.fraction)
  return a.negative ? -order : order
}

function digitsOf(text: string) {
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.')
  return { negative: text.startsWith('-'), whole: whole.replace(/^0+/, ''), fraction: fraction.replace(/0+$/, '') }
}

const textOrder = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
