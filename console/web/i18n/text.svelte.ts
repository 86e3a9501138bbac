import type { Bilingual } from '#core/match.ts'
import { en } from './en.ts'
import { vi, type Messages } from './vi.ts'

export const languages = ['vi', 'en'] as const
export type LanguageCode = (typeof languages)[number]
export type MessageKey = keyof Messages
/** Parameters of a refusal or of an entry of a story, as the API sends them. */
export type Params = Record<string, string | number>

const catalogues: Record<LanguageCode, Messages> = { vi, en }

class Language {
  current = $state<LanguageCode>('vi')
}

/** The language shown now; text reads it, so that a switch redraws at once. */
export const language = new Language()

type Args<K extends MessageKey> = Messages[K] extends (...args: infer A) => string ? A : []

/** One message of the catalogue in the language shown now. */
export function t<K extends MessageKey>(key: K, ...args: Args<K>): string {
  const message = catalogues[language.current][key] as string | ((...args: unknown[]) => string)
  return typeof message === 'string' ? message : message(...args)
}

/** The half of a bilingual text to show; a server without an English text is shown in Vietnamese. */
export function pick(text: Bilingual): string {
  return language.current === 'en' && text.en !== '' ? text.en : text.vi
}

/** Words for a code that came from outside: `prefix.code` of the catalogue, else the nearest parent code, else the code itself. */
export function codeText(prefix: string, code: string, params: Params = {}): string {
  const catalogue = catalogues[language.current]
  for (let key = `${prefix}.${code}`; key.length > prefix.length; key = key.slice(0, key.lastIndexOf('.'))) {
    if (!Object.hasOwn(catalogue, key)) continue
    const message = catalogue[key as MessageKey] as string | ((params: Params) => string)
    return typeof message === 'string' ? message : message(params)
  }
  return code
}

/** Whether the catalogue has words for exactly this code. */
export function hasText(prefix: string, code: string): boolean {
  return Object.hasOwn(vi, `${prefix}.${code}`)
}
