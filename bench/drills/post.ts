import type { manualClock } from '#core/clock.ts'
import { UPLINK } from '#core/health.ts'
import type { Origin } from '#core/origin.ts'
import type { Sender } from '#core/sender.ts'
import { openControl, type Control } from '#control/database/control.ts'
import { createHealth, type Health } from '#control/health/health.ts'
import { createAlerts } from '#control/triage/alerts.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Reporter } from '#simulator/heartbeats.ts'
import type { Simulator } from '#simulator/simulator.ts'
import { ExchangeCounter } from './exchange-counter.ts'
import { openHeartbeatLine } from './heartbeat-line.ts'
import { createProber } from './prober.ts'
import type { DrillAlert, Stage } from './scenario.ts'

const ORIGIN: Origin = 'real'
const STEP_MS = 1_000

/** How the drill asks: often enough that two minutes tell everything. */
const timing = {
  intervalMs: 30_000,
  timeoutMs: 3_000,
  attempts: 2,
  retryMs: 0,
  slowMs: 700,
  heartbeatMs: 30_000,
  graceMs: 15_000
}

const sender: Sender = {
  id: 'drill-lgsp',
  name: 'LGSP',
  unit: 'H57.stttt',
  origin: ORIGIN,
  tokenHashes: [],
  networks: [],
  speaksFor: 'any',
  utcOffsetMinutes: 420,
  enabled: true
}

type ManualClock = ReturnType<typeof manualClock>
type Prober = ReturnType<typeof createProber>

/**
 * A control plane in little: real alerts and the real engine on a control database in memory, real probe runners against the
 * stand-ins, the real parser for exchange records, the real listener for heartbeats. Only time is simulated.
 */
export async function openPost(
  simulator: Simulator,
  clock: ManualClock,
  inventory: Inventory
): Promise<Stage & { close(): Promise<void> }> {
  const control = openControl(':memory:')
  const prober = createProber(simulator, clock)
  const health = openHealth(control, clock, inventory, prober)
  const snapshot = {
    version: 1,
    senders: [sender],
    unitByDomain: {},
    unitNames: Object.fromEntries(inventory.units().map((unit) => [unit.code, unit.name]))
  }
  const exchanges = new ExchangeCounter(simulator, clock, sender, snapshot)
  const reporters = addProbes(control, health, simulator)
  prober.setProbes(health.definitions())
  const heartbeats = await openHeartbeatLine({ simulator, reporters, health, snapshot, clock, origin: ORIGIN })
  let heartbeatAt = -Infinity

  return {
    break: (system, kind) => simulator.break(system, kind),
    mend: (system) => simulator.mend(system),
    async pass(seconds) {
      for (let second = 0; second < seconds; second++) {
        clock.advance(STEP_MS)
        if (clock.now() - heartbeatAt >= timing.heartbeatMs) {
          heartbeatAt = clock.now()
          await heartbeats.step()
        }
        const results = await prober.run()
        if (results.length > 0) health.take(results)
        const counted = exchanges.take()
        if (counted !== undefined) control.transaction(() => health.count(counted))
        health.tick()
      }
    },
    look: () => ({
      alerts: alertsIn(control),
      wall: health.wall(),
      success(provider) {
        const answered = health.system(provider)?.hops.filter((hop) => hop.provider === provider) ?? []
        const sum = (of: 'total' | 'succeeded') => answered.reduce((total, { sli }) => total + sli[of], 0)
        return sum('succeeded') / sum('total')
      }
    }),
    async close() {
      await heartbeats.close()
      control.close()
    }
  }
}

/** The engine of states and root causes, joined to the alerts that it raises and resolves. */
function openHealth(control: Control, clock: ManualClock, inventory: Inventory, prober: Prober): Health {
  const alerts = createAlerts({ control, inventory, clock })
  const health = createHealth({
    control,
    inventory: () => inventory,
    clock,
    origin: ORIGIN,
    raise: (fold) => void alerts.raise(fold),
    resolve: (fingerprint, params) => void alerts.resolve(fingerprint, params),
    alertOf: (fingerprint) => {
      const row = control
        .sql('SELECT id, incident_id FROM alerts WHERE fingerprint = ? ORDER BY seq DESC LIMIT 1')
        .get(fingerprint) as { id: string; incident_id: string | null } | undefined
      return row === undefined ? undefined : { alert: row.id, incident: row.incident_id }
    },
    recheck: (ids) => prober.recheck(ids),
    checkTarget: () => undefined,
    onProbesChanged: () => undefined,
    onWallChanged: () => undefined
  })
  health.start(clock.now())
  return health
}

/** Adds the probes of the stand-ins; returns those that report by themselves, with their keys. */
function addProbes(control: Control, health: Health, simulator: Simulator): Reporter[] {
  return control.transaction(() =>
    simulator.probes(timing).flatMap((draft): Reporter[] => {
      const { id } = health.addProbe(draft)
      if (draft.target.kind !== 'heartbeat') return []
      return [{ system: draft.system, probe: id, key: health.newHeartbeatKey(id) }]
    })
  )
}

function alertsIn(control: Control): DrillAlert[] {
  const rows = control.all<{ rule_id: string; level: string; status: string; vals: string }>(
    'SELECT rule_id, level, status, vals FROM alerts WHERE origin = ? ORDER BY seq',
    ORIGIN
  )
  return rows.map((row) => {
    const values = JSON.parse(row.vals) as Record<string, string>
    const system = values['soc.system'] ?? (row.rule_id === 'soc.uplink_lost' ? UPLINK : '')
    return { rule: row.rule_id, level: row.level, system, open: row.status !== 'closed', values }
  })
}
