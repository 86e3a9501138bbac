type Handler = (...args: never[]) => unknown
/** Event name → function that hears it. */
export type Handlers<Events> = { [K in keyof Events]: Handler }

/**
 * Typed events inside one process: whoever makes something known need not know who listens. Each event is handed to every
 * listener at once and in order; nothing is remembered. What a listener throws reaches whoever emits, so that a listener
 * inside a transaction can undo it.
 */
export class Emitter<Events extends Handlers<Events>> {
  readonly #listeners = new Map<keyof Events, Set<Handler>>()

  /** Hears these events until the returned function is called. */
  on(handlers: Partial<Events>): () => void {
    const added = Object.entries(handlers) as [keyof Events, Handler][]
    for (const [event, handler] of added) {
      const known = this.#listeners.get(event) ?? new Set()
      this.#listeners.set(event, known.add(handler))
    }
    return () => {
      for (const [event, handler] of added) this.#listeners.get(event)?.delete(handler)
    }
  }

  /** Tells everybody who listens now. */
  emit<K extends keyof Events>(event: K, ...args: Parameters<Events[K]>): void {
    for (const handler of this.listeners(event)) handler(...args)
  }

  /** Who listens now; a copy, so that a listener may leave while it is called. */
  protected listeners<K extends keyof Events>(event: K): ((...args: Parameters<Events[K]>) => unknown)[] {
    return [...(this.#listeners.get(event) ?? [])] as ((...args: Parameters<Events[K]>) => unknown)[]
  }
}
