import { language, languages, type LanguageCode } from '../i18n/text.svelte.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]
/** Where choices are kept between visits; theme.js reads the same entry before the first paint. */
export const KEPT = 'vong-lau'

type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>

/** What one person chose in this browser: theme, language, unit scope. Nothing here is a right. */
export class Preferences {
  theme = $state<Theme>('system')
  /** Unit code the lists are narrowed to; empty: all units one may see. */
  scope = $state('')
  unitsView = $state<'map' | 'districts'>('districts')
  readonly #storage: Storage | null

  constructor(storage: Storage | null) {
    this.#storage = storage
    const kept = read(storage)
    this.theme = themes.find((theme) => theme === kept['theme']) ?? 'system'
    this.scope = typeof kept['scope'] === 'string' ? kept['scope'] : ''
    this.unitsView = kept['unitsView'] === 'map' ? 'map' : 'districts'
    language.current = languages.find((code) => code === kept['language']) ?? 'vi'
  }

  setTheme(theme: Theme): void {
    this.theme = theme
    this.#keep()
  }

  setLanguage(code: LanguageCode): void {
    language.current = code
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
    try {
      this.#storage?.setItem(KEPT, JSON.stringify({ theme, scope, unitsView, language: language.current }))
    } catch {
      // Storage is full or forbidden: the choice lasts as long as the page.
    }
  }
}

function read(storage: Storage | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(storage?.getItem(KEPT) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
