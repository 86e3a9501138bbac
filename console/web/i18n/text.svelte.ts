import type { Bilingual } from '#core/match.ts'
import type { LanguageCode } from './language.ts'
import type { Messages } from './vi.ts'

export { languages, type LanguageCode } from './language.ts'
export type MessageKey = keyof Messages
/** Parameters of a refusal or of an entry of a story, as the API sends them. */
export type Params = Record<string, string | number>

class Language {
  /** Before main.ts has shown the first catalogue nothing is mounted that reads it. */
  #shown = $state.raw<{ code: LanguageCode; words: Messages }>({ code: 'vi', words: {} as Messages })

  get current(): LanguageCode {
    return this.#shown.code
  }

  get words(): Messages {
    return this.#shown.words
  }

  /** Code and words change in one step, so that no screen shows keys or half of each. */
  show(code: LanguageCode, words: Messages): void {
    this.#shown = { code, words }
  }
}

/** The language shown now and its words, the only ones loaded; text reads it, so that a switch redraws at once. */
export const language = new Language()

type Args<K extends MessageKey> = Messages[K] extends (...args: infer A) => string ? A : []

/** One message of the catalogue in the language shown now. */
export function t<K extends MessageKey>(key: K, ...args: Args<K>): string {
  const message = language.words[key] as string | ((...args: unknown[]) => string)
  return typeof message === 'string' ? message : message(...args)
}

/** The half of a bilingual text to show; a server without an English text is shown in Vietnamese. */
export function pick(text: Bilingual): string {
  return language.current === 'en' && text.en !== '' ? text.en : text.vi
}

/** Words for a code that came from outside: `prefix.code` of the catalogue, else the nearest parent code, else the code itself. */
export function codeText(prefix: string, code: string, params: Params = {}): string {
  const { words } = language
  for (let key = `${prefix}.${code}`; key.length > prefix.length; key = key.slice(0, key.lastIndexOf('.'))) {
    if (!Object.hasOwn(words, key)) continue
    const message = words[key as MessageKey] as string | ((params: Params) => string)
    return typeof message === 'string' ? message : message(params)
  }
  return code
}

/** Whether the catalogue has words for exactly this code; both languages have the same. */
export function hasText(prefix: string, code: string): boolean {
  return Object.hasOwn(language.words, `${prefix}.${code}`)
}
