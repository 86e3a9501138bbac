import type { ModelHealth, Wall } from '#core/api/health.ts'
import { healthStates } from '#core/health.ts'
import { DAY_MS, ictDay } from '#core/time.ts'
import { plannedState } from './graph.ts'
import type { Entry } from './intervals.ts'
import type { OutageRecord } from './outage-table.ts'
import { modelNode } from './states.ts'
import type { ViewParts, Views } from './views.ts'

/** Entries of one model that reach into its last 24 hours, and its row where that stands still. */
type KeptModel = { entries: Pick<Entry, 'from' | 'state'>[]; row: ModelHealth | undefined }

/**
 * The wall, with the rows of its models kept between two builds. What a build makes anew:
 * - a model that turned ({@link KeptWall.turned}): its entries are read (two statements) and its row is made;
 * - a model that turned within the last 24 hours, or is in maintenance: its row, from entries in memory, because uptime and
 *   bars move with every millisecond;
 * - rows of models that are not up, after any judgement and at midnight: the reason names other nodes and the hour;
 * - `sli`, as often as {@link ViewParts.sli} takes it anew, and the outages, always.
 * So a wall is at any moment what it would be if everything had been read for it.
 */
export class KeptWall {
  readonly #parts: ViewParts
  readonly #views: Views
  readonly #models = new Map<number, KeptModel>()
  /** What reasons were made of when the rows were made: new verdicts, another day or our own line change them. */
  #reasonsOf: readonly unknown[] = []

  constructor(parts: ViewParts, views: Views) {
    this.#parts = parts
    this.#views = views
  }

  /** Nodes whose entries have changed; `all` after a start, a changed catalogue or a deletion. */
  turned(nodes: Iterable<string> | 'all'): void {
    if (nodes === 'all') return this.#models.clear()
    for (const node of nodes) if (node.startsWith('model:')) this.#models.delete(Number(node.slice('model:'.length)))
  }

  /** How many models are in each state; from memory alone. */
  counts(): Wall['counts'] {
    const counts = Object.fromEntries(
      [...healthStates, 'PLANNED' as const, 'UNDESCRIBED' as const].map((state) => [state, 0])
    ) as Wall['counts']
    for (const model of this.#parts.graph().inventory.models) {
      counts[plannedState(model) ?? this.#views.stateOf(modelNode(model.id))] += 1
    }
    return counts
  }

  build(): Wall {
    const parts = this.#parts
    return {
      at: parts.now(),
      origin: parts.origin,
      models: this.#rows(),
      counts: this.counts(),
      outages: [...parts.openOutages()].sort(byLoss).map(this.#views.outage),
      uplinkLostSince: parts.measurements.lostSince()
    }
  }

  #rows(): ModelHealth[] {
    const now = this.#parts.now()
    const reasonsOf = [this.#parts.states.judged(), this.#parts.measurements.lostSince(), ictDay(now)]
    const sameReasons = reasonsOf.every((part, place) => part === this.#reasonsOf[place])
    this.#reasonsOf = reasonsOf
    return this.#parts.graph().inventory.models.map((model) => {
      const day = this.#kept(model.id, now - DAY_MS)
      const { row } = day
      const sli = this.#parts.sli.ofWall(model.id, now)
      if (row !== undefined && (sameReasons || row.because === null)) {
        if (row.sli !== sli) day.row = { ...row, sli }
        return day.row ?? row
      }
      const made = this.#views.modelOver(model, day.entries)
      day.row = standsStill(day.entries, now - DAY_MS) && made.state !== 'MAINTENANCE' ? made : undefined
      return made
    })
  }

  /** A model's entries from the one in force at `from` on. */
  #kept(id: number, from: number): KeptModel {
    let day = this.#models.get(id)
    if (day === undefined) {
      const entries = this.#parts.intervals.within(modelNode(id), from, Number.MAX_SAFE_INTEGER)
      this.#models.set(id, (day = { entries, row: undefined }))
    }
    while ((day.entries[1]?.from ?? Infinity) <= from) day.entries.shift()
    return day
  }
}

/** Whether one state fills the whole window from `from` to now: then nothing of it changes as time passes. */
const standsStill = (entries: KeptModel['entries'], from: number) =>
  entries.length === 0 || (entries.length === 1 && (entries[0]?.from ?? Infinity) <= from)

const byLoss = (a: OutageRecord, b: OutageRecord) =>
  b.down.length - a.down.length || b.degraded.length - a.degraded.length || a.since - b.since
