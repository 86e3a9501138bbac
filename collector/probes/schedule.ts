import { createHash } from 'node:crypto'
import type { Probe } from '#core/health.ts'

/** Probes beyond this many are not run; the catalogue of a province needs some hundreds. */
export const PROBES_MAX = 5_000
/** A probe with a long interval has its first run within this time, so that a start is not grey for hours. */
const FIRST_WITHIN_MS = 30_000
/** So few new or changed probes come from a person who waits for the answer: they run at once. */
const AT_ONCE_MAX = 20

export type Start = { probe: Probe; dueAt: number }
/** Runs that could not start because time went by without us: from when, and how many. */
export type Missed = { probe: Probe; dueAt: number; count: number }

type Entry = {
  probe: Probe
  text: string
  /** Next due time, and whether it is one of the regular ones. */
  nextAt: number
  running: boolean
  again: boolean
}

/**
 * When which probe is due. Due times are `phase + n × interval` since the epoch, where the phase comes from the id: they
 * never drift, are the same after a restart, and spread evenly over the interval. Knows no timers and no clock of its own.
 */
export class Schedule {
  readonly #entries = new Map<string, Entry>()
  /** Sorted by `nextAt`; an entry is in it exactly once. */
  #queue: Entry[] = []
  #begun = false
  /** Due times passed over because the run before was not done. */
  skipped = 0

  get size(): number {
    return this.#entries.size
  }

  /**
   * Takes the whole list of probes: new and changed ones are scheduled, others keep their place. Returns the ids whose
   * running runs are worthless now, and how many probes were one too many.
   */
  set(probes: readonly Probe[], now: number): { gone: string[]; refused: number } {
    const wanted = probes.filter(({ enabled, target }) => enabled && target.kind !== 'heartbeat')
    const kept = wanted.slice(0, PROBES_MAX)
    const texts = new Map(kept.map((probe) => [probe.id, JSON.stringify(probe)]))
    const gone = [...this.#entries].filter(([id, entry]) => texts.get(id) !== entry.text).map(([id]) => id)
    for (const id of gone) this.#entries.delete(id)
    const fresh = kept.filter(({ id }) => !this.#entries.has(id))
    const atOnce = this.#begun && fresh.length <= AT_ONCE_MAX
    for (const probe of fresh) {
      const regular = dueAfter(probe, now)
      const soon = regular - now <= FIRST_WITHIN_MS ? regular : now + phaseOf(probe.id, FIRST_WITHIN_MS)
      const nextAt = atOnce ? now : soon
      this.#entries.set(probe.id, { probe, text: texts.get(probe.id)!, nextAt, running: false, again: false })
    }
    this.#begun = true
    this.#queue = [...this.#entries.values()].sort((a, b) => a.nextAt - b.nextAt)
    return { gone, refused: wanted.length - kept.length }
  }

  /** What is due. Each start must be answered with `done`, unless its probe is gone by then. */
  take(now: number): { starts: Start[]; missed: Missed[] } {
    const starts: Start[] = []
    const missed: Missed[] = []
    while (this.#queue[0] !== undefined && this.#queue[0].nextAt <= now) {
      const entry = this.#queue.shift()!
      const { probe, nextAt } = entry
      const following = dueAfter(probe, now)
      // The last regular due time; earlier ones that nobody could keep are told as missed.
      const last = following - probe.intervalMs
      const count = last > nextAt ? Math.ceil((last - nextAt) / probe.intervalMs) : 0
      entry.nextAt = following
      this.#insert(entry)
      if (entry.running) {
        this.skipped += count + 1
        continue
      }
      if (count > 0) missed.push({ probe, dueAt: nextAt, count })
      entry.running = true
      starts.push({ probe, dueAt: Math.max(nextAt, last) })
    }
    return { starts, missed }
  }

  /** Asks for a run now, beside the regular ones. Of a running probe: once more when it is done. Unknown ids are ignored. */
  soon(ids: readonly string[], now: number): Start[] {
    const starts: Start[] = []
    for (const id of ids) {
      const entry = this.#entries.get(id)
      if (entry === undefined) continue
      if (entry.running) entry.again = true
      else {
        entry.running = true
        starts.push({ probe: entry.probe, dueAt: now })
      }
    }
    return starts
  }

  /** A run ended. Returns a start when somebody asked for one meanwhile. */
  done(probe: Probe, now: number): Start | undefined {
    const entry = this.#entries.get(probe.id)
    // A changed probe has a new entry: the old run's end is not its own.
    if (entry?.probe !== probe) return undefined
    entry.running = entry.again
    entry.again = false
    return entry.running ? { probe, dueAt: now } : undefined
  }

  /** The clock was set: due times are reckoned anew from now, none counts as missed. */
  reanchor(now: number): void {
    for (const entry of this.#queue) entry.nextAt = dueAfter(entry.probe, now)
    this.#queue.sort((a, b) => a.nextAt - b.nextAt)
  }

  nextAt(): number | undefined {
    return this.#queue[0]?.nextAt
  }

  #insert(entry: Entry) {
    let low = 0
    let high = this.#queue.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#queue[middle]!.nextAt <= entry.nextAt) low = middle + 1
      else high = middle
    }
    this.#queue.splice(low, 0, entry)
  }
}

/** The first regular due time after `now`. */
export function dueAfter(probe: Pick<Probe, 'id' | 'intervalMs'>, now: number): number {
  const phase = phaseOf(probe.id, probe.intervalMs)
  return phase + (Math.floor((now - phase) / probe.intervalMs) + 1) * probe.intervalMs
}

/** A place in the interval for an id: always the same, evenly spread over ids. */
function phaseOf(id: string, intervalMs: number): number {
  const share = createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32
  return Math.floor(share * intervalMs)
}
