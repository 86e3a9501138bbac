import type { ProbeDraft } from '#core/api/health.ts'
import type { manualClock } from '#core/clock.ts'
import type { Probe, ProbeResult } from '#core/health.ts'
import type { ProbesPlane } from '#core/probes-plane.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#core/time.ts'
import type { Health } from '#control/health/health.ts'
import type { HealthPlane } from '#control/health/health-plane.ts'
import type { Inventory } from '#province/inventory.ts'

/* The health of a province for tests of routes and screens: the real engine, given probes and results as their thread would. */

/** Systems that are measured; of the others nothing is known. */
const MEASURED = 40
/** Probes run in rounds of this length; milliseconds. */
const ROUND_MS = 10_000
/** Rounds after which every outage is announced: the settle time is over and all that it waits for has been asked again. */
const ROUNDS = 6
/** Rounds after which an outage that is back is closed. */
const RECOVERY_ROUNDS = 10

type Plane = { inventory: Inventory; health: HealthPlane; clock: ReturnType<typeof manualClock> }

export type MeasuredHealth = {
  health: Health
  /** The page probe of a measured system. */
  probeOf(system: string): string
  /** The heartbeat of Hue-S, not heard yet. */
  heartbeat: string
  /** Lets the probes of these systems fail, until the outage is announced. */
  break(...systems: string[]): void
  /** Lets the probes of these systems answer again, until the outage is over. */
  mend(...systems: string[]): void
}

/** Measures the first systems of the catalogue: all answered, then those of `down` stopped to, and their outages are announced. */
export function measureProvince(plane: Plane, down: readonly string[] = ['hue-s']): MeasuredHealth {
  const { inventory, clock } = plane
  const health = plane.health.of('real')
  const failing = new Set<string>()
  const probes = new Map<string, string>()
  for (const { id, name } of inventory.systems.slice(0, MEASURED)) {
    // The parent of a group is as its members are.
    const isGroup = inventory.dependencies.some((edge) => edge.from === id && edge.kind === 'kOfN')
    if (!isGroup) probes.set(id, health.addProbe(httpDraft(id, name)).id)
  }
  const heartbeat = health.addProbe(heartbeatDraft('hue-s')).id

  function run(rounds: number) {
    for (let round = 0; round < rounds; round++) {
      clock.advance(ROUND_MS)
      const at = clock.now()
      plane.health.take([...probes].map(([system, probe]) => resultOf(probe, at, failing.has(system))))
      plane.health.tick()
    }
  }
  run(1)
  const measured: MeasuredHealth = {
    health,
    heartbeat,
    probeOf: (system) => probes.get(system)!,
    break(...systems) {
      for (const system of systems) failing.add(system)
      run(ROUNDS)
    },
    mend(...systems) {
      for (const system of systems) failing.delete(system)
      run(RECOVERY_ROUNDS)
    }
  }
  measured.break(...down)
  return measured
}

/** What a page probe says that answers, or that does not within its time. */
export function resultOf(probe: string, at: number, fails = false): ProbeResult {
  return {
    probe,
    origin: 'real',
    dueAt: at - 100,
    startedAt: at - 100,
    finishedAt: at,
    outcome: fails ? 'down' : 'up',
    code: fails ? 'timeout' : '',
    detail: fails ? 'no answer within 10 s' : '',
    attempts: fails ? 3 : 1,
    latencyMs: fails ? null : 84,
    certificateUntil: at + 21 * DAY_MS
  }
}

/** Stands for the thread that runs probes: `answer` is what a try is told. */
export function probesThread(answer: (probe: Probe) => ProbeResult | Promise<ProbeResult>): ProbesPlane {
  return {
    setSnapshot: () => undefined,
    tryProbe: async (probe) => answer(probe),
    recheck: () => undefined,
    stop: async () => undefined
  }
}

export function httpDraft(system: string, name: string): ProbeDraft {
  return {
    ...{ name: `Trang ${name}`, system, intervalMs: 30_000, timeoutMs: 10_000, attempts: 3, retryMs: 3_000 },
    ...{ enabled: true, critical: true },
    target: {
      ...{ kind: 'http', url: `https://${system}.example.vn/suc-khoe`, method: 'GET', statuses: [200], redirects: 1 },
      ...{ keyword: '', notKeyword: '', jsonPath: '', jsonValue: '', slowMs: 2_000, certificateDays: 14 }
    }
  }
}

export function heartbeatDraft(system: string): ProbeDraft {
  return {
    ...httpDraft(system, system),
    name: 'Nhịp báo sao lưu',
    target: { kind: 'heartbeat', everyMs: HOUR_MS, graceMs: 10 * MINUTE_MS, officeHours: false },
    critical: false
  }
}
