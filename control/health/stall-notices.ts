import type { Clock } from '#core/clock.ts'
import type { ProbeResult } from '#core/health.ts'
import type { Origin } from '#core/origin.ts'
import { MINUTE_MS } from '#core/time.ts'
import type { Alerts } from '#control/triage/alerts.ts'
import { createBuiltIn } from '#control/triage/life/built-in.ts'
import type { Inventory } from '#province/inventory.ts'
import { isVoid } from './stalls.ts'

/** Raises one notice a stall: results of an origin that were thrown away within a minute belong together. */
export function createStallNotices(parts: { alerts: Pick<Alerts, 'raise'>; inventory: Inventory; clock: Clock }) {
  const toldUntil = new Map<Origin, number>()
  return (origin: Origin, results: readonly ProbeResult[]): void => {
    const [first] = results.filter(isVoid).sort((a, b) => a.startedAt - b.startedAt)
    if (first === undefined || first.startedAt < (toldUntil.get(origin) ?? 0)) return
    toldUntil.set(origin, first.startedAt + MINUTE_MS)
    const seconds = Number(/^(\d+) s$/.exec(first.detail)?.[1] ?? 1)
    const notice = { at: parts.clock.now(), from: first.startedAt, seconds, origin }
    parts.alerts.raise(createBuiltIn(parts.inventory).stoodStill(notice))
  }
}
