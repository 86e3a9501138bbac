import type { Command } from './keyboard.ts'

/** `about` names what the acts of a layer would be about now; a command that waited is dropped when it changed. */
export type Handlers = Partial<Record<Command, () => void>> & { about?: () => string }

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

  /** Whether anybody answers a command. */
  has(command: Command): boolean {
    return this.#layers.some((layer) => layer[command] !== undefined)
  }

  /** What acts would be about now. */
  about(): string {
    return this.#layers.findLast((layer) => layer.about !== undefined)?.about?.() ?? ''
  }

  /** Runs the newest handler of a command; false when nobody has one. */
  run(command: Command): boolean {
    const layer = this.#layers.findLast((candidate) => candidate[command] !== undefined)
    layer?.[command]?.()
    return layer !== undefined
  }
}
