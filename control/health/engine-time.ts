import type { Clock } from '#core/clock.ts'

/** A step back larger than this is a clock that was set, not one that is being slewed. */
const STEP_MS = 1_000

/**
 * The engine's two times. `now` is the wall clock but never goes back: should the clock be set back, `now` stands still until
 * it catches up, so that intervals never overlap. `elapsed` only adds what passes: waits and deadlines go by it and so
 * neither hang nor fire because a clock was set back. A jump forward counts as time that passed unobserved.
 */
export type EngineTime = {
  /** Reads the clock; every call into the engine begins with it. */
  advance(): void
  now(): number
  /** What is written down already is the past, whatever the clock says. */
  notBefore(wall: number): void
  elapsed(): number
  /** Grows with every step back of the clock: results made before and after one cannot be ordered by their times. */
  era(): number
  /** The wall time of a moment of `elapsed`. */
  wallOf(mark: number): number
  /** The moment of `elapsed` of a wall time that is not in the future. */
  markOf(wall: number): number
}

export function createEngineTime(clock: Clock): EngineTime {
  let last = clock.now()
  let now = last
  let elapsed = 0
  let era = 0
  return {
    advance() {
      const read = clock.now()
      if (read >= last) elapsed += read - last
      else if (last - read > STEP_MS) era += 1
      last = read
      now = Math.max(now, read)
    },
    now: () => now,
    notBefore(wall) {
      now = Math.max(now, wall)
    },
    elapsed: () => elapsed,
    era: () => era,
    wallOf: (mark) => (last < now ? now : Math.min(now, now - (elapsed - mark))),
    markOf: (wall) => elapsed - Math.max(0, now - wall)
  }
}
