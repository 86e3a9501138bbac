/* eslint-disable svelte/prefer-svelte-reactivity -- collections here are plain and replaced whole ($state.raw), never changed in place */
import { routeOf, type Route } from './routes.ts'

type Browser = Pick<Window, 'location' | 'history' | 'addEventListener' | 'removeEventListener'>

/** The address bar as state. Pages read `route` and `query`; links and keys call `go`. */
export class Place {
  path = $state('/')
  search = $state('')
  readonly route: Route = $derived(routeOf(this.path))
  readonly query = $derived(new URLSearchParams(this.search))
  readonly #browser: Browser

  constructor(browser: Browser) {
    this.#browser = browser
    this.#read()
  }

  /** Goes to an address of ours; `replace` leaves no step in the history. */
  go(url: string, replace = false): void {
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

  /** Follows the back button; returns the function that stops it. */
  connect(): () => void {
    const read = () => this.#read()
    this.#browser.addEventListener('popstate', read)
    return () => this.#browser.removeEventListener('popstate', read)
  }

  #read(): void {
    this.path = this.#browser.location.pathname
    this.search = this.#browser.location.search
  }
}
