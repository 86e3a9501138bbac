import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createIntake } from '#collector/intake.ts'
import { createInterpreter } from '#collector/interpret.ts'
import { openSpoolWriter } from '#collector/spool/writer.ts'
import type { manualClock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import { UPLINK } from '#core/health.ts'
import type { Origin } from '#core/origin.ts'
import type { Sender } from '#core/sender.ts'
import { createAlerts } from '#control/triage/alerts.ts'
import { createHealth } from '#control/health/health.ts'
import { RangeCounts } from '#detector/range-counts.ts'
import type { Inventory } from '#province/inventory.ts'
import { openControl } from '#control/database/control.ts'
import { createHeartbeats, type Reporter } from '#simulator/heartbeats.ts'
import type { Simulator } from '#simulator/simulator.ts'
import { createProber } from './prober.ts'
import type { DrillAlert, Stage } from './scenario.ts'

const ORIGIN: Origin = 'real'
const STEP_MS = 1_000
/** Exchange records are counted so often, as batches of the detector would. */
const COUNT_EVERY_MS = 15_000

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

/**
 * A control plane in little: real alerts and the real engine on a control database in memory, real probe runners against the
 * stand-ins, the real parser for exchange records, the real door for heartbeats. Only time is simulated.
 */
export async function openPost(
  simulator: Simulator,
  clock: ReturnType<typeof manualClock>,
  inventory: Inventory
): Promise<Stage & { close(): Promise<void> }> {
  const control = openControl(':memory:')
  const alerts = createAlerts({ control, inventory, clock })
  const prober = createProber(simulator, clock)
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
  const snapshot = {
    version: 1,
    senders: [sender],
    unitByDomain: {},
    unitNames: Object.fromEntries(inventory.units().map((unit) => [unit.code, unit.name]))
  }
  const interpreter = createInterpreter(snapshot)
  const counts = new RangeCounts()

  const reporters = control.transaction(() =>
    simulator.probes(timing).flatMap((draft): Reporter[] => {
      const { id } = health.addProbe(draft)
      if (draft.target.kind !== 'heartbeat') return []
      return [{ system: draft.system, probe: id, key: health.newHeartbeatKey(id) }]
    })
  )
  prober.setProbes(health.definitions())
  const folder = mkdtempSync(join(tmpdir(), 'vong-lau-drill-'))
  const spool = openSpoolWriter(join(folder, 'spool'), { maxBytes: 2 ** 27, reserveBytes: 1, clock })
  const intake = createIntake({
    spool,
    snapshot: {
      ...snapshot,
      heartbeats: [...health.heartbeatKeys()].map(([probe, known]) => ({ probe, ...known, origin: ORIGIN }))
    },
    clock,
    tls: undefined,
    onNotice: () => undefined,
    onHeartbeats: async (results) => health.take(results)
  })
  const [door] = await intake.open([{ id: 'drill-http', protocol: 'http', host: '127.0.0.1', port: 0, origin: ORIGIN }])
  const beats = createHeartbeats({
    simulator,
    reporters,
    url: `http://127.0.0.1:${door!.port}`,
    clock,
    log(message) {
      throw new SocError('drill.heartbeat', message)
    }
  })
  let beatAt = -Infinity

  let countedTo = clock.now()
  let offset = 0
  function countExchanges() {
    const now = clock.now()
    if (simulator.cut || now - countedTo < COUNT_EVERY_MS) return
    for (const record of simulator.recordsBetween(countedTo, now)) {
      const outcome = interpreter.interpret({
        id: `drill-${offset}`,
        partition: 0,
        offset: offset++,
        receivedAt: now,
        listener: 'http',
        origin: ORIGIN,
        peer: '192.0.2.20:40000',
        sender: sender.id,
        unit: sender.unit,
        hint: 'application/x-ndjson',
        flags: 0,
        clientKey: '',
        raw: Buffer.from(JSON.stringify(record))
      })
      if ('event' in outcome) counts.add(outcome.event, now)
    }
    countedTo = now
    control.transaction(() => health.count(counts.take().exchanges))
  }

  return {
    break: (system, kind) => simulator.break(system, kind),
    mend: (system) => simulator.mend(system),
    async pass(seconds) {
      for (let second = 0; second < seconds; second++) {
        clock.advance(STEP_MS)
        if (clock.now() - beatAt >= timing.heartbeatMs) {
          beatAt = clock.now()
          await beats.step()
        }
        const results = await prober.run()
        if (results.length > 0) health.take(results)
        countExchanges()
        health.tick()
      }
    },
    look() {
      const rows = control
        .sql('SELECT rule_id, level, status, vals FROM alerts WHERE origin = ? ORDER BY seq')
        .all(ORIGIN) as { rule_id: string; level: string; status: string; vals: string }[]
      return {
        alerts: rows.map((row): DrillAlert => {
          const values = JSON.parse(row.vals) as Record<string, string>
          const system = values['soc.system'] ?? (row.rule_id === 'soc.uplink_lost' ? UPLINK : '')
          return { rule: row.rule_id, level: row.level, system, open: row.status !== 'closed', values }
        }),
        wall: health.wall(),
        success(provider) {
          const answered = health.system(provider)?.hops.filter((hop) => hop.provider === provider) ?? []
          const sum = (of: 'total' | 'succeeded') => answered.reduce((total, { sli }) => total + sli[of], 0)
          return sum('succeeded') / sum('total')
        }
      }
    },
    async close() {
      await intake.stop()
      await spool.close()
      rmSync(folder, { recursive: true, force: true })
      control.close()
    }
  }
}
