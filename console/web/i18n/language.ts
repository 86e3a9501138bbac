import type { Messages } from './vi.ts'

export const languages = ['vi', 'en'] as const
export type LanguageCode = (typeof languages)[number]

/** Fetches the words of one language. */
export async function wordsOf(code: LanguageCode): Promise<Messages> {
  return code === 'vi' ? (await import('./vi.ts')).vi : (await import('./en.ts')).en
}
