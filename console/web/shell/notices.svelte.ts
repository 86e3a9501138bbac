/** How long an act can be taken back, as the server counts it too. */
export const UNDO_MS = 30_000
const PLAIN_MS = 6_000

export type Notice = { text: string; kind: 'done' | 'failed'; until: number; undo: (() => Promise<void>) | null }

/** The one line at the foot of the screen: what just happened, and the way back. A new one replaces the old. */
export class Notices {
  current = $state.raw<Notice | null>(null)
  /** A hint that stands beside a notice with a way back. */
  aside = $state.raw<{ text: string; until: number } | null>(null)
  readonly #now: () => number
  #pending: Promise<unknown> | null = null

  constructor(now: () => number) {
    this.#now = now
  }

  done(text: string, undo: (() => Promise<void>) | null = null): void {
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

  /** Takes the last act back, once. */
  async undo(): Promise<void> {
    await this.#pending
    const notice = this.current
    if (notice?.undo == null || notice.until <= this.#now()) return
    this.current = null
    await notice.undo()
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
