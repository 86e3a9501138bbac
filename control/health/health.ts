import type {
  MaintenanceDraft,
  MaintenanceRow,
  ModelHealthDetail,
  Outage,
  ProbeDetail,
  ProbeDraft,
  ProbeRow,
  Sli,
  SystemDetail,
  SystemRow,
  Uptime,
  Wall
} from '#core/api/health.ts'
import type { ExchangeFold } from '#core/exchange.ts'
import { UPLINK, type NodeId, type Probe, type ProbeResult } from '#core/health.ts'
import type { Origin } from '#core/origin.ts'
import { createDetailViews } from './detail-views.ts'
import { Engine, type EngineParts } from './engine.ts'
import { createProbeEdits } from './probe-edits.ts'
import { createSli } from './sli.ts'
import { maintenanceKey } from './states.ts'
import { createViews } from './views.ts'
import { KeptWall } from './wall.ts'

export type { HealthSettings } from './settings.ts'

/** A changed wall is pushed at most so often; milliseconds. */
const WALL_EVERY_MS = 200

export type HealthParts = Omit<EngineParts, 'onChanged' | 'onTurned'> & {
  /** Definitions or keys changed: the probes thread and the heartbeat intake need them. */
  onProbesChanged(): void
  onWallChanged(wall: Wall): void
  /** Throws 422 for a target that may not be asked. */
  checkTarget?(target: ProbeDraft['target']): void
}

/**
 * Health of one origin: the `HealthPart` of the console and what the composition root drives it with. Refusals are
 * `SocError`s with a 4xx status. How states, figures and roots are made: docs/health.md.
 */
export type Health = {
  wall(): Wall
  /** How many models are in each state, without a wall: from memory. */
  counts(): Wall['counts']
  model(id: number): ModelHealthDetail | undefined
  systems(): SystemRow[]
  system(id: string): SystemDetail | undefined
  probes(): ProbeRow[]
  probe(id: string): ProbeDetail | undefined
  addProbe(draft: ProbeDraft): ProbeRow
  changeProbe(id: string, change: Partial<ProbeDraft>): ProbeRow
  removeProbe(id: string): void
  newHeartbeatKey(id: string): string
  maintenance(): MaintenanceRow[]
  /** Until when all of these systems are worked on as planned; null when one of them is not, or there is none. */
  maintainedUntil(systems: readonly string[]): number | null
  addMaintenance(draft: MaintenanceDraft, by: string): MaintenanceRow
  cancelMaintenance(id: string, by: string): MaintenanceRow
  uptime(node: NodeId, from: number, to: number): Uptime
  outages(from: number, to: number, origin: Origin): (Outage & { until: number | null })[]
  sliOfModel(id: number, from: number, to: number): Sli
  /** Begins at `at`: what lies between the last known moment of life and it is UNKNOWN for every node. */
  start(at: number): void
  /** Results of probes, in one transaction. Those of another origin or of unknown probes are ignored. */
  take(results: readonly ProbeResult[]): void
  /** Exchange folds of a batch, within the transaction that commits it. Those of another origin are ignored. */
  count(folds: readonly ExchangeFold[]): void
  /** What time alone changes; to be called about four times a second. */
  tick(): void
  /** This process stood still until now: nobody's silence meanwhile counts. */
  stoodStill(): void
  /** The catalogue has changed. */
  reload(): void
  /** What the probes thread runs. */
  definitions(): Probe[]
  /** Keys of heartbeat probes, with the time of the newest heartbeat that was taken (0 for none). */
  heartbeatKeys(): Map<string, { key: string; lastAt: number }>
  /** Deletes everything of its origin. */
  forget(): void
}

export function createHealth(parts: HealthParts): Health {
  let wall: KeptWall | undefined
  let wallDirty = false
  let pushedAt = -Infinity
  const engine = new Engine({
    ...parts,
    onTurned: (nodes) => wall?.turned(nodes),
    onChanged() {
      wallDirty = true
      pushWall()
    }
  })
  const { time, measurements, probes } = engine
  const graph = () => engine.graph()
  const sli = createSli(engine.exchanges, graph)
  const viewParts = {
    ...{ origin: parts.origin, now: () => time.now(), graph, states: engine.states, history: engine.history },
    ...{ measurements, intervals: engine.intervals, days: engine.days, maintenance: engine.maintenance, sli },
    ...{ table: engine.table, openOutages: () => engine.outages.open() },
    incidentOf: parts.incidentOf
  }
  const views = createViews(viewParts)
  const shownWall = (wall = new KeptWall(viewParts, views))
  const details = createDetailViews(viewParts, views, probes)

  function pushWall() {
    if (!wallDirty || time.elapsed() - pushedAt < WALL_EVERY_MS) return
    wallDirty = false
    pushedAt = time.elapsed()
    parts.onWallChanged(shownWall.build())
  }

  /** Views are of the clock's now, not of the last tick's. */
  const fresh = <T>(view: () => T): T => {
    time.advance()
    return view()
  }
  const edits = createProbeEdits(parts, engine, views)

  return {
    wall: () => fresh(() => shownWall.build()),
    counts: () => shownWall.counts(),
    model: (id) => fresh(() => details.model(id)),
    systems: () => fresh(() => graph().inventory.systems.map(({ id }) => views.system(id))),
    system: (id) => fresh(() => details.system(id)),
    probes: () => fresh(() => [...measurements.all()].map(views.probe)),
    probe: (id) => fresh(() => details.probe(id)),
    ...edits,
    maintenance: () => fresh(() => engine.maintenance.list(time.now())),
    maintainedUntil(systems) {
      const ends = systems.map((id) => engine.maintenance.until(id, time.now()))
      const known = ends.filter((end) => end !== null)
      return known.length === 0 || known.length < ends.length ? null : Math.min(...known)
    },
    addMaintenance(draft, by) {
      time.advance()
      let row: MaintenanceRow | undefined
      engine.change(() => {
        row = engine.maintenance.add(draft, by, time.now())
        if (row.from > time.now()) return true
        return engine.applyFacts(
          row.systems.map(({ id }) => ({ at: time.now(), key: maintenanceKey(id), state: 'MAINTENANCE' as const }))
        )
      })
      return row as MaintenanceRow
    },
    cancelMaintenance(id, by) {
      time.advance()
      let row: MaintenanceRow | undefined
      engine.change(() => {
        const cancelled = engine.maintenance.cancel(id, by, time.now())
        row = cancelled.row
        engine.applyFacts(cancelled.facts)
        return true
      })
      return row as MaintenanceRow
    },
    uptime: (node, from, to) => fresh(() => engine.days.uptime(node, from, Math.max(from, Math.min(to, time.now())))),
    outages: (from, to, origin) =>
      engine.table
        .touching(origin, from, to)
        .filter(({ system }) => system !== UPLINK)
        .map((record) => ({ ...views.outage(record), until: record.until })),
    sliOfModel: (id, from, to) => fresh(() => sli.ofModel(id, from, to, time.now())),
    start: (at) => engine.start(at),
    take(results) {
      engine.take(results)
    },
    count: (folds) => engine.count(folds),
    tick() {
      engine.tick()
      pushWall()
    },
    stoodStill: () => engine.stoodStill(),
    reload: () => engine.reload(),
    definitions: () => [...measurements.all()].map(({ probe }) => probe),
    heartbeatKeys: () =>
      new Map([...probes.keys()].map(([id, key]) => [id, { key, lastAt: measurements.get(id)?.last?.dueAt ?? 0 }])),
    forget() {
      engine.forget()
      sli.forget()
      parts.onProbesChanged()
    }
  }
}
