import { UPLINK } from '#core/health.ts'
import type { MatchFold } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import type { Inventory } from '#province/inventory.ts'
import { createBuiltIn } from '#control/triage/life/built-in.ts'
import { ownBecause, shownMoment } from './because.ts'
import type { EngineTime } from './engine-time.ts'
import type { Measurements } from './measurements.ts'
import type { OutageRecord, OutageTable } from './outage-table.ts'
import type { HealthSettings } from './settings.ts'
import { fillWords } from '#core/words.ts'
import { words } from './words.ts'

/** The alert about our own line: one while it is lost, over when it has been back for the settle time. */
export type Uplink = ReturnType<typeof createUplink>

export function createUplink(parts: {
  origin: Origin
  settings: HealthSettings
  time: EngineTime
  inventory: () => Inventory
  measurements: Measurements
  table: OutageTable
  raise(fold: MatchFold): void
  resolve(fingerprint: string, params: Record<string, string | number>): void
  alertOf(fingerprint: string): { alert: string; incident: string | null } | undefined
}) {
  const { time, measurements, table } = parts
  let loss: OutageRecord | undefined
  let back: { at: number; mark: number } | undefined

  function open(since: number) {
    const fold = createBuiltIn(parts.inventory()).uplinkLost({ at: time.now(), since, origin: parts.origin })
    parts.raise(fold)
    const raised = parts.alertOf(fold.fingerprint)
    loss = table.insert({
      system: UPLINK,
      state: 'DOWN',
      level: 'high',
      since,
      until: null,
      down: [],
      degraded: [],
      attached: [],
      because: ownBecause(fillWords(words.outage.uplink, { moment: shownMoment(since, time.now()) })),
      fingerprint: fold.fingerprint,
      alert: raised?.alert ?? null,
      incident: raised?.incident ?? null
    })
  }

  return {
    /** Inside a transaction; true when something was told. */
    step(): boolean {
      const lostSince = measurements.lostSince()
      if (lostSince !== null) {
        back = undefined
        if (loss !== undefined) return false
        open(lostSince)
        return true
      }
      if (loss === undefined) return false
      back ??= { at: measurements.backAt() || time.now(), mark: time.elapsed() }
      if (time.elapsed() - back.mark < parts.settings.settleMs) return false
      loss.until = Math.max(loss.since, back.at)
      table.save(loss)
      const minutes = Math.max(1, Math.round((loss.until - loss.since) / 60_000))
      parts.resolve(loss.fingerprint, { minutes, since: loss.since })
      loss = undefined
      back = undefined
      return true
    },
    waits: () => loss !== undefined || measurements.lostSince() !== null,
    /** A loss that was open when we stopped goes on until a reference answers. */
    load() {
      loss = table.open().find((record) => record.system === UPLINK)
      back = undefined
      if (loss !== undefined) measurements.resumeLoss(loss.since)
    }
  }
}
