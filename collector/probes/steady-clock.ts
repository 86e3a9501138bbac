import type { Clock } from '#core/clock.ts'

/** From how far on a difference between wall clock and monotonic time is a step and not a slow correction. */
const STEP_MS = 1_000

/** Wall time that runs evenly: anchored to the wall clock, carried by monotonic time until somebody looks for steps. */
export class SteadyClock implements Clock {
  readonly #wall: () => number
  readonly #monotonic: () => number
  #anchor: number

  constructor(wall: () => number = Date.now, monotonic: () => number = () => performance.now()) {
    this.#wall = wall
    this.#monotonic = monotonic
    this.#anchor = wall() - monotonic()
  }

  now(): number {
    return Math.round(this.#anchor + this.#monotonic())
  }

  /** Follows the wall clock. Returns the size of a step in milliseconds (the clock was set, or the machine slept), or 0. */
  follow(): number {
    const difference = this.#wall() - this.now()
    this.#anchor += difference
    return Math.abs(difference) >= STEP_MS ? difference : 0
  }
}
