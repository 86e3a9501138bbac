import { ownText } from '../event-fields.ts'

/** A distinct value, once per window: entries point at it, so moving the window needs no map look-up. */
type Value = { text: string; inWindow: number; held: number }

/** The greatest window found: what it counts, and the event times of its first and last entry (milliseconds). */
export type Measure = { count: number; first: number; last: number }

/** One remembered event as it is checkpointed: event time, time of arrival, and its value where values are counted. */
export type WindowEntry = { time: number; arrival: number; value?: string }

/**
 * Sliding windows of one group over event time: a window ending at T holds the entries with T - span < time ≤ T.
 * Entries are kept in the order of their event time, however they arrive. A cursor stands on the window that ends at
 * the newest entry; an event in order moves it by amortised O(1), a late one walks it back and forth over the entries
 * newer than the event. Counts entries, or distinct values when `distinct` is set.
 */
export class SlidingWindow {
  readonly #spanMs: number
  readonly #values: Map<string, Value> | undefined
  #times: number[] = []
  #arrivals: number[] = []
  #slots: Value[] = []
  /** First entry that is not forgotten; what lies before it is cut away from time to time. */
  #head = 0
  /** The cursor's window is [low, end of the arrays) except while a late entry is being measured. */
  #low = 0
  #distinctInWindow = 0

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

  /**
   * Remembers one event and looks at every window that holds it: the one ending at its own time and those ending at
   * a newer entry. Returns the greatest count for which `holds` is true, or undefined when there is none.
   */
  add(
    time: number,
    arrival: number,
    value: string | undefined,
    holds: (count: number) => boolean
  ): Measure | undefined {
    const place = this.#place(time)
    const high = this.#times.length
    // The cursor walks back until its window ends at the new entry …
    for (let index = high - 1; index >= place && index >= this.#low; index--) this.#leave(index)
    this.#insert(place, time, arrival, value)
    this.#enter(place)
    if (this.#low > place) this.#low = place
    while (this.#low > this.#head && this.#times[this.#low - 1]! > time - this.#spanMs) this.#enter(--this.#low)
    // … and forth again to the newest entry, measuring each window that holds it.
    let greatest: Measure | undefined
    for (let index = place; index <= high; index++) {
      if (index > place) this.#enter(index)
      const end = this.#times[index]!
      while (this.#times[this.#low]! <= end - this.#spanMs) {
        this.#leave(this.#low)
        this.#low++
      }
      // Entries of one moment belong to one window: it is measured at the last of them.
      if (end >= time + this.#spanMs || this.#times[index + 1] === end) continue
      const count = this.#values ? this.#distinctInWindow : index - this.#low + 1
      if ((greatest === undefined || count > greatest.count) && holds(count)) {
        greatest = { count, first: this.#times[this.#low]!, last: end }
      }
    }
    return greatest
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
      const entry: WindowEntry = { time: this.#times[index]!, arrival: this.#arrivals[index]! }
      if (this.#values) entry.value = this.#slots[index]!.text
      entries.push(entry)
    }
    return entries
  }

  /** Where an entry of this time goes: after everything of the same time. Looks from the newest end, where most belong. */
  #place(time: number): number {
    const times = this.#times
    let low = this.#head
    let high = times.length
    if (high === low || times[high - 1]! <= time) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (times[middle]! <= time) low = middle + 1
      else high = middle
    }
    return low
  }

  #insert(place: number, time: number, arrival: number, text: string | undefined): void {
    const last = place === this.#times.length
    if (last) {
      this.#times.push(time)
      this.#arrivals.push(arrival)
    } else {
      this.#times.splice(place, 0, time)
      this.#arrivals.splice(place, 0, arrival)
    }
    if (!this.#values) return
    let value = this.#values.get(text!)
    if (!value) this.#values.set(text!, (value = { text: ownText(text!), inWindow: 0, held: 0 }))
    value.held++
    if (last) this.#slots.push(value)
    else this.#slots.splice(place, 0, value)
  }

  #enter(index: number): void {
    if (this.#values && this.#slots[index]!.inWindow++ === 0) this.#distinctInWindow++
  }

  #leave(index: number): void {
    if (this.#values && --this.#slots[index]!.inWindow === 0) this.#distinctInWindow--
  }

  #drop(): void {
    if (this.#low === this.#head) {
      this.#leave(this.#low)
      this.#low++
    }
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
    if (this.#values) this.#slots = this.#slots.slice(this.#head)
    this.#low -= this.#head
    this.#head = 0
  }
}
