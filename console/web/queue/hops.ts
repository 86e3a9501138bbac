import type { AlertDetail } from '#core/api/alerts.ts'

export type Hop = {
  code: 'event' | 'received' | 'matched' | 'raised' | 'acknowledged'
  at: number | null
  tookMs: number | null
  slow: boolean
}

/** A machine hop longer than this is where an alert lost its time. */
export const SLOW_MS = 5_000

/** Times are shown to a tenth of a second; counted from what is shown, the hops add up to the whole. */
const shown = (at: number) => Math.floor(at / 100) * 100

/**
 * The way of one alert: event → received → matched → raised → acknowledged, each with what it took. `machineMs` is ours: from
 * received to raised, the sum of matched and raised.
 */
export function hopsOf(hops: AlertDetail['hops']): { hops: Hop[]; machineMs: number } {
  const order = ['event', 'received', 'matched', 'raised', 'acknowledged'] as const
  const list = order.map((code, index): Hop => {
    const at = hops[code]
    const before = index === 0 ? null : hops[order[index - 1] ?? 'event']
    const tookMs = at === null || before === null ? null : shown(at) - shown(before)
    // Waiting for a person is not a slow machine; a clock that runs ahead shows as a negative hop.
    const slow = code !== 'acknowledged' && tookMs !== null && (tookMs > SLOW_MS || tookMs < -SLOW_MS)
    return { code, at, tookMs, slow }
  })
  return { hops: list, machineMs: shown(hops.raised) - shown(hops.received) }
}
