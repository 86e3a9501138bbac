import type { Trended } from '#core/api/posture.ts'

/** How a figure moved against the period before; null when there is nothing to compare with. */
export type Trend = { direction: 'up' | 'down' | 'same'; by: number; verdict: 'better' | 'worse' | 'same' }

/** `lowerIsBetter`: of incidents and delays fewer is better, of coverage more is. */
export function trendOf({ value, before }: Pick<Trended, 'value' | 'before'>, lowerIsBetter: boolean): Trend | null {
  if (value === null || before === null) return null
  const by = Math.abs(value - before)
  if (by === 0) return { direction: 'same', by, verdict: 'same' }
  const up = value > before
  return { direction: up ? 'up' : 'down', by, verdict: up === lowerIsBetter ? 'worse' : 'better' }
}

/** Splits a sentence at its bold words, in order. */
export function boldParts(text: string, strong: readonly string[]): { text: string; strong: boolean }[] {
  const found = strong.find((words) => words !== '' && text.includes(words))
  if (found === undefined) return text === '' ? [] : [{ text, strong: false }]
  const at = text.indexOf(found)
  const rest = strong.filter((words) => words !== found)
  return [
    ...boldParts(text.slice(0, at), rest),
    { text: found, strong: true },
    ...boldParts(text.slice(at + found.length), rest)
  ]
}
