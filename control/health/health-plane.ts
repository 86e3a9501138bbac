import type { ProbeDraft, ProbeResultView, Wall } from '#core/api/health.ts'
import type { HealthPart } from '#console/server/parts.ts'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { checkTarget, destinationRule, type DestinationRule } from '#core/destination.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { ExchangeFold } from '#core/exchange.ts'
import { RESULT_DETAIL_MAX, type Probe, type ProbeResult } from '#core/health.ts'
import type { Origin } from '#core/origin.ts'
import type { HeartbeatKey } from '#core/sender.ts'
import type { Alerts } from '#control/triage/alerts.ts'
import { createHealth, type Health } from './health.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import { startProbesPlane, type ProbesPlane } from '#threads/probes-plane.ts'

const TICK_MS = 250
/** The demonstration is watched every few seconds; it tells of an outage as soon as it is sure. */
const demonstrationSettings = { settleMs: 4_000, recoverySettleMs: 15_000, holdMaxMs: 20_000 }

/**
 * Health of the process: one engine per origin, the thread that runs the probes, and the part that screens see. The
 * demonstration's engine is shown while it has probes and the real one has none; the two never mix.
 */
export type HealthPlane = {
  part: HealthPart
  tryProbe(draft: ProbeDraft): Promise<ProbeResultView>
  /** Within the transaction of each batch: exchanges counted into the engine of their origin. */
  count(folds: readonly ExchangeFold[]): void
  /** Results that sites sent of themselves. */
  heartbeats(results: ProbeResult[]): void
  keys(): HeartbeatKey[]
  demonstration: Health
  /** What probes of the demonstration may ask although it lies on loopback, and the authority behind it. */
  allowDemonstration(endpoints: string[], authority: string): void
  catalogueChanged(): void
  /** Asks for runs of these probes now. */
  recheck(probes: string[]): void
  /** Starts the probes thread and the engines' clocks. */
  start(): Promise<void>
  stop(): Promise<void>
}

