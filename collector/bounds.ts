import type { Json } from '#core/event.ts'

/** Longest string of a field, UTF-8 bytes: Lucene's own limit for one term. Longer ones are cut and flagged. */
export const MAX_STRING_BYTES = 32_766
/** Longest `event.original`, UTF-8 bytes; it is kept, not indexed. Frames are bounded by the listeners to about this size. */
export const MAX_ORIGINAL_BYTES = 1_048_576

/** The text, or as much of it as fits into `maxBytes` of UTF-8 without splitting a character. */
export function cutText(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text
  let low = 0
  let high = Math.min(text.length, maxBytes)
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (Buffer.byteLength(text.slice(0, middle)) <= maxBytes) low = middle
    else high = middle - 1
  }
  const last = text.charCodeAt(low - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? low - 1 : low)
}

/** Cuts every long string inside `value` in place of a copy; true when something was cut. */
export function cutStrings(value: Json): { value: Json; cut: boolean } {
  if (typeof value === 'string') {
    const kept = cutText(value, MAX_STRING_BYTES)
    return { value: kept, cut: kept !== value }
  }
  if (value === null || typeof value !== 'object') return { value, cut: false }
  let cut = false
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      const answer = cutStrings(element)
      if (answer.cut) value[index] = answer.value
      cut ||= answer.cut
    }
    return { value, cut }
  }
  for (const key of Object.keys(value)) {
    const answer = cutStrings(value[key]!)
    if (answer.cut) value[key] = answer.value
    cut ||= answer.cut
  }
  return { value, cut }
}
