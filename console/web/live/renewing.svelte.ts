import type { Feed } from './feed.ts'
import { keepFresh } from './fresh.svelte.ts'
import { Renewal } from './renewal.ts'

/** Figures that move with time alone are renewed this often. */
const RENEW_MS = 60_000
/** States pushed in a burst bring one renewal. */
const SETTLE_MS = 1_000

/** Loads a page of health at once, after a reconnect, by the minute, and soon after states were pushed. Call it while a component is made. */
export function renewing({ feed }: { feed: Feed }, load: () => unknown): void {
  const settled = new Renewal(() => void load(), SETTLE_MS)
  keepFresh(feed, load, { everyMs: RENEW_MS, on: { 'health:changed': () => settled.soon() } })
  $effect(() => () => settled.stop())
}
