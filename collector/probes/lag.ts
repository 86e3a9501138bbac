/** How often the watch looks, and from when on this thread counts as having stood still. */
const TICK_MS = 100
const STALL_MS = 150
/** Stalls remembered; runs last seconds, so older ones concern nobody. */
const STALLS_MAX = 64

/** Knows when this thread stood still: what could not be read meanwhile is nobody else's fault. */
export class LagWatch {
  readonly #now: () => number
  readonly #stalls: { from: number; to: number }[] = []
  #seen: number
  #timer: NodeJS.Timeout | undefined
  /** The longest stall so far, milliseconds. */
  longest = 0

  /** `now` is monotonic. */
  constructor(now: () => number) {
    this.#now = now
    this.#seen = now()
  }

  start(): void {
    this.#seen = this.#now()
    this.#timer = setInterval(() => this.tick(), TICK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** To be called every {@link TICK_MS}; a later call is a stall. */
  tick(): void {
    const now = this.#now()
    const late = now - this.#seen - TICK_MS
    if (late > STALL_MS) {
      this.#stalls.push({ from: this.#seen + TICK_MS, to: now })
      if (this.#stalls.length > STALLS_MAX) this.#stalls.shift()
      this.longest = Math.max(this.longest, late)
    }
    this.#seen = now
  }

  /** Milliseconds since `from` that the thread stood still, a stall that no tick has seen yet included. */
  since(from: number): number {
    const now = this.#now()
    let sum = 0
    for (const stall of this.#stalls) sum += Math.max(0, stall.to - Math.max(from, stall.from))
    const unseen = now - Math.max(from, this.#seen + TICK_MS)
    return sum + (now - this.#seen - TICK_MS > STALL_MS ? Math.max(0, unseen) : 0)
  }
}
