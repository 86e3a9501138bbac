/** One act on its way to the server: its buttons wait, and a refusal is said once. */
export class Act {
  busy = $state(false)
  readonly #onfailed: (error: unknown) => void

  /** `onfailed` says why the act was refused: at the foot of the screen, or in the form. */
  constructor(onfailed: (error: unknown) => void) {
    this.#onfailed = onfailed
  }

  /** Resolves to true when the work went well; a second act while one is on its way is ignored, not queued. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    try {
      await work()
      return true
    } catch (error) {
      this.#onfailed(error)
      return false
    } finally {
      this.busy = false
    }
  }
}
