import type { Bilingual } from '#core/match.ts'
import { words } from '../words.ts'

/** Longer values are cut: a sentence is read, the event itself is beside it. */
const MAX_VALUE = 256

const groups = { vi: new Intl.NumberFormat('vi-VN'), en: new Intl.NumberFormat('en-US') }

/**
 * A sentence in both languages: `{count}` becomes a grouped number (1.234 and 1,234), `{field}` the value of that name.
 * Filled in one pass, so that braces inside an attacker's value stay text.
 */
export function fillSentence(
  template: Bilingual,
  count: number | undefined,
  values: Readonly<Record<string, string | number>>
): Bilingual {
  const fill = (language: 'vi' | 'en') =>
    template[language].replace(/\{([\w.@-]{1,100})\}/g, (_all, name: string) => {
      if (name === 'count') return count === undefined ? '' : groups[language].format(count)
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      if (typeof value === 'number') return groups[language].format(value)
      if (value === undefined || value === '') return words.unknownValue[language]
      return value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value
    })
  return { vi: fill('vi'), en: fill('en') }
}
