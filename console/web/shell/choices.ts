import { languages, type LanguageCode } from '../i18n/language.ts'

/** Where choices are kept between visits; theme.js reads the same entry before the first paint. */
export const KEPT = 'vong-lau'

/** Storage of this browser; null where it is forbidden: the console then simply forgets choices. */
export function storageOrNull(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}

/** What was chosen in this browser before; a damaged or forbidden entry is none. */
export function keptChoices(storage: Pick<Storage, 'getItem'> | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(storage?.getItem(KEPT) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The language chosen before; Vietnamese, the default, where none was. */
export function keptLanguage(storage: Pick<Storage, 'getItem'> | null): LanguageCode {
  return languages.find((code) => code === keptChoices(storage)['language']) ?? 'vi'
}
