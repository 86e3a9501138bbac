import type { ProbeResult } from '#core/health.ts'

/** How often the watch is looked at by the timer of health, and from how much more on we stood still. */
const EVERY_MS = 250
export const STALL_MS = 2_000
/** What came to a stop needs a moment to answer again, above all what runs on the same machine. */
const AFTERMATH_MS = 1_000
/** Stalls remembered; results of runs that overlap them come within a minute or two. */
const STALLS_MAX = 64

/** From when to when, wall clock, this process stood still or its clock was set. */
export type Stall = { from: number; to: number; seconds: number }

/**
 * Knows when this process stood still (a busy event loop, a machine that was suspended) or its clock was set: what was
 * measured meanwhile says nothing of anybody else.
 */
export class StallWatch {
  readonly #monotonic: () => number
  readonly #wall: () => number
  readonly #stalls: Stall[] = []
  #seen: { monotonic: number; wall: number } | undefined

  constructor(monotonic: () => number = () => performance.now(), wall: () => number = Date.now) {
    this.#monotonic = monotonic
    this.#wall = wall
  }

  /** To be called with every tick and before results are taken. Returns a stall that has just ended. */
  look(): Stall | undefined {
    const now = { monotonic: this.#monotonic(), wall: this.#wall() }
    const before = (this.#seen ??= now)
    this.#seen = now
    const passed = now.wall - before.wall
    // A suspended machine and a set clock show on the wall clock alone.
    const lostMs = Math.max(now.monotonic - before.monotonic - EVERY_MS, Math.abs(passed) - EVERY_MS)
    if (lostMs < STALL_MS) return undefined
    const [from, to] = passed < 0 ? [now.wall, before.wall] : [before.wall, now.wall]
    const stall = { from, to, seconds: Math.round(lostMs / 1_000) }
    this.#stalls.push(stall)
    if (this.#stalls.length > STALLS_MAX) this.#stalls.shift()
    return stall
  }

  /** The stall in which a run fell that did not go well; undefined when it fell in none, or went well all the same. */
  voiding(result: ProbeResult): Stall | undefined {
    const { outcome, code, startedAt, finishedAt } = result
    const doubtful = outcome === 'down' || (outcome === 'degraded' && code === 'slow')
    if (!doubtful) return undefined
    return this.#stalls.findLast(({ from, to }) => startedAt <= to + AFTERMATH_MS && finishedAt >= from)
  }
}

/** A result of a run in which we stood still: it changes no state. Runs that never began are no such: they are unknown. */
export const isVoid = ({ outcome, code, attempts }: ProbeResult) =>
  outcome === 'unknown' && code === 'probe.stalled' && attempts > 0

/** A result without its verdict, saying how long we stood still. */
export const voided = (result: ProbeResult, { seconds }: Stall): ProbeResult => ({
  ...result,
  ...{ outcome: 'unknown', code: 'probe.stalled', detail: `${seconds} s`, latencyMs: null }
})
