import type { Clock } from '#core/clock.ts'

/** Thrown where a search's time is spent, also out of an SQL statement. The search answers with what it has. */
export class BudgetSpent extends Error {
  constructor() {
    super('the time for this search is spent')
  }
}

/** When a search must end. */
export class Deadline {
  readonly #clock: Clock
  readonly #started: number
  readonly #endsAt: number
  #calls = 0

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock
    this.#started = clock.now()
    this.#endsAt = this.#started + deadlineMs
  }

  get spent(): boolean {
    return this.#clock.now() >= this.#endsAt
  }

  get tookMs(): number {
    return Math.max(0, this.#clock.now() - this.#started)
  }

  /** Called for each row inside SQL statements: looks at the clock every 64th time. Always 1, or it throws. */
  check(): number {
    if ((++this.#calls & 63) === 0 && this.spent) throw new BudgetSpent()
    return 1
  }
}

/** Whose time runs now: SQL functions belong to a connection, deadlines to a search, and searches do not interleave. */
export type Running = { deadline: Deadline | undefined }
