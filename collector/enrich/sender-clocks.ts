import type { SenderClock } from '#core/data-plane.ts'
import type { EcsEvent } from '#core/event.ts'
import { readZone } from './calendar.ts'

/** Last events of a sender that are looked at: enough for a median, few enough that a mended clock shows soon. */
const SAMPLES = 64
/** Fewer say nothing yet. */
const LEAST = 8
/** Samples this near to the median agree with it. */
const NEAR_MS = 10 * 60_000
/** Senders remembered; there are as many as are configured. */
const MAX_SENDERS = 4_096

type Ring = { skews: number[]; next: number; zone: string }

/**
 * How far the clocks of senders are off: the median of event time minus receive time over each sender's last events that named
 * a time. A sender whose zone changes starts anew.
 */
export class SenderClocks {
  readonly #rings = new Map<string, Ring>()
  #changed = false

  /** Counts one event. */
  add(sender: string, event: EcsEvent): void {
    if (event.soc.flags?.includes('no_time') === true) return
    const zone = typeof event.event['timezone'] === 'string' ? event.event['timezone'] : ''
    let ring = this.#rings.get(sender)
    if (ring === undefined || ring.zone !== zone) {
      if (ring === undefined && this.#rings.size >= MAX_SENDERS) return
      ring = { skews: [], next: 0, zone }
      this.#rings.set(sender, ring)
    }
    ring.skews[ring.next] = event.soc.skew_ms ?? 0
    ring.next = (ring.next + 1) % SAMPLES
    this.#changed = true
  }

  /** Every sender's clock when an event was counted since the last call, else undefined. */
  take(): SenderClock[] | undefined {
    if (!this.#changed) return undefined
    this.#changed = false
    const clocks: SenderClock[] = []
    for (const [sender, { skews, zone }] of this.#rings) {
      if (skews.length < LEAST) continue
      const sorted = skews.toSorted((a, b) => a - b)
      const median = sorted[sorted.length >> 1]!
      const near = skews.filter((skew) => Math.abs(skew - median) <= NEAR_MS).length
      clocks.push({
        sender,
        skewMs: median,
        steady: near * 5 >= skews.length * 4,
        usedOffsetMinutes: zone === '' ? null : readZone(zone, 0, zone.length)
      })
    }
    return clocks
  }
}
