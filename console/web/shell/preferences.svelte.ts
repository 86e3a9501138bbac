import { wordsOf, type LanguageCode } from '../i18n/language.ts'
import { language } from '../i18n/text.svelte.ts'
import { KEPT, keptChoices } from './choices.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** People of one desk whose choice is remembered; the one who chose longest ago is forgotten. */
const PEOPLE_MAX = 50

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>

/** What one person chose in this browser: theme, language, unit scope. Nothing here is a right. */
export class Preferences {
  theme = $state<Theme>('system')
  /** Unit code the lists are narrowed to; empty: all units one may see. */
  scope = $state('')
  unitsView = $state<'map' | 'districts'>('districts')
  /** Single letters and signs are commands; a person may switch that off for themselves. */
  readonly letterKeys = $derived.by(() => !this.#withoutLetters.includes(this.#person))
  #withoutLetters = $state.raw<readonly string[]>([])
  #person = $state('')
  readonly #storage: Storage | null
  #wished: LanguageCode = language.current

  constructor(storage: Storage | null) {
    this.#storage = storage
    const kept = keptChoices(storage)
    this.theme = themes.find((theme) => theme === kept['theme']) ?? 'system'
    this.scope = typeof kept['scope'] === 'string' ? kept['scope'] : ''
    this.unitsView = kept['unitsView'] === 'map' ? 'map' : 'districts'
    const without = kept['withoutLetterKeys']
    if (Array.isArray(without)) this.#withoutLetters = without.filter((id) => typeof id === 'string')
  }

  /** Whose choices count from now on, where persons at one desk may differ. */
  of(person: string): void {
    this.#person = person
  }

  setLetterKeys(on: boolean): void {
    const others = this.#withoutLetters.filter((id) => id !== this.#person)
    this.#withoutLetters = on ? others : [...others, this.#person].slice(-PEOPLE_MAX)
    this.#keep()
  }

  setTheme(theme: Theme): void {
    this.theme = theme
    this.#keep()
  }

  /** Fetches the words of a language and shows them; the old ones stay until then. Fails when they cannot be fetched. */
  async setLanguage(code: LanguageCode): Promise<void> {
    this.#wished = code
    const words = await wordsOf(code)
    // Whoever changed their mind meanwhile gets what they wanted last.
    if (this.#wished !== code) return
    language.show(code, words)
    this.#keep()
  }

  setScope(code: string): void {
    this.scope = code
    this.#keep()
  }

  setUnitsView(view: 'map' | 'districts'): void {
    this.unitsView = view
    this.#keep()
  }

  #keep(): void {
    const { theme, scope, unitsView } = this
    const withoutLetterKeys = this.#withoutLetters
    try {
      this.#storage?.setItem(
        KEPT,
        JSON.stringify({ theme, scope, unitsView, withoutLetterKeys, language: language.current })
      )
    } catch {
      // Storage is full or forbidden: the choice lasts as long as the page.
    }
  }
}
