/** How long a question stands before it takes itself back; milliseconds. */
export const ASKING_MS = 10_000

/** An act that is asked once more in place: the question stands for its time, and who does not answer keeps what is there. */
export class Asking {
  open = $state(false)
  readonly #limitMs: number | null
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Without a limit the question stands until it is answered. */
  constructor(limitMs: number | null = ASKING_MS) {
    this.#limitMs = limitMs
  }

  ask(): void {
    this.keep()
    this.open = true
    if (this.#limitMs !== null) this.#timer = setTimeout(() => this.keep(), this.#limitMs)
  }

  /** Takes the question back; also when its place goes from the screen. */
  keep(): void {
    clearTimeout(this.#timer)
    this.open = false
  }

  /** Does the act if the question still stands; it is answered once. */
  answer(act: () => void): void {
    if (!this.open) return
    this.keep()
    act()
  }
}
