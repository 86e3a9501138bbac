import type { Component } from 'svelte'
import { loaders, type Opened } from './features.ts'

/** Props differ from page to page; features.ts checks them against the address. */
type AnyPage = Component<Record<string, unknown>>
type Loaders = Readonly<Record<string, () => Promise<{ default: unknown }>>>

/** Why a page is not there: nobody answers, a new version was installed meanwhile, or its file alone is missing. */
export type Missing = { code: 'offline' | 'outdated' | 'failed'; since: number }
/** The version that the server hands out now: the one that runs here, another, or no answer. */
export type Deployed = 'same' | 'other' | 'away'

type PagesParts = {
  deployed: () => Promise<Deployed>
  reload: () => void
  now: () => number
  loaders?: Loaders
}

/**
 * The pages of the console, each fetched when it is first opened. A browser remembers a file that it could not fetch, so a
 * page that failed is asked for by loading the whole console again, once the server answers; the address says where one was.
 */
export class Pages {
  missing = $state.raw<Missing | null>(null)
  #loaded = $state.raw<Readonly<Record<string, AnyPage>>>({})
  #shown: Opened | null = null
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- no screen reads it
  readonly #asked = new Map<string, Promise<void>>()
  readonly #loaders: Loaders
  readonly #parts: PagesParts

  constructor(parts: PagesParts) {
    this.#parts = parts
    this.#loaders = parts.loaders ?? loaders
  }

  /** The component of a page; null until it was fetched. */
  of(name: Opened): AnyPage | null {
    return this.#loaded[name] ?? null
  }

  /** Fetches a page that is about to be shown, and says in `missing` why it is not there. */
  async open(name: Opened): Promise<void> {
    this.missing = null
    this.#shown = name
    try {
      await this.#fetch(name)
    } catch {
      await this.#explain(name)
    }
  }

  /** Fetches a page that may be opened next; a failure is told when it is. */
  prefetch(name: Opened): void {
    this.#fetch(name).catch(() => undefined)
  }

  /** Loads the console again, if the server answers by now. */
  async retry(): Promise<void> {
    if ((await this.#parts.deployed()) !== 'away') this.#parts.reload()
  }

  #fetch(name: Opened): Promise<void> {
    let asked = this.#asked.get(name)
    if (asked === undefined) {
      asked = this.#loaders[name]!().then((module) => {
        this.#loaded = { ...this.#loaded, [name]: module.default as AnyPage }
      })
      this.#asked.set(name, asked)
    }
    return asked
  }

  async #explain(name: Opened): Promise<void> {
    const since = this.#parts.now()
    const deployed = await this.#parts.deployed()
    // Whoever went on to another page meanwhile is not told about this one.
    if (this.#shown !== name) return
    const code = deployed === 'away' ? 'offline' : deployed === 'other' ? 'outdated' : 'failed'
    this.missing = { code, since }
  }
}

/** Asks the server for the console's first page and looks whether it still names the script that runs here. */
export async function deployedVersion(fetch: typeof globalThis.fetch, script: string): Promise<Deployed> {
  try {
    const answer = await fetch('/', { cache: 'no-store', headers: { accept: 'text/html' } })
    if (!answer.ok) return 'away'
    return (await answer.text()).includes(script) ? 'same' : 'other'
  } catch {
    return 'away'
  }
}
