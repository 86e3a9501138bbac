import type { Origin } from './origin.ts'

/** Upper bounds of the latency steps, milliseconds, doubling; the last step has no bound. Sums merge, so quantiles do too. */
export const latencyBounds = [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 20_480, 40_960] as const

/** What a provider answered as business; apart from whether the exchange worked. */
export const businessAnswers = ['found', 'not_found', 'accepted', 'rejected', 'partial', 'none'] as const
export type BusinessAnswer = (typeof businessAnswers)[number]

/**
 * Exchange records of one batch folded by minute (of `request_in`), hop and service: what the integration SLI is made
 * of. Counted exactly once, in the transaction that commits the batch's position.
 */
export type ExchangeFold = {
  /** Start of the minute, milliseconds. */
  minute: number
  origin: Origin
  /** As the record says, lower-cased: ids of the catalogue where the sender uses them. */
  consumer: string
  provider: string
  service: string
  hop: string
  succeeded: number
  failed: number
  timedOut: number
  refused: number
  business: Record<BusinessAnswer, number>
  /** Count per step of {@link latencyBounds}, one more for what is slower than all. */
  latency: number[]
  /** Newest success and newest failure in the fold, milliseconds; 0 when none. */
  lastSuccessAt: number
  lastFailureAt: number
}

/**
 * Events of one batch counted per affected unit, Vietnamese day of receiving and origin: evidence that a unit was watched. Exact
 * (committed with the position), so that a report never has to count the store.
 */
export type ActivityFold = {
  /** `2026-11-23`, in Asia/Ho_Chi_Minh. */
  day: string
  unit: string
  origin: Origin
  events: number
  firstAt: number
  lastAt: number
}

/**
 * Events of one batch counted per sender, Vietnamese day of receiving and origin: evidence that the sender's own unit sent.
 * What a line says of other units is in {@link ActivityFold}.
 */
export type SentFold = {
  day: string
  sender: string
  /** Unit of the sender when the events were received. */
  unit: string
  origin: Origin
  events: number
  firstAt: number
  lastAt: number
}
