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
import { createEngine, type EngineParts } from './engine.ts'
import { checkedDraft } from './probe-draft.ts'
import { draftOf, probeOf } from './probes-table.ts'
import { refuse } from './refusals.ts'
import { createSli } from './sli.ts'
import { maintenanceKey } from './states.ts'
import { createViews } from './views.ts'
import { KeptWall } from './wall.ts'

export type { HealthSettings } from './settings.ts'

/** Probes of one origin; further ones are refused. */
const MAX_PROBES = 2_000
/** A changed wall is told of at most so often; milliseconds. */
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
  /** The catalogue has changed. */
  reload(): void
  /** What the probes thread runs. */
  definitions(): Probe[]
  /** Keys of heartbeat probes, with the time of the newest beat that was taken (0 for none). */
  heartbeatKeys(): Map<string, { key: string; lastAt: number }>
  /** Deletes everything of its origin. */
  forget(): void
}

export function createHealth(parts: HealthParts): Health {
  let wall: KeptWall | undefined
  let wallDirty = false
  let toldAt = -Infinity
  const engine = createEngine({
    ...parts,
    onTurned: (nodes) => wall?.turned(nodes),
    onChanged() {
      wallDirty = true
      tellWall()
    }
  })
  const { time, graph, measurements, probes } = engine
  const sli = createSli(engine.exchanges, graph)
  const viewParts = {
    ...{ origin: parts.origin, now: () => time.now(), graph, states: engine.states, history: engine.history },
    ...{ measurements, intervals: engine.intervals, days: engine.days, maintenance: engine.maintenance, sli },
    ...{ table: engine.table, openOutages: () => engine.outages.open() }
  }
  const views = createViews(viewParts)
  const shownWall = (wall = new KeptWall(viewParts, views))
  const details = createDetailViews(viewParts, views, probes)

  function tellWall() {
    if (!wallDirty || time.elapsed() - toldAt < WALL_EVERY_MS) return
    wallDirty = false
    toldAt = time.elapsed()
    parts.onWallChanged(shownWall.build())
  }

  /** Views are of the clock's now, not of the last tick's. */
  const fresh = <T>(view: () => T): T => {
    time.advance()
    return view()
  }
  const known = (id: string) => measurements.get(id) ?? refuse(404, 'probe.unknown', `there is no probe ${id}`, { id })
  const check = (draft: ProbeDraft) => checkedDraft(draft, parts.inventory(), (target) => parts.checkTarget?.(target))

  /** Saves a probe, judges anew and tells the data plane. */
  function put(probe: Probe, createdAt: number, anew: boolean): ProbeRow {
    engine.change(() => {
      probes.save(probe, createdAt)
      measurements.put(probe, createdAt, anew)
      parts.control.afterCommit(() => {
        parts.onProbesChanged()
        if (probe.enabled && probe.target.kind !== 'heartbeat') parts.recheck([probe.id])
      })
      return engine.judgeAnew()
    })
    return views.probe(known(probe.id))
  }

  return {
    wall: () => fresh(() => shownWall.build()),
    counts: () => shownWall.counts(),
    model: (id) => fresh(() => details.model(id)),
    systems: () => fresh(() => graph().inventory.systems.map(({ id }) => views.system(id))),
    system: (id) => fresh(() => details.system(id)),
    probes: () => fresh(() => [...measurements.all()].map(views.probe)),
    probe: (id) => fresh(() => details.probe(id)),
    addProbe(draft) {
      time.advance()
      const checked = check(draft)
      if ([...measurements.all()].length >= MAX_PROBES) {
        refuse(409, 'probe.too_many', 'there are too many probes', { most: MAX_PROBES })
      }
      return put(probeOf(probes.newId(), parts.origin, checked), time.now(), true)
    },
    changeProbe(id, change) {
      time.advance()
      const { probe, createdAt } = known(id)
      const checked = check({ ...draftOf(probe), ...change })
      // What another target answered says nothing of this one.
      const anew =
        JSON.stringify(checked.target) !== JSON.stringify(probe.target) ||
        checked.system !== probe.system ||
        checked.enabled !== probe.enabled
      return put(probeOf(id, parts.origin, checked), createdAt, anew)
    },
    removeProbe(id) {
      time.advance()
      known(id)
      engine.change(() => {
        probes.remove(id)
        measurements.remove(id)
        const node = `probe:${id}`
        engine.intervals.forgetNode(node)
        engine.days.forgetNode(node)
        engine.history.forgetNode(node)
        engine.history.forgetFact(node)
        parts.control.afterCommit(parts.onProbesChanged)
        return engine.judgeAnew()
      })
    },
    newHeartbeatKey(id) {
      if (known(id).probe.target.kind !== 'heartbeat')
        refuse(409, 'probe.no_heartbeat', 'only a heartbeat has a key', { id })
      const key = probes.newKey(id)
      parts.onProbesChanged()
      return key
    },
    maintenance: () => fresh(() => engine.maintenance.list(time.now())),
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
    start: engine.start,
    take(results) {
      engine.take(results)
    },
    count: engine.count,
    tick() {
      engine.tick()
      tellWall()
    },
    reload: engine.reload,
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
