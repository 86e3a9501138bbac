import type { AlertActAnswer } from '#core/api/alerts.ts'
import type { LiveEvents } from '#core/live.ts'

/** What a page can hear: every pushed event, and that pushes may have been missed. */
export type FeedEvents = LiveEvents & {
  /** The feed is back after an interruption: whatever was fetched before must be fetched again. */
  reconnected: () => void
  /** The server's answer to an act of this browser on alerts; their stories have grown. */
  'alerts:answered': (answer: AlertActAnswer) => void
}

/**
 * The live events of one browser, handed to everybody who listens, each one and in its order: two changes that arrive in
 * one payload are two calls. State and pages subscribe; nothing is remembered here.
 */
export class Feed {
  readonly #listeners = new Map<keyof FeedEvents, Set<(...args: never[]) => void>>()

  /** Hears these events until the returned function is called; made for `$effect(() => app.feed.on({ … }))`. */
  on(handlers: Partial<FeedEvents>): () => void {
    const added = Object.entries(handlers) as [keyof FeedEvents, (...args: never[]) => void][]
    for (const [event, handler] of added) {
      const known = this.#listeners.get(event) ?? new Set()
      this.#listeners.set(event, known.add(handler))
    }
    return () => {
      for (const [event, handler] of added) this.#listeners.get(event)?.delete(handler)
    }
  }

  /** Tells everybody who listens now; one listener's fault keeps no other from hearing. */
  emit<K extends keyof FeedEvents>(event: K, ...args: Parameters<FeedEvents[K]>): void {
    for (const handler of [...(this.#listeners.get(event) ?? [])]) {
      try {
        ;(handler as (...given: Parameters<FeedEvents[K]>) => void)(...args)
      } catch (error) {
        console.error(event, error)
      }
    }
  }
}
