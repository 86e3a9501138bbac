/** What was started, and how each part of it is undone, in reverse. */
export class Undo {
  readonly #steps: (() => unknown)[] = []

  /** Remembers how a part is undone; gives the part back. */
  push<T>(part: T, undo: (part: T) => unknown): T {
    this.#steps.push(() => undo(part))
    return part
  }

  /** Undoes everything, the last part first; a second call finds nothing left. */
  async all(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) await step()
  }
}

/** The first reason why this process must end, kept for whoever asks later. */
export class Failure {
  #reason: string | undefined
  #listener: ((reason: string) => void) | undefined
  readonly #log: (reason: string) => void

  constructor(log: (reason: string) => void) {
    this.#log = log
  }

  report(reason: string): void {
    this.#log(reason)
    this.#reason ??= reason
    this.#listener?.(this.#reason)
  }

  hear(listener: (reason: string) => void): void {
    this.#listener = listener
    if (this.#reason !== undefined) listener(this.#reason)
  }
}
