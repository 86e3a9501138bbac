import { ownText } from '../event-fields.ts'

/** A distinct value, once per window: entries point at it, so moving the window needs no map look-up. */
type Value = { text: string; inWindow: number; held: number; seen: number }

/** The greatest window found: what it counts, and the event times of its first and last entry (milliseconds). */
export type Measure = { count: number; first: number; last: number }

/**
 * One remembered event as it is checkpointed: event time, time of arrival, what the window ending at it counted, its value
 * where values are counted, and for how many events it stands when that is more than one.
 */
export type WindowEntry = { time: number; arrival: number; count: number; value?: string; weight?: number }

/**
 * Sliding windows of one group over event time: a window ending at T holds the entries with T - span < time ≤ T. Counts
 * entries, or distinct values when `distinct` is set. Entries are kept in the order of their event time, however they
 * arrive, each with the count of the window that ends at it. An event in order moves the newest window by amortised
 * O(1); a late one adds itself to the counts of the windows that hold it, in one pass over the entries newer than it.
 * Forgetting an entry leaves the counts as they were: they say what was seen, and never more than there was.
 */
export class SlidingWindow {
  readonly #spanMs: number
  readonly #values: Map<string, Value> | undefined
  #times: number[] = []
  #arrivals: number[] = []
  #counts: number[] = []
  #slots: Value[] = []
  /** For how many events each entry stands; empty while all stand for one. */
  #weights: number[] = []
  /** First entry that is not forgotten; what lies before it is cut away from time to time. */
  #head = 0
  /** First entry of the window that ends at the newest one. */
  #low = 0
  #distinctInWindow = 0
  #weightInWindow = 0
  /** Event time of the newest entry forgotten: windows that reach back to it are not known whole. */
  #forgottenTo = -Infinity
  #look = 0

  constructor(spanMs: number, distinct: boolean) {
    this.#spanMs = spanMs
    this.#values = distinct ? new Map() : undefined
  }

  /** Entries remembered. */
  get size(): number {
    return this.#times.length - this.#head
  }

  /** Event time of the newest entry; -Infinity when empty. */
  get newest(): number {
    return this.size === 0 ? -Infinity : this.#times[this.#times.length - 1]!
  }

  get forgottenTo(): number {
    return this.#forgottenTo
  }

