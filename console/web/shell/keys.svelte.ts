import type { Command } from './keyboard.ts'

export type Handlers = Partial<Record<Command, () => void>>

/** Who answers a command: the layer opened last, so that a panel's `Esc` comes before its list's. */
export class Keys {
  // One layer per mounted page, panel or sheet: a handful, removed when it closes.
  #layers: Handlers[] = []

  /** Adds a layer; the returned function removes it. Fits `$effect(() => keys.use({…}))`. */
  use(handlers: Handlers): () => void {
    this.#layers = [...this.#layers, handlers]
    return () => {
      this.#layers = this.#layers.filter((layer) => layer !== handlers)
    }
  }

  /** Runs the newest handler of a command; false when nobody has one. */
  run(command: Command): boolean {
    const layer = this.#layers.findLast((candidate) => candidate[command] !== undefined)
    layer?.[command]?.()
    return layer !== undefined
  }
}
