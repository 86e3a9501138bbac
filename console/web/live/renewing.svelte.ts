import type { Console } from '../shell/console.svelte.ts'

/** Figures that move with time alone are renewed this often. */
const RENEW_MS = 60_000
/** States pushed in a burst bring one renewal. */
const SETTLE_MS = 1_000

/** Loads a page of health at once, after a reconnect, by the minute, and soon after states were pushed. Call it while a component is made. */
export function renewing(app: Pick<Console, 'connection' | 'health'>, load: () => void): void {
  let pushed = false
  $effect(() => {
    void app.connection.generation
    load()
    const timer = setInterval(load, RENEW_MS)
    return () => clearInterval(timer)
  })
  $effect(() => {
    void app.health.pushes
    // The first run is the page's own beginning, not a push.
    if (!pushed) {
      pushed = true
      return
    }
    const timer = setTimeout(load, SETTLE_MS)
    return () => clearTimeout(timer)
  })
}
