import type { Fate } from '#core/ledger.ts'
import type { Origin } from '#core/origin.ts'
import type { LedgerFates } from '#store/store.ts'

export type DayFate = Exclude<Fate, 'queued'>
/** Counts by sender and fate, as `sender\0fate`. */
export type FateCounts = Map<string, number>
export const fateKey = (sender: string, fate: DayFate) => `${sender}\0${fate}`

/** Counters of what has no day file any more, or never had one, by origin; one row a sender and origin. */
export class LedgerTotals {
  readonly #byOrigin = new Map<Origin, FateCounts>()

  add(origin: Origin, counts: Iterable<[string, number]>) {
    let known = this.#byOrigin.get(origin)
    if (known === undefined) this.#byOrigin.set(origin, (known = new Map()))
    for (const [key, n] of counts) known.set(key, (known.get(key) ?? 0) + n)
  }

  addOne(origin: Origin, sender: string, fate: DayFate, n: number) {
    this.add(origin, [[fateKey(sender, fate), n]])
  }

  /** The ledger's fates: these counters and those of the files that are there. */
  fates(files: Iterable<[Origin, Iterable<[string, number]>]>): LedgerFates[] {
    const rows = new Map<string, LedgerFates>()
    const add = (origin: Origin, counts: Iterable<[string, number]>) => {
      for (const [key, n] of counts) {
        const [sender = '', fate] = key.split('\0')
        let row = rows.get(`${origin}\0${sender}`)
        if (row === undefined) {
          row = { sender, origin, stored: 0, duplicate: 0, joined: 0, dead_lettered: 0, dropped: 0 }
          rows.set(`${origin}\0${sender}`, row)
        }
        row[fate as DayFate] += n
      }
    }
    for (const [origin, counts] of this.#byOrigin) add(origin, counts)
    for (const [origin, counts] of files) add(origin, counts)
    return [...rows.values()]
  }
}
