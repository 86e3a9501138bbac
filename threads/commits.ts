import { messageOf } from '#core/errors.ts'
import type { MatchBatch } from '#core/match.ts'

/** First and longest pause between tries while the control plane cannot commit, milliseconds. */
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 15_000

type CommitsOptions = {
  /** Commits one batch durably, or throws. */
  commit(batch: MatchBatch): void
  /** The batch is committed. */
  done(batch: MatchBatch): void
  /** Why nothing is committed now; null when it is again. */
  held(reason: string | null): void
}

/**
 * Commits batches in their order. One that cannot be committed (a full disk, for one) is tried again until it can: the
 * detector waits meanwhile, and the spool holds what senders were told is safe. As many wait as the detector may have
 * uncommitted.
 */
export class Commits {
  readonly #options: CommitsOptions
  #waiting: MatchBatch[] = []
  #timer: NodeJS.Timeout | undefined
  #pauseMs = FIRST_PAUSE_MS

  constructor(options: CommitsOptions) {
    this.#options = options
  }

  take(batch: MatchBatch): void {
    this.#waiting.push(batch)
    if (this.#timer === undefined) this.#run()
  }

  /** Whoever sent them is gone, and will read again from what is committed. */
  forget(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting = []
  }

  #run() {
    this.#timer = undefined
    for (let batch = this.#waiting[0]; batch !== undefined; batch = this.#waiting[0]) {
      try {
        this.#options.commit(batch)
      } catch (error) {
        this.#options.held(messageOf(error))
        this.#timer = setTimeout(() => this.#run(), this.#pauseMs)
        this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS)
        return
      }
      this.#waiting.shift()
      if (this.#pauseMs !== FIRST_PAUSE_MS) this.#options.held(null)
      this.#pauseMs = FIRST_PAUSE_MS
      this.#options.done(batch)
    }
  }
}
