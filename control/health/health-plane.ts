import type { ProbeDraft, ProbeResultView, ProbeRow, Wall } from '#core/api/health.ts'
import type { Clock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { checkTarget, destinationRule, type DestinationRule } from '#core/destination.ts'
import { SocError } from '#core/errors.ts'
import type { ExchangeFold } from '#core/exchange.ts'
import { RESULT_DETAIL_MAX, type Probe, type ProbeResult } from '#core/health.ts'
import type { ProbesPlane } from '#core/probes-plane.ts'
import type { HeartbeatKey } from '#core/sender.ts'
import type { Control } from '#control/database/control.ts'
import type { Alerts } from '#control/triage/alerts.ts'
import type { Inventory } from '#province/inventory.ts'
import { createHealth, type Health } from './health.ts'
import { createStallNotices } from './stall-notices.ts'
import { StallWatch, voided } from './stalls.ts'

/** The demonstration is watched every few seconds; it tells of an outage as soon as it is sure. */
const demonstrationSettings = { settleMs: 4_000, recoverySettleMs: 15_000, holdMaxMs: 20_000 }

/** Origins that are measured, each by an engine of its own. */
const measured = ['real', 'demonstration'] as const
export type MeasuredOrigin = (typeof measured)[number]

/** Health by origin, as figures and reports read it. */
export type HealthByOrigin = {
  /** The engine that screens show: the demonstration's while it has probes and the real one has none. */
  shown(): Health
  of(origin: MeasuredOrigin): Health
}

/** Health of the process: one engine an origin, and the probes that run for both. The two never mix. */
export type HealthPlane = HealthByOrigin & {
  /** The engine that has this probe; the real one for a probe nobody has, so that its refusal is the answer. */
  withProbe(id: string): Health
  /** The same for a planned maintenance. */
  withMaintenance(id: string): Health
  /** Probes of both engines. */
  probes(): ProbeRow[]
  /** Runs a probe once, now, without counting it. Forbidden networks are refused like any other target. */
  tryProbe(draft: ProbeDraft): Promise<ProbeResultView>
  /** Within the transaction of each batch: exchanges counted into the engine of their origin. */
  count(folds: readonly ExchangeFold[]): void
  /** Commits results of probes, or what sites sent of themselves, in one transaction. */
  take(results: ProbeResult[]): void
  heartbeatKeys(): HeartbeatKey[]
  /** What probes of the demonstration may ask although it lies on loopback, and the authority behind it. */
  allowDemonstration(endpoints: string[], authority: string, own?: string[]): void
  /** The catalogue has changed: both engines read it again. */
  reload(): void
  /** Asks for runs of these probes now. */
  recheck(probes: string[]): void
  /** Begins now: what lies between the last known moment of life and now is UNKNOWN. */
  start(): void
  /** What time alone changes; a timer calls it about four times a second. */
  tick(): void
  /** Hands the probes to the thread that runs them, now and whenever they change. */
  attach(plane: ProbesPlane): void
}

/** Opens both engines on the control database. `onKeysChanged`: probes or keys changed, the intake needs the keys. */
export function createHealthPlane(parts: {
  config: Config
  control: Control
  inventory: Inventory
  clock: Clock
  alerts: Alerts
  onWallChanged(wall: Wall): void
  onKeysChanged(): void
  stalls?: StallWatch
}): HealthPlane {
  const { config, control, clock, alerts, stalls = new StallWatch() } = parts
  let plane: ProbesPlane | undefined
  let allowed: { endpoints: string[]; authority: string } = { endpoints: [], authority: '' }
  const rules: Record<MeasuredOrigin, DestinationRule> = {
    real: destinationRule(config.SOC_PROBE_NETWORKS),
    demonstration: destinationRule(config.SOC_PROBE_NETWORKS)
  }
  /** What a person may try: the simulated systems, but not this console, which the demonstration's own probe asks. */
  let tried = rules.real
  const engine = (origin: MeasuredOrigin) =>
    createHealth({
      control,
      inventory: () => parts.inventory,
      clock,
      origin,
      raise: (fold) => void alerts.raise(fold),
      resolve: (fingerprint, params) => void alerts.resolve(fingerprint, params),
      alertOf: (fingerprint) => alerts.alertOf(fingerprint),
      incidentOf: (alert) => alerts.incidentOf(alert),
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
      probes: all.flatMap((health) => health.definitions()),
      allow: { demonstration: allowed.endpoints },
      authorities: allowed.authority === '' ? {} : { demonstration: allowed.authority }
    })
  }

  /** A stall that has just ended is known before anybody judges by what happened meanwhile. */
  function lookForStall() {
    if (stalls.look() !== undefined) for (const health of all) health.stoodStill()
  }

  const tellThrownAway = createStallNotices(parts)

  return {
    shown,
    of: (origin) => engines[origin],
    withProbe: (probe) => all.find((health) => health.definitions().some(({ id }) => id === probe)) ?? engines.real,
    withMaintenance: (id) => all.find((health) => health.maintenance().some((row) => row.id === id)) ?? engines.real,
    probes: () => all.flatMap((health) => health.probes()),
    async tryProbe(draft) {
      if (plane === undefined) throw new SocError('probes.failed', 'probes are not running', { status: 503 })
      // The demonstration's own systems may be tried like its probes; everything else obeys the rule of real ones.
      const origin = isAllowed(() => checkTarget(draft.target, rules.real)) ? 'real' : 'demonstration'
      checkTarget(draft.target, origin === 'real' ? rules.real : tried)
      const probe: Probe = { ...draft, id: 'try', origin }
      return viewOf(await plane.tryProbe(probe))
    },
    count(folds) {
      for (const health of all) health.count(folds)
    },
    take(taken) {
      lookForStall()
      const results = taken.map((result) => {
        const stall = stalls.voiding(result)
        return stall === undefined ? result : voided(result, stall)
      })
      control.transaction(() => {
        for (const origin of measured) {
          const own = results.filter((result) => result.origin === origin)
          if (own.length > 0) engines[origin].take(own)
          tellThrownAway(origin, own)
        }
      })
    },
    heartbeatKeys: () =>
      measured.flatMap((origin) =>
        [...engines[origin].heartbeatKeys()].map(([probe, { key, lastAt }]) => ({ probe, key, lastAt, origin }))
      ),
    allowDemonstration(endpoints, authority, own = []) {
      allowed = { endpoints: [...endpoints, ...own], authority }
      rules.demonstration = destinationRule(config.SOC_PROBE_NETWORKS, allowed.endpoints)
      tried = destinationRule(config.SOC_PROBE_NETWORKS, endpoints)
      sendSnapshot()
    },
    reload() {
      for (const health of all) health.reload()
    },
    recheck: (ids) => plane?.recheck(ids),
    start() {
      const now = clock.now()
      for (const health of all) health.start(now)
    },
    tick() {
      lookForStall()
      for (const health of all) health.tick()
    },
    attach(probes) {
      plane = probes
      sendSnapshot()
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
