/** A thread that ended is started again after this long, doubled at each try, up to the longest pause; milliseconds. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 10_000
/** A thread that keeps ending for so long does not come back. */
const GIVE_UP_MS = 60_000
/** One that has run for so long had come back: the next end is a new trouble. */
const STEADY_MS = 60_000

/** Whether, and when, a thread that ended by itself is started again. */
export class Comeback {
  readonly #now: () => number
  #startedAt = 0
  #troubleSince: number | undefined
  #tries = 0

  /** `now` is a clock in milliseconds that never jumps. */
  constructor(now: () => number) {
    this.#now = now
  }

  started(): void {
    this.#startedAt = this.#now()
  }

  /** The thread has ended: milliseconds until it is to be started again, or undefined when it cannot come back. */
  ended(): number | undefined {
    const now = this.#now()
    if (now - this.#startedAt >= STEADY_MS) {
      this.#troubleSince = undefined
      this.#tries = 0
    }
    this.#troubleSince ??= now
    if (now - this.#troubleSince > GIVE_UP_MS) return undefined
    return Math.min(FIRST_PAUSE_MS * 2 ** this.#tries++, LONGEST_PAUSE_MS)
  }
}
