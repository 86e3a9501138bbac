import type { Period } from '#core/api/posture.ts'
import { checkedPeriod, periodOf, readChoice, type PeriodChoice } from './period-choice.ts'

/** Where the choice is kept between visits. */
const KEPT = 'vong-lau.period'
type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem'>

/** The period that posture shows: what the address says, else what this person chose last. */
export class PeriodState {
  choice = $state.raw<PeriodChoice>({ name: 'month' })
  readonly #storage: Storage | null

  constructor(storage: Storage | null) {
    this.#storage = storage
    this.choice = readChoice(read(storage))
  }

  /** The days to show now; an address names its own, so that it can be sent. */
  shown(query: URLSearchParams, now: number): Period {
    return checkedPeriod(query.get('from'), query.get('to')) ?? periodOf(this.choice, now)
  }

  choose(choice: PeriodChoice): void {
    this.choice = choice
    try {
      this.#storage?.setItem(KEPT, JSON.stringify(choice))
    } catch {
      // Storage is full or forbidden: the choice lasts as long as the page.
    }
  }
}

function read(storage: Storage | null): string | null {
  try {
    return storage?.getItem(KEPT) ?? null
  } catch {
    return null
  }
}
