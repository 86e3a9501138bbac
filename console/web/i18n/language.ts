import { keptChoices } from '../shell/choices.ts'
import type { Messages } from './vi.ts'

export const languages = ['vi', 'en'] as const
export type LanguageCode = (typeof languages)[number]

/** The language chosen before; Vietnamese, the default, where none was. */
export function keptLanguage(storage: Pick<Storage, 'getItem'> | null): LanguageCode {
  return languages.find((code) => code === keptChoices(storage)['language']) ?? 'vi'
}

/** Fetches the words of one language. */
export async function wordsOf(code: LanguageCode): Promise<Messages> {
  return code === 'vi' ? (await import('./vi.ts')).vi : (await import('./en.ts')).en
}
