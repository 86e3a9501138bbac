import type { Feed, FeedEvents } from './feed.ts'

/**
 * Loads what a component shows: at once, when what `load` reads has changed, after a reconnect, and every `everyMs`
 * milliseconds where one is named. `on` are the live events it hears besides. Call it while the component is made.
 */
export function keepFresh(
  feed: Feed,
  load: () => unknown,
  { everyMs, on }: { everyMs?: number; on?: Partial<FeedEvents> } = {}
): void {
  $effect(() => {
    void load()
    if (everyMs === undefined) return
    const timer = setInterval(() => void load(), everyMs)
    return () => clearInterval(timer)
  })
  $effect(() => feed.on({ reconnected: () => void load(), ...on }))
}
