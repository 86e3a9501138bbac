/** What of the spool nobody needs any more: both the store and the correlation checkpoint have passed it for good. */
export class SpoolRelease {
  readonly #passed: (offset: number) => void
  #store = -1
  #checkpoint = -1
  /** First offset that is still needed, as last said. */
  #needed = 0

  /** `passed` is told the first offset that is still needed, each time it has grown. */
  constructor(passed: (offset: number) => void) {
    this.#passed = passed
  }

  /** The store holds everything up to this offset, also after a power loss. */
  stored(offset: number): void {
    this.#store = Math.max(this.#store, offset)
    this.#release()
  }

  /** The control plane has committed the correlation windows as of this offset. */
  checkpointed(offset: number): void {
    this.#checkpoint = offset
    this.#release()
  }

  #release() {
    const needed = Math.min(this.#store, this.#checkpoint) + 1
    if (needed <= this.#needed) return
    this.#needed = needed
    this.#passed(needed)
  }
}
