import { hashLanes } from './index-tokens.ts'

/** Ids per filter and its size: 16 bits an id and 4 probes give about 0.3 % false alarms. */
const FILTER_IDS = 1 << 18
const FILTER_BITS = FILTER_IDS * 16
/**
 * Filters kept for one day file: 32 MiB, 16.7 million ids. Beyond that the oldest is dropped: an id that comes again
 * after so many others of its day is then stored twice. Re-reading the spool is not at stake (positions see to that),
 * only a client that repeats its own key hours later.
 */
const MAX_FILTERS = 64

/**
 * Which event ids a day file may hold already. "No" is certain, "maybe" is answered by the index. A unique index over
 * random ids would dirty one page for nearly every event, so the file has none.
 */
export class SeenIds {
  #filters: Uint8Array[] = []
  #inLast = FILTER_IDS

  /** True when the id is certainly new. */
  isNew(id: string): boolean {
    const [a, b] = hashLanes(id)
    return !this.#filters.some((filter) => holds(filter, a, b))
  }

  add(id: string) {
    const [a, b] = hashLanes(id)
    this.addLanes(a, b)
  }

  /** Adds the ids of a block as they are kept beside it: pairs of lanes. */
  addAll(lanes: Uint32Array) {
    for (let at = 0; at + 1 < lanes.length; at += 2) this.addLanes(lanes[at]!, lanes[at + 1]!)
  }

  addLanes(a: number, b: number) {
    if (this.#inLast >= FILTER_IDS) {
      this.#filters.push(new Uint8Array(FILTER_BITS / 8))
      this.#inLast = 0
      if (this.#filters.length > MAX_FILTERS) this.#filters.shift()
    }
    this.#inLast++
    const filter = this.#filters.at(-1)!
    for (let probe = 0; probe < 4; probe++) {
      const bit = bitOf(a, b, probe)
      filter[bit >>> 3]! |= 1 << (bit & 7)
    }
  }
}

const bitOf = (a: number, b: number, probe: number) => ((a + Math.imul(probe, b | 1)) >>> 0) % FILTER_BITS

function holds(filter: Uint8Array, a: number, b: number): boolean {
  for (let probe = 0; probe < 4; probe++) {
    const bit = bitOf(a, b, probe)
    if ((filter[bit >>> 3]! & (1 << (bit & 7))) === 0) return false
  }
  return true
}

/** Lanes of ids, as a block keeps them. */
export function lanesOf(ids: readonly string[]): Uint32Array {
  const lanes = new Uint32Array(ids.length * 2)
  ids.forEach((id, index) => lanes.set(hashLanes(id), index * 2))
  return lanes
}
