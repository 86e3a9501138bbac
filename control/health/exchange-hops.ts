import type { ExchangeFold } from '#core/exchange.ts'
import type { Origin } from '#core/origin.ts'
import type { Control } from '#control/database/control.ts'

/** Ways (consumer × provider × service × hop) per origin. Names come from logs: further ones are counted under one way. */
const MAX_HOPS = 2_000
const OTHER = '(khác)'
/** Longest name of a consumer, provider, service or hop. */
const NAME_MAX = 100

export type Hop = { id: number; consumer: string; provider: string; service: string; hop: string }

const keyOf = (...names: string[]) => names.join('\0')

/** The ways that exchanges of one origin went, by their names. */
export class ExchangeHops {
  readonly #control: Control
  readonly #origin: Origin
  readonly #known = new Map<string, Hop>()
  /** Ways of the running transaction: they count for the ceiling, and are known once it is committed. */
  readonly #fresh = new Map<string, Hop>()

  constructor(control: Control, origin: Origin) {
    this.#control = control
    this.#origin = origin
  }

  load(): void {
    this.#known.clear()
    const rows = this.#control.all<Hop>(
      'SELECT id, consumer, provider, service, hop FROM exchange_hops WHERE origin = ?',
      this.#origin
    )
    for (const row of rows) this.#known.set(keyOf(row.consumer, row.provider, row.service, row.hop), row)
  }

  all(): readonly Hop[] {
    return [...this.#known.values()]
  }

  /** The way of a fold, made when it is new; joins the transaction of the batch. */
  of(fold: ExchangeFold): Hop {
    let names = [fold.consumer, fold.provider, fold.service, fold.hop].map((name) => name.slice(0, NAME_MAX))
    const known = this.#known.get(keyOf(...names))
    if (known !== undefined) return known
    if (this.#known.size + this.#fresh.size >= MAX_HOPS && !this.#fresh.has(keyOf(...names))) {
      names = [OTHER, OTHER, OTHER, OTHER]
    }
    return this.#known.get(keyOf(...names)) ?? this.#made(names)
  }

  forgetAll(): void {
    this.#control.sql('DELETE FROM exchange_hops WHERE origin = ?').run(this.#origin)
    this.#known.clear()
  }

  #made([consumer = '', provider = '', service = '', hop = '']: string[]): Hop {
    // Asked for and not only made: an insert that was rolled back leaves nothing behind in memory.
    this.#control
      .sql('INSERT OR IGNORE INTO exchange_hops (origin, consumer, provider, service, hop) VALUES (?, ?, ?, ?, ?)')
      .run(this.#origin, consumer, provider, service, hop)
    const { id } = this.#control.single<{ id: number }>(
      'SELECT id FROM exchange_hops WHERE origin = ? AND consumer = ? AND provider = ? AND service = ? AND hop = ?',
      this.#origin,
      consumer,
      provider,
      service,
      hop
    )
    const made = { id, consumer, provider, service, hop }
    this.#fresh.set(keyOf(consumer, provider, service, hop), made)
    this.#control.afterCommit(() => {
      for (const [key, way] of this.#fresh) if (this.#isStored(way)) this.#known.set(key, way)
      this.#fresh.clear()
    })
    return made
  }

  /** What a rolled-back transaction made is gone, and with it its number. */
  #isStored(way: Hop): boolean {
    return (
      this.#control
        .sql('SELECT 1 FROM exchange_hops WHERE id = ? AND origin = ? AND consumer = ? AND provider = ?')
        .get(way.id, this.#origin, way.consumer, way.provider) !== undefined
    )
  }
}
