/** How long the button of the way back stands. */
export const UNDO_MS = 30_000
/** How long the key still reaches an act, as the server counts it too. */
export const REACH_MS = 30 * 60_000
/** Ways back that are kept; the oldest go first. */
const WAYS_MAX = 200
const PLAIN_MS = 6_000

/** Takes an act back; resolves to false when that failed and may be tried again. */
type WayBack = () => Promise<boolean>

export type Notice = { text: string; kind: 'done' | 'failed'; until: number; undo: WayBack | null }

/** The one line at the foot of the screen: what just happened, and the way back. A new one replaces the old. */
export class Notices {
  current = $state.raw<Notice | null>(null)
  /** A hint that stands beside a notice with a way back. */
  aside = $state.raw<{ text: string; until: number } | null>(null)
  readonly #now: () => number
  /** Newest last. */
  #ways: { undo: WayBack; until: number }[] = []
  #pending: Promise<unknown> | null = null

  constructor(now: () => number) {
    this.#now = now
  }

  done(text: string, undo: WayBack | null = null): void {
    if (undo !== null) this.#ways = [...this.#ways, { undo, until: this.#now() + REACH_MS }].slice(-WAYS_MAX)
    this.current = { text, kind: 'done', until: this.#now() + (undo === null ? PLAIN_MS : UNDO_MS), undo }
  }

  /** A word about a key that did nothing; it never takes the way back off the screen. */
  hint(text: string): void {
    if (this.current?.undo == null) this.current = { text, kind: 'failed', until: this.#now() + PLAIN_MS, undo: null }
    else this.aside = { text, until: this.#now() + PLAIN_MS }
  }

  failed(text: string): void {
    this.current = { text, kind: 'failed', until: this.#now() + UNDO_MS, undo: null }
  }

  /** An act is on its way: whoever presses undo now means this one, and waits for its answer. */
  starts(act: Promise<unknown>): void {
    this.#pending = act
    void act.finally(() => {
      if (this.#pending === act) this.#pending = null
    })
  }

  /** Takes the last act back that still stands, and the one before it the next time. */
  async undo(): Promise<void> {
    const pending = this.#pending
    const before = this.#ways.at(-1)
    await pending
    // It was refused: whoever pressed meant that one and none before it.
    if (pending !== null && this.#ways.at(-1) === before) return
    const way = this.#ways.at(-1)
    if (way === undefined || way.until <= this.#now()) return
    this.#ways = this.#ways.slice(0, -1)
    this.current = null
    if (!(await way.undo())) this.#ways = [...this.#ways, way]
  }

  /** Somebody else may sit here next: no way back is left. */
  forget(): void {
    this.#ways = []
    this.dismiss()
  }

  /** Drops a notice whose time is over; called by the ticking clock. */
  tick(): void {
    if (this.aside !== null && this.aside.until <= this.#now()) this.aside = null
    if (this.current !== null && this.current.until <= this.#now()) this.current = null
  }

  dismiss(): void {
    this.aside = null
    this.current = null
  }
}
