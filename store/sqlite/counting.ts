import { DAY_MS, MINUTE_MS } from '#core/time.ts'
import type { HistogramAnswer } from '#core/event-search.ts'
import { cutTime } from '../histogram.ts'
import { acceptsRow } from './compare.ts'
import type { Connections, KnownDay } from './connections.ts'
import type { DayReader } from './day-reader.ts'
import { BudgetSpent, type Deadline } from './deadline.ts'
import type { DayState } from './files.ts'
import { Merge, type Walk } from './merge.ts'
import type { Plan } from './plan.ts'

/** One counting statement walks over about so many events (0.3 s), so that the budget is asked in between. */
const SLICE_EVENTS = 1_000_000
/** Widest stretch counted in units of keys, one day: any bucket that is wider is a multiple of it. */
const MAX_GROUP_MS = DAY_MS

/** Counts events by time. What the index cannot answer alone is compared document by document while the budget lasts. */
export function countByTime(
  connections: Connections,
  days: KnownDay[],
  walk: Omit<Walk, 'after'>,
  buckets: number,
  deadline: Deadline
): HistogramAnswer {
  const { intervalMs, starts } = cutTime(walk.from, walk.to, buckets)
  const counts = new Array<number>(starts.length).fill(0)
  const first = starts[0] ?? 0
  const add = (time: number, n: number) => {
    const index = Math.floor((time - first) / intervalMs)
    counts[index] = (counts[index] ?? 0) + n
  }
  const counter = new Counter(connections, walk, { first, intervalMs }, deadline, add)
  let partial = false
  try {
    for (const day of days) counter.countDay(day)
    partial = counter.compare()
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error
    partial = true
  }
  return {
    buckets: starts.map((from, index) => ({ from, count: counts[index] ?? 0 })),
    total: counts.reduce((sum, count) => sum + count, 0),
    intervalMs,
    partial,
    tookMs: deadline.tookMs
  }
}

class Counter {
  readonly #connections: Connections
  readonly #walk: Omit<Walk, 'after'>
  /** Where the first bucket begins. */
  readonly #first: number
  readonly #intervalMs: number
  readonly #deadline: Deadline
  readonly #add: (time: number, n: number) => void
  /** Days whose events must be compared with the documents. */
  readonly #toCompare: KnownDay[] = []

  constructor(
    connections: Connections,
    walk: Omit<Walk, 'after'>,
    cut: { first: number; intervalMs: number },
    deadline: Deadline,
    add: (time: number, n: number) => void
  ) {
    this.#connections = connections
    this.#walk = walk
    this.#first = cut.first
    this.#intervalMs = cut.intervalMs
    this.#deadline = deadline
    this.#add = add
  }

  /** Counts one file by its index, or puts it aside for comparing. */
  countDay(known: KnownDay) {
    const { from, to, query, units } = this.#walk
    const { state, name } = known
    const touches = (least: number | undefined, greatest: number | undefined) =>
      least !== undefined && greatest !== undefined && least < to && greatest >= from
    if (!touches(state.least, state.greatest) && !touches(state.oddLeast, state.oddGreatest)) return
    this.#connections.using(name, (day) => {
      const plan = day.plan(query, units)
      if (plan === 'nothing') return
      if (!plan.exact) this.#toCompare.push(known)
      else if (query.kind === 'all' && this.#intervalMs % MINUTE_MS === 0) this.#countMinutes(day, plan, state)
      else this.#countIndexed(day, plan, state, from, to)
    })
  }

  /** Whole minutes come from the rollup; what sticks out at both ends is counted. */
  #countMinutes(day: DayReader, plan: Plan, state: DayState) {
    const { from, to, units } = this.#walk
    const firstMinute = Math.ceil(from / MINUTE_MS)
    const endMinute = Math.floor(to / MINUTE_MS)
    if (firstMinute >= endMinute) return this.#countIndexed(day, plan, state, from, to)
    this.#countIndexed(day, plan, state, from, firstMinute * MINUTE_MS)
    this.#countIndexed(day, plan, state, endMinute * MINUTE_MS, to)
    const first = this.#bucketStart(from, this.#intervalMs) / MINUTE_MS
    const width = this.#intervalMs / MINUTE_MS
    for (const { bucket, n } of day.minuteCounts(units, firstMinute, endMinute, first, width))
      this.#add((first + bucket * width) * MINUTE_MS, n)
    if (this.#deadline.spent) throw new BudgetSpent()
  }

  #countIndexed(day: DayReader, plan: Plan, state: DayState, from: number, to: number) {
    if (from >= to) return
    if (state.oddLeast !== undefined) for (const time of day.oddTimes(plan, from, to)) this.#add(time, 1)
    if (state.least === undefined || state.greatest === undefined) return
    const low = Math.max(from, state.least)
    const high = Math.min(to, state.greatest + 1)
    // A width beyond the key window would not be exact in key units; then the file lies in a few buckets, counted apart.
    const width = Math.min(this.#intervalMs, MAX_GROUP_MS)
    const sliceMs = Math.ceil((high - low) / Math.ceil(state.events / SLICE_EVENTS))
    for (let start = low; start < high; start += sliceMs) {
      const first = this.#bucketStart(start, width)
      for (const { bucket, n } of day.counts(plan, start, Math.min(start + sliceMs, high), first, width))
        this.#add(first + bucket * width, n)
      if (this.#deadline.spent) throw new BudgetSpent()
    }
  }

  /** Widths divide the bucket's width, so that what is counted together lies in one bucket. */
  #bucketStart(time: number, width: number): number {
    const bucket = this.#first + Math.floor((time - this.#first) / this.#intervalMs) * this.#intervalMs
    return bucket + Math.floor((time - bucket) / width) * width
  }

  /** Walks over what the index could only narrow. True when something is missing. */
  compare(): boolean {
    if (this.#toCompare.length === 0) return false
    const merge = new Merge(this.#connections, this.#toCompare, { ...this.#walk, after: undefined })
    const accepts = acceptsRow(this.#walk.query)
    try {
      for (let found = merge.next(); found !== undefined; found = merge.next()) {
        const row = this.#connections.using(found.name, () => found.day.row(found.place))
        if (row !== undefined && (found.plan.exact || accepts(row))) this.#add(found.time, 1)
        if (this.#deadline.spent) return true
      }
    } finally {
      merge.close()
    }
    return merge.incomplete
  }
}
