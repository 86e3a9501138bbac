import type { Keys } from './keys.svelte.ts'
import { ALONE_MS, isAct, KeyReader, type Command, type Press } from './keyboard.ts'

/** A timer this late says that the page stood still: keys pressed meanwhile may still be on their way. */
const LATE_MS = 100

type KeyboardParts = {
  keys: Keys
  now: () => number
  /** Whether the focus stands on rows or a panel. */
  onRows: () => boolean
  /** What has the focus and which page is open: a command that waited is given up when this changed. */
  place: () => unknown[]
  /** Says why a key did nothing. */
  refuse: (why: 'typing' | 'focus') => void
}

/** From presses to commands that are run: a command of a letter waits until it stayed alone, and for the same row. */
export class Keyboard {
  /** The command that waits now, to be shown. */
  waiting = $state<Command | null>(null)
  readonly reader = new KeyReader()
  readonly #parts: KeyboardParts
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(parts: KeyboardParts) {
    this.#parts = parts
  }

  /** Takes one press; true when the browser must do nothing with it. */
  press(press: Press): boolean {
    const reading = this.reader.read(press, this.#parts.now())
    const gaveUp = this.waiting
    this.#stop()
    if (reading.is === 'command') return this.#parts.keys.run(reading.command)
    if (reading.is === 'typing') {
      if (gaveUp !== null) this.#parts.refuse('typing')
      // A space or Enter within a word would press the button that has the focus.
      return press.where === 'control' && (press.key === ' ' || press.key === 'Enter')
    }
    if (reading.is !== 'waiting' || reading.command === null) return false
    this.#wait(reading.command)
    return true
  }

  /** Gives up what waits. */
  cancel(): void {
    this.reader.cancel()
    this.#stop()
  }

  #wait(command: Command): void {
    const act = isAct(command)
    // Only what can be done is shown as coming.
    if (!act || this.#parts.onRows()) this.waiting = command
    const about = [...this.#parts.place(), this.#parts.keys.about()]
    const due = this.#parts.now() + ALONE_MS
    this.#timer = setTimeout(() => {
      if (this.#parts.now() - due > LATE_MS) {
        this.#wait(command)
        return
      }
      this.waiting = null
      if (this.reader.due() !== command) return
      const now = [...this.#parts.place(), this.#parts.keys.about()]
      if (now.some((part, at) => part !== about[at])) return
      if (act && !this.#parts.onRows()) {
        if (this.#parts.keys.has(command)) this.#parts.refuse('focus')
        return
      }
      this.#parts.keys.run(command)
    }, ALONE_MS)
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.waiting = null
  }
}
