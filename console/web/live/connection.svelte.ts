/** A break shorter than this is not worth a banner. */
export const PATIENCE_MS = 3_000

/** The live feed as seen from this browser. */
export class Connection {
  online = $state(false)
  /** Since when the feed is down; null while it is up. */
  downSince = $state<number | null>(null)
  /** When the feed last said anything or was known to be up. */
  lastUp = $state<number | null>(null)
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  up(): void {
    this.online = true
    this.downSince = null
    this.lastUp = this.#now()
  }

  down(): void {
    if (this.online) this.lastUp = this.#now()
    this.online = false
    this.downSince ??= this.#now()
  }

  /** Whether the banner should stand: down for longer than a blink. */
  lost(now: number): boolean {
    return this.downSince !== null && now - this.downSince >= PATIENCE_MS
  }
}
