import { manualClock } from '#core/clock.ts'
import type { ProbeDraft, Wall } from '#core/api/health.ts'
import type { ProbeResult } from '#core/health.ts'
import type { MatchFold } from '#core/match.ts'
import { loadInventory } from '#province/load.ts'
import { openControl, type Control } from '#control/database/control.ts'
import { createAlerts } from '#control/triage/alerts.ts'
import { createHealth, type HealthParts } from '#control/health/health.ts'

/** What the tests of this folder stand on: the province's catalogue, a clock of their own, real alerts, results made by hand. */

export const inventory = loadInventory('2023-11-30')
/** 15/11/2023 08:00 in Huế. */
export const START = Date.UTC(2023, 10, 15, 1, 0, 0)
const INTERVAL = 30_000

export const tcpDraft = (system: string, more: Partial<ProbeDraft> = {}): ProbeDraft => ({
  name: `Phép đo ${system}`,
  system,
  target: { kind: 'tcp', host: `${system}.example`, port: 443, slowMs: 0 },
  intervalMs: INTERVAL,
  timeoutMs: 2_000,
  attempts: 2,
  retryMs: 1_000,
  enabled: true,
  critical: true,
  ...more
})
export const beatDraft = (system: string, everyMs = 60_000, graceMs = 30_000): ProbeDraft =>
  tcpDraft(system, { target: { kind: 'heartbeat', everyMs, graceMs, officeHours: false } })

/** A result of a probe that was judged at `at`; a failing one began 3 s before. */
export function result(
  probe: string,
  at: number,
  outcome: ProbeResult['outcome'],
  more: Partial<ProbeResult> = {}
): ProbeResult {
  const startedAt = outcome === 'down' ? at - 3_000 : at - 20
  return {
    probe,
    origin: 'real',
    dueAt: startedAt,
    startedAt,
    finishedAt: at,
    outcome,
    code: outcome === 'down' ? 'tcp.refused' : '',
    detail: '',
    attempts: outcome === 'down' ? 2 : 1,
    latencyMs: 20,
    certificateUntil: null,
    ...more
  }
}

/**
 * A small world: probes that run on their interval and say what `broken` makes of their system. `run` lets time pass in steps of a
 * second. A probe of `uplink` watches our own line; while `cut` everything fails.
 */
export function testWorld(options: { control?: Control; at?: number; settings?: HealthParts['settings'] } = {}) {
  const control = options.control ?? openControl(':memory:')
  const clock = manualClock(options.at ?? START)
  const alerts = createAlerts({ control, inventory, clock })
  const raised: MatchFold[] = []
  const resolved: string[] = []
  const walls: Wall[] = []
  const broken = new Set<string>()
  let now = new Set<string>()
  const world = {
    control,
    clock,
    alerts,
    raised,
    resolved,
    walls,
    broken,
    cut: false,
    silent: false,
    health: createHealth({
      control,
      inventory: () => inventory,
      clock,
      origin: 'real',
      raise(fold) {
        raised.push(fold)
        alerts.raise(fold)
      },
      resolve(fingerprint, params) {
        resolved.push(fingerprint)
        alerts.resolve(fingerprint, params)
      },
      alertOf(fingerprint) {
        const row = control.get<{ id: string; incident_id: string | null }>(
          'SELECT id, incident_id FROM alerts WHERE fingerprint = ? ORDER BY seq DESC LIMIT 1',
          fingerprint
        )
        return row === undefined ? undefined : { alert: row.id, incident: row.incident_id }
      },
      incidentOf: (alert) => alerts.incidentOf(alert),
      recheck: (ids) => ids.forEach((id) => now.add(id)),
      onProbesChanged: () => undefined,
      onWallChanged: (wall) => walls.push(wall),
      ...(options.settings === undefined ? {} : { settings: options.settings })
    }),
    /** Puts a probe on each system; their runs are spread over the interval. */
    measure(systems: readonly string[]) {
      for (const system of systems) world.health.addProbe(tcpDraft(system))
    },
    /** Lets `ms` pass, a second at a time. */
    run(ms: number) {
      for (let passed = 0; passed < ms; passed += 1_000) {
        clock.advance(1_000)
        const at = clock.now()
        const asked = now
        now = new Set()
        const due = world.health.definitions().filter((probe, place) => {
          if (!probe.enabled) return false
          if (probe.target.kind === 'heartbeat') {
            return (
              !world.cut && !broken.has(probe.system) && (at / 1_000 + place) % (probe.target.everyMs / 1_000) === 0
            )
          }
          return asked.has(probe.id) || (at / 1_000 + place * 7) % (probe.intervalMs / 1_000) === 0
        })
        const results = due.map((probe) => result(probe.id, at, world.cut || broken.has(probe.system) ? 'down' : 'up'))
        if (!world.silent && results.length > 0) world.health.take(results)
        world.health.tick()
      }
    },
    models(state: string) {
      return world.health
        .wall()
        .models.filter((model) => model.state === state)
        .map(({ id }) => id)
    },
    /** Alerts of a built-in rule, newest first. */
    alertsOf(rule: string) {
      return alerts
        .list({ tab: 'all', userId: '', scope: undefined, limit: 100, rule })
        .items.filter((alert) => alert.ruleId === rule)
    }
  }
  world.health.start(clock.now())
  return world
}
export type World = ReturnType<typeof testWorld>

/** Every system of the catalogue but group members' parents, each with a probe. */
export const allSystems = inventory.systems
  .map(({ id }) => id)
  .filter((id) => !inventory.dependencies.some((edge) => edge.from === id && edge.kind === 'kOfN'))
