type Open = { dirty: () => boolean; ask: (proceed: () => void) => void }

/** Forms on screen in which something was typed that was not sent: who leaves is asked first. */
export class Unsaved {
  // One entry a mounted form.
  readonly #forms = new Set<Open>()

  /** Adds a form; the returned function removes it. */
  add(form: Open): () => void {
    this.#forms.add(form)
    return () => void this.#forms.delete(form)
  }

  /** Whether something would be lost to sight. */
  get dirty(): boolean {
    return [...this.#forms].some((form) => form.dirty())
  }

  /** Goes on at once, or asks in the form opened last whether what was typed there may go. */
  leave(proceed: () => void): void {
    const form = [...this.#forms].findLast((candidate) => candidate.dirty())
    if (form === undefined) proceed()
    else form.ask(() => this.leave(proceed))
  }
}

/** The forms of this page. */
export const unsaved = new Unsaved()
