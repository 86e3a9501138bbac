import type { Bilingual, Level } from './match.ts'

/** The five levels inside a sentence. */
export const levelWords: Record<Level, Bilingual> = {
  critical: { vi: 'nghiêm trọng', en: 'critical' },
  high: { vi: 'cao', en: 'high' },
  medium: { vi: 'trung bình', en: 'medium' },
  low: { vi: 'thấp', en: 'low' },
  informational: { vi: 'thông tin', en: 'informational' }
}

/** A level by itself, on a badge or in a column: "Nghiêm trọng". */
export const levelName = (level: Level): Bilingual => ({
  vi: capital(levelWords[level].vi),
  en: capital(levelWords[level].en)
})
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** "Xã Phong Thu (Phong Điền)": two communes share a short name, so the district stands beside it. */
export const unitText = ({ name, district }: { name: string; district: string }): string =>
  district === '' ? name : `${name} (${district})`

/** The same text in both languages: names. */
export const bothLanguages = (text: string): Bilingual => ({ vi: text, en: text })

/**
 * Words with their `{name}`s filled, in one pass, so that braces inside a value stay text. A value is a text, a number, or
 * words in both languages; a name without a value is left as it stands.
 */
export function fillWords(words: Bilingual, values: Record<string, string | number | Bilingual>): Bilingual {
  const fill = (language: 'vi' | 'en') =>
    words[language].replace(/\{(\w{1,40})\}/g, (whole, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      if (value === undefined) return whole
      return typeof value === 'object' ? value[language] : String(value)
    })
  return { vi: fill('vi'), en: fill('en') }
}
