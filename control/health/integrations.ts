import { MINUTE_MS } from '#core/time.ts'
import type { MatchFold } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import { createBuiltIn } from '#control/triage/life/built-in.ts'
import type { Control } from '#control/database/control.ts'
import type { EngineTime } from './engine-time.ts'
import type { Exchanges } from './exchanges.ts'
import type { Graph } from './graph.ts'

const WINDOW_MINUTES = 5
/** Below this share of technical success a provider is failing; from this share on it is well again. */
const FAILING = 0.9
const WELL = 0.95
const MIN_EXCHANGES = 20

type Counted = { total: number; failed: number }

/**
 * Watches the technical success of every provider of the catalogue. What an outage explains is not told a second time; a
 * business answer such as "not found" is a success.
 */
export type Integrations = ReturnType<typeof createIntegrations>

export function createIntegrations(parts: {
  control: Control
  origin: Origin
  time: EngineTime
  graph: () => Graph
  exchanges: Exchanges
  /** Whether a system is in an outage or suspected of one. */
  troubled(system: string): boolean
  raise(fold: MatchFold): void
  resolve(fingerprint: string, params: Record<string, string | number>): void
}) {
  const { control, origin, time, exchanges } = parts
  const open = new Map<string, { since: number; fingerprint: string }>()
  let lookedAt = -Infinity

  const unwell = (system: string) =>
    parts.troubled(system) ||
    parts
      .graph()
      .hardAbove(system)
      .some((above) => parts.troubled(above))

  /** Exchanges per provider of the whole minutes before now, consumers in trouble left out. */
  function window(now: number): Map<string, Counted> {
    const hops = new Map(exchanges.hops().map((hop) => [hop.id, hop]))
    const counted = new Map<string, Counted>()
    const excused = new Map<string, boolean>()
    const isExcused = (system: string) => {
      let known = excused.get(system)
      if (known === undefined) {
        known = parts.graph().inventory.system(system) !== undefined && unwell(system)
        excused.set(system, known)
      }
      return known
    }
    // A hop is named after the systems it joins (`lgsp-ndxp`): what fails there is the fault of the one in between.
    const inTrouble = parts
      .graph()
      .inventory.systems.filter(({ id }) => unwell(id))
      .map(({ id }) => id)
    const end = Math.floor(now / MINUTE_MS) * MINUTE_MS
    for (const row of exchanges.minutes(end - WINDOW_MINUTES * MINUTE_MS)) {
      const hop = hops.get(row.hop_id)
      if (hop === undefined || row.at >= end || isExcused(hop.consumer)) continue
      if (inTrouble.some((id) => `-${hop.hop}-`.includes(`-${id}-`))) continue
      const counts = counted.get(hop.provider) ?? { total: 0, failed: 0 }
      const failed = row.failed + row.timed_out + row.refused
      counts.failed += failed
      counts.total += failed + row.succeeded
      counted.set(hop.provider, counts)
    }
    return counted
  }

  return {
    load() {
      open.clear()
      const rows = control.all<{ provider: string; since_at: number; fingerprint: string }>(
        'SELECT provider, since_at, fingerprint FROM health_integrations WHERE origin = ?',
        origin
      )
      for (const row of rows) open.set(row.provider, { since: row.since_at, fingerprint: row.fingerprint })
    },
    /** Whether a whole minute has passed since the last look. */
    due: () => Math.floor(time.now() / MINUTE_MS) > Math.floor(lookedAt / MINUTE_MS),
    /** Inside a transaction. */
    step() {
      const now = time.now()
      lookedAt = now
      const counted = window(now)
      for (const [provider, { total, failed }] of counted) {
        const system = parts.graph().inventory.system(provider)
        // Names come from logs: only what the catalogue knows can raise an alert.
        if (system === undefined || open.has(provider) || total < MIN_EXCHANGES) continue
        if (1 - failed / total >= FAILING || unwell(provider)) continue
        const since = Math.floor(now / MINUTE_MS) * MINUTE_MS - WINDOW_MINUTES * MINUTE_MS
        const fold = createBuiltIn(parts.graph().inventory).integrationFailing({
          at: now,
          origin,
          system: provider,
          name: system.name,
          unit: system.owner,
          since,
          total,
          failed
        })
        parts.raise(fold)
        open.set(provider, { since, fingerprint: fold.fingerprint })
        control
          .sql('INSERT INTO health_integrations (origin, provider, since_at, fingerprint) VALUES (?, ?, ?, ?)')
          .run(origin, provider, since, fold.fingerprint)
      }
      for (const [provider, { since, fingerprint }] of open) {
        const { total, failed } = counted.get(provider) ?? { total: 0, failed: 0 }
        // Silence is no proof of being well; a provider of an outage answers for that first.
        if (total === 0 || 1 - failed / total < WELL || unwell(provider)) continue
        open.delete(provider)
        control.sql('DELETE FROM health_integrations WHERE origin = ? AND provider = ?').run(origin, provider)
        parts.resolve(fingerprint, { minutes: Math.max(1, Math.round((now - since) / MINUTE_MS)), since })
      }
    }
  }
}
