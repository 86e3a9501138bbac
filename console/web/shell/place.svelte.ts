/* eslint-disable svelte/prefer-svelte-reactivity -- collections here are plain and replaced whole ($state.raw), never changed in place */
import { routeOf, type Route } from './routes.ts'

type Browser = Pick<Window, 'location' | 'history' | 'addEventListener' | 'removeEventListener'>

/** The address bar as state. Pages read `route` and `query`; links and keys call `go`. */
export class Place {
  path = $state('/')
  search = $state('')
  /** What the page or its panel is about, for the title of the window; empty: the name of the page. */
  title = $state('')
  readonly route: Route = $derived(routeOf(this.path))
  readonly query = $derived(new URLSearchParams(this.search))
  readonly #browser: Browser

  readonly #unsaved: { dirty: boolean; leave: (proceed: () => void) => void } | null

  /** `unsaved` are the forms that are asked before another page or panel takes their place. */
  constructor(browser: Browser, unsaved: { dirty: boolean; leave: (proceed: () => void) => void } | null = null) {
    this.#browser = browser
    this.#unsaved = unsaved
    this.#read()
  }

  /** Goes to an address of ours; `replace` leaves no step in the history. */
  go(url: string, replace = false): void {
    const path = url.split(/[?#]/, 1)[0]
    if (path !== this.path && this.#unsaved?.dirty === true) this.#unsaved.leave(() => this.#go(url, replace))
    else this.#go(url, replace)
  }

  #go(url: string, replace: boolean): void {
    const { history } = this.#browser
    if (replace) history.replaceState(null, '', url)
    else history.pushState(null, '', url)
    this.#read()
  }

  /** Changes parts of the query; empty values are removed. */
  set(changes: Record<string, string | null>, replace = true): void {
    const query = new URLSearchParams(this.search)
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === '') query.delete(key)
      else query.set(key, value)
    }
    const text = query.toString()
    this.go(text === '' ? this.path : `${this.path}?${text}`, replace)
  }

  /** Names the window after what is shown, until the returned function is called. Fits `$effect(() => place.name(…))`. */
  name(title: string): () => void {
    this.title = title
    return () => {
      if (this.title === title) this.title = ''
    }
  }

  /** Follows the back button; returns the function that stops it. */
  connect(): () => void {
    const read = () => {
      const { pathname, search } = this.#browser.location
      if (pathname === this.path || this.#unsaved?.dirty !== true) return this.#read()
      // The browser went already: it goes back to the form, which asks.
      this.#browser.history.pushState(null, '', `${this.path}${this.search}`)
      this.#unsaved.leave(() => this.#go(`${pathname}${search}`, false))
    }
    this.#browser.addEventListener('popstate', read)
    return () => this.#browser.removeEventListener('popstate', read)
  }

  #read(): void {
    this.path = this.#browser.location.pathname
    this.search = this.#browser.location.search
  }
}
