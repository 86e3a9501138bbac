/** How long a question stands before it takes itself back; milliseconds. */
export const ASKING_MS = 10_000

/** An act that is asked once more in place: the question stands for some seconds, and who does not answer keeps what is there. */
export class Asking {
  open = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined

  ask(): void {
    this.keep()
    this.open = true
    this.#timer = setTimeout(() => this.keep(), ASKING_MS)
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