export function createHealthPlane(parts: {
  config: Config
  control: Control
  inventory: Inventory
  clock: Clock
  alerts: Alerts
  onWallChanged(wall: Wall): void
  /** Probes or keys changed: the intake needs the keys. */
  onKeysChanged(): void
  warned(thread: string, message: string): void
  failed(thread: string, message: string): void
}): HealthPlane {
  const { config, control, clock, alerts } = parts
  let plane: ProbesPlane | undefined
  let timer: NodeJS.Timeout | undefined
  let allowed: { endpoints: string[]; authority: string } = { endpoints: [], authority: '' }
  const rules: Record<'real' | 'demonstration', DestinationRule> = {
    real: destinationRule(config.SOC_PROBE_NETWORKS),
    demonstration: destinationRule(config.SOC_PROBE_NETWORKS)
  }

  const engine = (origin: 'real' | 'demonstration') =>
    createHealth({
      control,
      inventory: () => parts.inventory,
      clock,
      origin,
      raise: (fold) => void alerts.raise(fold),
      resolve: (fingerprint, params) => void alerts.resolve(fingerprint, params),
      alertOf: (fingerprint) => alerts.alertOf(fingerprint),
      recheck: (ids) => plane?.recheck(ids),
      onProbesChanged: probesChanged,
      onWallChanged: (wall) => {
        if (shown() === engines[origin]) parts.onWallChanged(wall)
      },
      checkTarget: (target) => checkTarget(target, rules[origin]),
      ...(origin === 'demonstration' ? { settings: demonstrationSettings } : {})
    })
  const engines = { real: engine('real'), demonstration: engine('demonstration') }
  const all = [engines.real, engines.demonstration]

  function shown(): Health {
    const real = engines.real.definitions().length > 0
    return !real && engines.demonstration.definitions().length > 0 ? engines.demonstration : engines.real
  }
  /** The engine that has a probe; the real one for what nobody has, so that its refusal is the answer. */
  const engineOf = (probe: string) =>
    all.find((one) => one.definitions().some(({ id }) => id === probe)) ?? engines.real
  const engineOfWindow = (id: string) =>
    all.find((one) => one.maintenance().some((row) => row.id === id)) ?? engines.real

  /** Many probes change at once when a demonstration begins: they are handed down together. */
  let changing = false
  function probesChanged() {
    if (changing) return
    changing = true
    setImmediate(() => {
      changing = false
      sendSnapshot()
      parts.onKeysChanged()
    })
  }
  function sendSnapshot() {
    plane?.setSnapshot({
      probes: all.flatMap((one) => one.definitions()),
      allow: { demonstration: allowed.endpoints },
      authorities: allowed.authority === '' ? {} : { demonstration: allowed.authority }
    })
  }
  function take(results: ProbeResult[]) {
    const byOrigin = (origin: Origin) => results.filter((result) => result.origin === origin)
    control.transaction(() => {
      for (const origin of ['real', 'demonstration'] as const) {
        const own = byOrigin(origin)
        if (own.length > 0) engines[origin].take(own)
      }
    })
  }

  const part: HealthPart = {
    wall: () => shown().wall(),
    model: (id) => shown().model(id),
    systems: () => shown().systems(),
    system: (id) => shown().system(id),
    probes: () => all.flatMap((one) => one.probes()),
    probe: (id) => engineOf(id).probe(id),
    addProbe: (draft) => engines.real.addProbe(draft),
    changeProbe: (id, change) => engineOf(id).changeProbe(id, change),
    removeProbe: (id) => engineOf(id).removeProbe(id),
    newHeartbeatKey: (id) => engineOf(id).newHeartbeatKey(id),
    maintenance: () => shown().maintenance(),
    addMaintenance: (draft, by) => shown().addMaintenance(draft, by),
    cancelMaintenance: (id, by) => engineOfWindow(id).cancelMaintenance(id, by),
    uptime: (node, from, to) => shown().uptime(node, from, to),
    outages: (from, to, origin) =>
      origin === 'demonstration'
        ? engines.demonstration.outages(from, to, origin)
        : engines.real.outages(from, to, origin),
    sliOfModel: (id, from, to) => shown().sliOfModel(id, from, to)
  }

  return {
    part,
    async tryProbe(draft) {
      if (plane === undefined) throw new SocError('probes.failed', 'probes are not running', { status: 503 })
      // The demonstration's own systems may be tried like its probes; everything else obeys the rule of real ones.
      const origin = isAllowed(() => checkTarget(draft.target, rules.real)) ? 'real' : 'demonstration'
      checkTarget(draft.target, rules[origin])
      const probe: Probe = { ...draft, id: 'try', origin }
      return viewOf(await plane.tryProbe(probe))
    },
    count(folds) {
      for (const one of all) one.count(folds)
    },
    heartbeats: take,
    keys: () =>
      (['real', 'demonstration'] as const).flatMap((origin) =>
        [...engines[origin].heartbeatKeys()].map(([probe, { key, lastAt }]) => ({ probe, key, lastAt, origin }))
      ),
    demonstration: engines.demonstration,
    allowDemonstration(endpoints, authority) {
      allowed = { endpoints, authority }
      rules.demonstration = destinationRule(config.SOC_PROBE_NETWORKS, endpoints)
      sendSnapshot()
    },
    recheck: (ids) => plane?.recheck(ids),
    catalogueChanged() {
      for (const one of all) one.reload()
    },
    async start() {
      const now = clock.now()
      for (const one of all) one.start(now)
      plane = await startProbesPlane(config, { results: take, warned: parts.warned, failed: parts.failed })
      sendSnapshot()
      timer = setInterval(() => {
        try {
          for (const one of all) one.tick()
        } catch (error) {
          parts.warned('health', messageOf(error))
        }
      }, TICK_MS)
    },
    async stop() {
      clearInterval(timer)
      await plane?.stop()
    }
  }
}

function isAllowed(check: () => void): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}

const viewOf = (result: ProbeResult): ProbeResultView => ({
  at: result.startedAt,
  outcome: result.outcome,
  code: result.code,
  detail: result.detail.slice(0, RESULT_DETAIL_MAX),
  attempts: result.attempts,
  latencyMs: result.latencyMs,
  certificateUntil: result.certificateUntil
})
