import type { ProbeResult } from '#core/health.ts'

/** Results in one batch, and how long the first of them waits for others. */
export const BATCH_MAX = 200
const BATCH_MS = 250
/**
 * Results kept while nobody takes them: 500 probes every 30 s fill it in 20 minutes. Then the oldest go and are counted;
 * the control plane sees the gap as UNKNOWN.
 */
const KEPT_MAX = 20_000
/** A batch that was not acknowledged by then is sent again; whoever takes it knows its number. */
const RESEND_MS = 5_000
/** A batch that could not be committed comes again sooner: a busy database is busy for moments. */
const REFUSED_MS = 500

export type ResultBatch = { batch: number; results: ProbeResult[] }

/** Hands results up in batches, one at a time, and forgets a batch when it is acknowledged. */
export class Outbox {
  readonly #send: (batch: ResultBatch) => void
  #kept: ProbeResult[] = []
  #onTheWay: ResultBatch | undefined
  #next = 1
  #timer: NodeJS.Timeout | undefined
  #resend: NodeJS.Timeout | undefined
  #empty: (() => void)[] = []
  dropped = 0

  constructor(send: (batch: ResultBatch) => void) {
    this.#send = send
  }

  get kept(): number {
    return this.#kept.length + (this.#onTheWay?.results.length ?? 0)
  }

  add(result: ProbeResult): void {
    this.#kept.push(result)
    if (this.#kept.length > KEPT_MAX) {
      this.#kept.shift()
      this.dropped++
    }
    if (this.#kept.length >= BATCH_MAX) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), BATCH_MS)
  }

  /** Sends what is there, unless a batch is on its way. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#onTheWay !== undefined || this.#kept.length === 0) return
    this.#onTheWay = { batch: this.#next++, results: this.#kept.splice(0, BATCH_MAX) }
    this.#sendAgain()
  }

  /** The batch is durable at the other end. */
  taken(batch: number): void {
    if (this.#onTheWay?.batch !== batch) return
    clearTimeout(this.#resend)
    this.#onTheWay = undefined
    if (this.#kept.length >= BATCH_MAX || this.#empty.length > 0) this.flush()
    else if (this.#kept.length > 0) this.#timer ??= setTimeout(() => this.flush(), BATCH_MS)
    if (this.kept === 0) for (const wake of this.#empty.splice(0)) wake()
  }

  /** The batch could not be committed. */
  refused(batch: number): void {
    if (this.#onTheWay?.batch !== batch) return
    clearTimeout(this.#resend)
    this.#resend = setTimeout(() => this.#sendAgain(), REFUSED_MS)
  }

  /** Resolves when everything is acknowledged, or after `patienceMs`. */
  async close(patienceMs: number): Promise<void> {
    this.flush()
    if (this.kept > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs)
        this.#empty.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
    clearTimeout(this.#timer)
    clearTimeout(this.#resend)
  }

  #sendAgain() {
    if (this.#onTheWay === undefined) return
    this.#send(this.#onTheWay)
    this.#resend = setTimeout(() => this.#sendAgain(), RESEND_MS)
  }
}
