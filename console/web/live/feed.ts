import type { AlertActAnswer } from '#core/api/alerts.ts'
import { Emitter } from '#core/emitter.ts'
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
 * one payload are two calls. State and pages subscribe with `$effect(() => app.feed.on({ … }))`.
 */
export class Feed extends Emitter<FeedEvents> {
  /** One listener's fault keeps no other from hearing. */
  override emit<K extends keyof FeedEvents>(event: K, ...args: Parameters<FeedEvents[K]>): void {
    for (const handler of this.listeners(event)) {
      try {
        handler(...args)
      } catch (error) {
        console.error(event, error)
      }
    }
  }
}
