import { HOUR_MS, MINUTE_MS } from '#core/time.ts'
import type { SendResult } from './driver.ts'

const FIRST_RETRY_MS = 5_000
/** The longest a failed message waits by itself, and how long one whose channel gives way does. */
export const MAX_RETRY_MS = 15 * MINUTE_MS
/** A provider may ask for patience, within reason. */
const MAX_RETRY_AFTER_MS = HOUR_MS

/**
 * How long a message waits after a failed try, milliseconds: exponential with full jitter (`random` is 0 ≤ x < 1). What the
 * provider asks for and the time until which the channel is closed count more.
 */
export function waitOf(
  failure: Extract<SendResult, { kind: 'failed' }>,
  attempts: number,
  closedForMs: number,
  random: number
): number {
  const ceiling = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(20, attempts))
  const jittered = Math.max(1_000, Math.floor(random * ceiling))
  const asked = Math.min(MAX_RETRY_AFTER_MS, failure.retryAfterMs ?? 0)
  const whole = failure.class === 'deferrable' ? MAX_RETRY_MS : 0
  return Math.max(jittered, asked, whole, closedForMs)
}