  /**
   * Remembers one event and looks at every window that holds it: the one ending at its own time and those ending at
   * a newer entry. Returns the greatest count for which `holds` is true, or undefined when there is none.
   */
  add(
    time: number,
    arrival: number,
    text: string | undefined,
    holds: (count: number) => boolean,
    weight = 1
  ): Measure | undefined {
    if (time < this.newest) return this.#addLate(time, arrival, text, holds, weight)
    const count = this.#append(time, arrival, 0, text, weight)
    this.#counts[this.#counts.length - 1] = count
    return holds(count) ? { count, first: this.#times[this.#low]!, last: time } : undefined
  }

  /** Events remembered with a time from `first` to `last`, both included. */
  countBetween(first: number, last: number): number {
    return first > last ? 0 : this.#weigh(this.#firstAfter(first - 1), this.#firstAfter(last))
  }

  /** Forgets the oldest entries that arrived at or before `arrival`; returns how many. */
  forget(arrival: number): number {
    let forgotten = 0
    for (; this.size > 0 && this.#arrivals[this.#head]! <= arrival; forgotten++) this.#drop()
    this.#cut()
    return forgotten
  }

  /** Forgets the oldest entry, to make room. */
  forgetOldest(): void {
    if (this.size > 0) this.#drop()
    this.#cut()
  }

  /** What is remembered, in order of event time. */
  entries(): WindowEntry[] {
    const entries: WindowEntry[] = []
    for (let index = this.#head; index < this.#times.length; index++) {
      const entry: WindowEntry = {
        time: this.#times[index]!,
        arrival: this.#arrivals[index]!,
        count: this.#counts[index]!
      }
      if (this.#values) entry.value = this.#slots[index]!.text
      if (this.#weightAt(index) !== 1) entry.weight = this.#weightAt(index)
      entries.push(entry)
    }
    return entries
  }

  /** Puts entries back into an empty window, in order of event time. */
  resume(entries: readonly WindowEntry[], forgottenTo: number): void {
    for (const { time, arrival, count, value, weight } of entries)
      this.#append(time, arrival, count, value, weight ?? 1)
    this.#forgottenTo = forgottenTo
  }

  /** Adds the newest entry; returns what the window ending at it counts. */
  #append(time: number, arrival: number, count: number, text: string | undefined, weight: number): number {
    this.#weighIn(this.#times.length, weight)
    this.#weightInWindow += weight
    this.#times.push(time)
    this.#arrivals.push(arrival)
    this.#counts.push(count)
    if (this.#values) {
      const value = this.#hold(text!)
      this.#slots.push(value)
      this.#enter(value)
    }
    while (this.#times[this.#low]! <= time - this.#spanMs) this.#leave()
    return this.#values ? this.#distinctInWindow : this.#weightInWindow
  }

  #addLate(
    time: number,
    arrival: number,
    text: string | undefined,
    holds: (count: number) => boolean,
    weight: number
  ): Measure | undefined {
    const place = this.#firstAfter(time)
    const start = this.#firstAfter(time - this.#spanMs)
    const value = this.#values ? this.#hold(text!) : undefined
    // The windows in which this value is new lie between the last one that holds it from before and the next time it is seen.
    const before = value ? this.#timeOf(value, place - 1, start, -1) : undefined
    const after = value ? this.#timeOf(value, place, this.#firstAfter(time + this.#spanMs - 1) - 1, 1) : undefined
    const own = value
      ? this.#distinctIn(start, place) + (before === undefined ? 1 : 0)
      : this.#weigh(start, place) + weight
    this.#weighIn(place, weight)
    this.#times.splice(place, 0, time)
    this.#arrivals.splice(place, 0, arrival)
    this.#counts.splice(place, 0, own)
    if (value) this.#slots.splice(place, 0, value)
    if (time <= this.newest - this.#spanMs) this.#low++
    else {
      this.#weightInWindow += weight
      if (value) this.#enter(value)
    }
    const step = value ? 1 : weight
    const newFrom = value ? Math.max(this.#forgottenTo, before ?? -Infinity) + this.#spanMs : -Infinity
    const newUntil = after ?? Infinity
    const times = this.#times
    const counts = this.#counts
    let greatest = -1
    for (let index = place; index < times.length && times[index]! < time + this.#spanMs; index++) {
      const end = times[index]!
      if (index > place && end >= newFrom && end < newUntil) counts[index]! += step
      // Entries of one moment belong to one window: it is measured at the last of them.
      if (times[index + 1] === end || (greatest >= 0 && counts[index]! <= counts[greatest]!)) continue
      if (holds(counts[index]!)) greatest = index
    }
    if (greatest < 0) return undefined
    const last = times[greatest]!
    return { count: counts[greatest]!, first: times[this.#firstAfter(last - this.#spanMs)]!, last }
  }

  /** First remembered entry that is newer than `time`. */
  #firstAfter(time: number): number {
    const times = this.#times
    let low = this.#head
    let high = times.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (times[middle]! <= time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Event time of the nearest entry with this value, from `index` to `end` in steps of `step`. */
  #timeOf(value: Value, index: number, end: number, step: 1 | -1): number | undefined {
    if (value.held === 1) return undefined
    for (; step > 0 ? index <= end : index >= end; index += step) {
      if (this.#slots[index] === value) return this.#times[index]
    }
    return undefined
  }

  #distinctIn(start: number, end: number): number {
    this.#look++
    let distinct = 0
    for (let index = start; index < end; index++) {
      const value = this.#slots[index]!
      if (value.seen === this.#look) continue
      value.seen = this.#look
      distinct++
    }
    return distinct
  }

  #weightAt(index: number): number {
    return this.#weights.length === 0 ? 1 : this.#weights[index]!
  }

  /** Notes the weight of the entry that comes to stand at `place`; nothing is kept while all weigh one. */
  #weighIn(place: number, weight: number): void {
    if (this.#weights.length === 0) {
      if (weight === 1) return
      this.#weights = new Array<number>(this.#counts.length).fill(1)
    }
    if (place === this.#weights.length) this.#weights.push(weight)
    else this.#weights.splice(place, 0, weight)
  }

  /** The weights of the entries from `start` to before `end`, together. */
  #weigh(start: number, end: number): number {
    if (this.#weights.length === 0) return end - start
    let sum = 0
    for (let index = start; index < end; index++) sum += this.#weights[index]!
    return sum
  }

  #hold(text: string): Value {
    let value = this.#values!.get(text)
    if (!value) this.#values!.set(text, (value = { text: ownText(text), inWindow: 0, held: 0, seen: 0 }))
    value.held++
    return value
  }

  #enter(value: Value): void {
    if (value.inWindow++ === 0) this.#distinctInWindow++
  }

  #leave(): void {
    if (this.#values && --this.#slots[this.#low]!.inWindow === 0) this.#distinctInWindow--
    this.#weightInWindow -= this.#weightAt(this.#low)
    this.#low++
  }

  #drop(): void {
    if (this.#low === this.#head) this.#leave()
    this.#forgottenTo = Math.max(this.#forgottenTo, this.#times[this.#head]!)
    if (this.#values) {
      const value = this.#slots[this.#head]!
      if (--value.held === 0) this.#values.delete(value.text)
    }
    this.#head++
  }

  /** Gives the memory of forgotten entries back once they are the greater part. */
  #cut(): void {
    if (this.#head < 64 || this.#head * 2 < this.#times.length) return
    this.#times = this.#times.slice(this.#head)
    this.#arrivals = this.#arrivals.slice(this.#head)
    this.#counts = this.#counts.slice(this.#head)
    if (this.#values) this.#slots = this.#slots.slice(this.#head)
    if (this.#weights.length > 0) this.#weights = this.#weights.slice(this.#head)
    this.#low -= this.#head
    this.#head = 0
  }
}
