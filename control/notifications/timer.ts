import type { Clock } from '#core/clock.ts'
import { DAY_MS, HOUR_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import type { Rounds } from './round.ts'

/** Fates are kept as long as an audit may ask for them. */
const KEPT_MS = 180 * DAY_MS
const PRUNE_EVERY_MS = HOUR_MS
const PRUNE_AT_ONCE = 500
/** How long a stop waits for messages on their way; what is left is taken up again at the next start. */
const STOP_WAIT_MS = 3_000

/**
 * Runs the rounds of the outbox: whenever `tick` is called (escalations, retries and receipts have no other clock), and at
 * once when a row changes or an answer comes.
 */
export class OutboxTimer {
  readonly #control: Control
  readonly #clock: Clock
  readonly #rounds: Rounds
  readonly #onError: (error: unknown) => void
  #running = false
  #woken: NodeJS.Immediate | undefined
  #prunedAt = 0

  constructor(control: Control, clock: Clock, rounds: Rounds, onError: (error: unknown) => void) {
    this.#control = control
    this.#clock = clock
    this.#rounds = rounds
    this.#onError = onError
  }

  /** Takes up what a crash left and begins to send. */
  start(): void {
    if (this.#running) return
    this.#running = true
    this.#rounds.recover()
    this.wake()
  }

  /** Runs a round as soon as the program has time for it. */
  readonly wake = (): void => {
    if (!this.#running) return
    this.#woken ??= setImmediate(this.tick)
  }

  async stop(): Promise<void> {
    this.#running = false
    if (this.#woken !== undefined) clearImmediate(this.#woken)
    this.#woken = undefined
    await this.#rounds.stop(STOP_WAIT_MS)
  }

  /** One round, once it was started: what is due is sent. */
  readonly tick = (): void => {
    this.#woken = undefined
    if (!this.#running) return
    try {
      for (const sent of this.#rounds.run()) void sent.then(this.wake)
      if (this.#clock.now() - this.#prunedAt > PRUNE_EVERY_MS) this.#prune()
    } catch (error) {
      // The next round tries again; the platform goes on.
      this.#onError(error)
    }
  }

  /** Old announcements go with their notifications, unless one of these is still to be sent. */
  #prune() {
    this.#prunedAt = this.#clock.now()
    this.#control
      .sql(
        `DELETE FROM announcements WHERE id IN (SELECT a.id FROM announcements a WHERE a.at < ?
           AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.announcement_id = a.id AND n.status IN ('queued', 'deferred', 'sending'))
         ORDER BY a.at LIMIT ${PRUNE_AT_ONCE})`
      )
      .run(this.#prunedAt - KEPT_MS)
  }
}
