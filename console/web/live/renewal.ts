/** Does the same work for many causes: soon after the first one, and once for a whole burst. */
export class Renewal {
  readonly #work: () => void
  readonly #afterMs: number
  #timer: ReturnType<typeof setTimeout> | undefined

  /** The work runs `afterMs` milliseconds after the first cause; causes in between are answered by the same run. */
  constructor(work: () => void, afterMs: number) {
    this.#work = work
    this.#afterMs = afterMs
  }

  /** Says that there is a cause. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#work()
    }, this.#afterMs)
  }

  /** Forgets the causes; nothing runs any more until the next one. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
