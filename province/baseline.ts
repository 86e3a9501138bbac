import type { Baseline } from './inventory.ts'

/**
 * What a baseline's parts add up to, in Vietnamese figures, and whether the printed figure agrees with it after the
 * rounding that its own digits show. Undefined when the report gives no parts.
 */
export function checkBaseline(baseline: Baseline): { recomputed: string; agrees: boolean } | undefined {
  const { check } = baseline
  if (check === undefined) return undefined
  if (check.kind === 'sum') {
    const sum = check.parts.reduce((total, part) => total + part, 0)
    return { recomputed: figure(sum, 0), agrees: sum === check.printedValue }
  }
  const [part = 0, whole = 0] = check.parts
  const percent = whole === 0 ? 0 : (part / whole) * 100
  const digits = (String(check.printedValue).split('.')[1] ?? '').length
  return {
    recomputed: `${figure(percent, 2)}%`,
    agrees: percent.toFixed(digits) === check.printedValue.toFixed(digits)
  }
}

const figure = (value: number, digits: number) =>
  value.toLocaleString('vi-VN', { minimumFractionDigits: digits, maximumFractionDigits: digits })
