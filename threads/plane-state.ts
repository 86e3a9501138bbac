import type { DataPlaneState, PlaneThread } from '#core/data-plane.ts'
import { ledgerOf, type FatesAt } from './ledger.ts'
import type { FromIntake, FromPipeline, FromStore } from './messages.ts'

/** Store statuses remembered to find one older than an intake status; both come twice a second. */
const STATUS_MEMORY = 8

/** What the threads last said of themselves, put together. */
export class PlaneState {
  readonly state: DataPlaneState = {
    ledger: undefined,
    listeners: [],
    spool: { bytes: 0, end: 0, refusal: null, damage: 0 },
    detector: { position: -1, eventsPerSecond: 0, held: null },
    restarts: [],
    store: { position: -1, away: null, losses: [] },
    tokensUsed: [],
    rules: [],
    rulesLoadedAt: 0,
    rulesLoadMs: 0
  }
  #fates: FatesAt[] = []

  intakeReady(end: number): void {
    this.state.spool.end = end
  }

  /** The ledger is made here: the end of the spool and what was received belong to one moment. */
  intake(status: Extract<FromIntake, { kind: 'status' }>): void {
    const { at, end, received, bytes, refusal, damage, listeners, tokensUsed } = status
    this.state.listeners = listeners
    this.state.tokensUsed = tokensUsed
    this.state.spool = { bytes, end, refusal: refusal ?? null, damage: damage.length }
    const older = this.#fates.findLast((fates) => fates.at <= at)
    if (older) this.state.ledger = ledgerOf({ at, end, received }, older)
  }

  pipeline({ position, eventsPerSecond, clocks }: Extract<FromPipeline, { kind: 'status' }>): void {
    this.state.detector = { ...this.state.detector, position, eventsPerSecond }
    if (clocks !== undefined) this.state.clocks = clocks
  }

  rules({ rules, loadedAt, loadMs }: Extract<FromPipeline, { kind: 'rules' }>): void {
    Object.assign(this.state, { rules, rulesLoadedAt: loadedAt, rulesLoadMs: loadMs })
  }

  held(reason: string | null): void {
    this.state.detector.held = reason
  }

  /** A thread ended by itself. */
  ended(thread: PlaneThread, at: number, reason: string): void {
    const others = this.state.restarts.filter((restart) => restart.thread !== thread)
    const count = (this.state.restarts.find((restart) => restart.thread === thread)?.count ?? 0) + 1
    this.state.restarts = [...others, { thread, count, at, reason, down: true }]
  }

  /** A thread runs (again). */
  runs(thread: PlaneThread): void {
    this.state.restarts = this.state.restarts.map((row) => (row.thread === thread ? { ...row, down: false } : row))
  }

  storeReady(position: number): void {
    this.state.store.position = position
  }

  store(status: Extract<FromStore, { kind: 'status' }>): void {
    this.#fates = [...this.#fates, status].slice(-STATUS_MEMORY)
    this.state.store = { position: status.position, away: status.away ?? null, losses: status.losses ?? [] }
  }
}
