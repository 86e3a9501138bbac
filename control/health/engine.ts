import { SocError } from '#core/errors.ts'
import { UPLINK, type ProbeResult } from '#core/health.ts'
import type { MatchFold } from '#core/match.ts'
import type { ExchangeFold } from '#core/exchange.ts'
import type { Clock } from '#core/clock.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS, ictDay } from '#core/time.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import { ownBecause } from './because.ts'
import { openDays } from './days.ts'
import { createEngineTime } from './engine-time.ts'
import { openExchanges } from './exchanges.ts'
import { graphOf } from './graph.ts'
import { forgetFuture } from './future.ts'
import { createHistory, type Fact } from './history.ts'
import { createIntegrations } from './integrations.ts'
import { openIntervals, type Entry } from './intervals.ts'
import { openMaintenance } from './maintenance.ts'
import { createMeasurements } from './measurements.ts'
import { openOutages } from './outage-table.ts'
import { Outages } from './outages.ts'
import { openProbes } from './probes-table.ts'
import { defaultSettings, LIFE_MS, type HealthSettings } from './settings.ts'
import { createStates } from './states.ts'
import { words } from './words.ts'
import { createUplink } from './uplink.ts'

/** Intervals are kept so long; sums of days longer (days.ts). */
const KEEP_INTERVALS_MS = 400 * DAY_MS
const KEEP_OUTAGES_MS = 5 * 366 * DAY_MS

export type EngineParts = {
  control: Control
  inventory: () => Inventory
  clock: Clock
  origin: Origin
  /** Opens or counts an alert; joins the transaction. */
  raise(fold: MatchFold): void
  resolve(fingerprint: string, params: Record<string, string | number>): void
  alertOf(fingerprint: string): { alert: string; incident: string | null } | undefined
  /** Asks for runs of these probes now, after the transaction. */
  recheck(probes: string[]): void
  /** Entries of these nodes have changed, inside a transaction; `all` when everything may have. */
  onTurned(nodes: Iterable<string> | 'all'): void
  /** Something that the wall shows has changed and is committed. */
  onChanged(): void
  settings?: Partial<HealthSettings>
}

/**
 * The engine of one origin: results, ticks and edits in, states, outages and alerts out. Everything that happens in one call
 * is one transaction. Should it fail, the engine goes on from what the database knows, as after a restart.
 */
export type Engine = ReturnType<typeof createEngine>

export function createEngine(parts: EngineParts) {
  const { control, origin } = parts
  const settings: HealthSettings = { ...defaultSettings, ...parts.settings }
  const time = createEngineTime(parts.clock)
  let graph = graphOf(parts.inventory())
  const currentGraph = () => graph
  const intervals = openIntervals(control, origin)
  const days = openDays(control, origin, intervals)
  const probes = openProbes(control, origin)
  const table = openOutages(control, origin)
  const exchanges = openExchanges(control, origin)
  const maintenance = openMaintenance(control, origin, parts.inventory)
  const measurements = createMeasurements(time)
  const states = createStates(currentGraph, measurements)
  const history = createHistory(states)
  const recheck = (ids: string[]) => control.afterCommit(() => parts.recheck(ids))
  const { raise, resolve, alertOf } = parts
  const outages = new Outages({
    ...{ origin, settings, time, graph: currentGraph, states, history, measurements, table },
    ...{ raise, resolve, alertOf, recheck }
  })
  const uplink = createUplink({
    ...{ origin, settings, time, inventory: parts.inventory, measurements, table, raise, resolve, alertOf }
  })
  const integrations = createIntegrations({
    ...{
      control,
      origin,
      time,
      graph: currentGraph,
      exchanges,
      troubled: (system) => outages.troubled(system),
      raise,
      resolve
    }
  })
  let maintainedUntil = 0
  let livedAt = -Infinity
  let started = false

  /** Writes what changed of the nodes' states. */
  function write(dirty: ReadonlyMap<string, number>): boolean {
    for (const [node, from] of dirty) intervals.replace(node, from, history.entriesFrom(node, from))
    parts.onTurned(dirty.keys())
    return dirty.size > 0
  }

  /** One transaction over the engine's work; `work` says whether the wall changed. */
  function change(work: () => boolean): void {
    try {
      control.transaction(() => {
        let turned = work()
        if (turned || uplink.waits() || outages.waits()) {
          turned = uplink.step() || turned
          turned = outages.step() || turned
        }
        if (time.elapsed() - livedAt >= LIFE_MS) live()
        if (turned) control.afterCommit(parts.onChanged)
      })
    } catch (error) {
      // Memory may know what the database does not: begin again from the database. What was not written is UNKNOWN.
      if (started && !(error instanceof SocError && error.status < 500)) start(time.now())
      throw error
    }
  }

  function live() {
    livedAt = time.elapsed()
    control
      .sql(
        `INSERT INTO health_life (origin, alive_at) VALUES (?, ?) ON CONFLICT (origin) DO UPDATE SET alive_at = MAX(alive_at, excluded.alive_at)`
      )
      .run(origin, time.now())
  }

  const knownFacts = () => {
    const facts = new Map(measurements.facts())
    for (const [key, state] of maintenance.current(time.now())) facts.set(key, state)
    return facts
  }

  /** Everything judged anew from now on: after probes or the catalogue changed. Runs inside a transaction. */
  function judgeAnew(): boolean {
    states.rebuild()
    write(history.take(measurements.reconsiderUplink(), time.now()))
    write(history.begin(time.now(), knownFacts()))
    return true
  }

  function start(at: number): void {
    time.advance()
    started = false
    parts.onTurned('all')
    control.transaction(() => {
      forgetFuture(control, origin, at)
      const life = control.sql('SELECT alive_at FROM health_life WHERE origin = ?').get(origin) as
        { alive_at: number } | undefined
      const last = new Map<string, Entry>()
      for (const node of intervals.nodes()) {
        const entry = intervals.last(node)
        if (entry !== undefined) last.set(node, entry)
      }
      const alive = Math.max(life?.alive_at ?? 0, ...[...last.values()].map(({ from }) => from))
      time.notBefore(Math.max(at, alive))
      graph = graphOf(parts.inventory())
      days.load()
      exchanges.load()
      maintenance.load(alive)
      integrations.load()
      measurements.clear()
      for (const { probe, createdAt } of probes.all()) {
        measurements.put(probe, createdAt, true, probes.lastResult(probe.id))
      }
      outages.load()
      uplink.load()
      states.rebuild()
      // From the last moment of life until now nothing was seen.
      for (const [node, before] of last) {
        if (before.state === 'UNKNOWN') continue
        const entry: Entry = { from: alive, since: alive, state: 'UNKNOWN', root: null, because: notRunning }
        intervals.replace(node, alive, [entry])
        last.set(node, entry)
      }
      write(history.begin(time.now(), knownFacts(), last))
      maintainedUntil = time.now()
      maintenance.facts(maintainedUntil, maintainedUntil)
      live()
      if (days.due(time.now())) finishDays()
    })
    started = true
    control.afterCommit(parts.onChanged)
  }

  function finishDays() {
    const now = time.now()
    const first = control.sql('SELECT MIN(from_at) AS at FROM health_intervals WHERE origin = ?').get(origin) as {
      at: number | null
    }
    days.finish(now, history.nodes(), ictDay(first.at ?? now))
    for (const node of history.nodes()) intervals.forgetBefore(node, now - KEEP_INTERVALS_MS)
    exchanges.forgetOld(now)
    control
      .sql('DELETE FROM health_outages WHERE origin = ? AND since_at < ? AND until_at IS NOT NULL')
      .run(origin, now - KEEP_OUTAGES_MS)
    control.sql('DELETE FROM health_maintenance WHERE origin = ? AND to_at < ?').run(origin, now - KEEP_OUTAGES_MS)
  }

  return {
    time,
    graph: currentGraph,
    intervals,
    days,
    probes,
    table,
    exchanges,
    maintenance,
    measurements,
    states,
    history,
    outages,
    integrations,
    change,
    judgeAnew,
    /** Facts true since their times; inside `change`. */
    applyFacts: (facts: readonly Fact[]) => write(history.take(facts, time.now())),
    start,
    /** Results of probes, retries included; those of another origin, of unknown probes, old ones and repeated ones are ignored. */
    take(results: readonly ProbeResult[]): void {
      time.advance()
      const { accepted, facts } = measurements.take(results.filter((result) => result.origin === origin))
      if (accepted.length === 0) return
      const backAt = measurements.backAt()
      change(() => {
        for (const { result, seq } of accepted) probes.saveResult(result, seq)
        const turned = write(history.take(facts, time.now()))
        // Our line is back: everybody is asked at once instead of when it is due.
        if (facts.some((fact) => fact.key === 'uplink' && fact.state === 'UP' && fact.at === backAt)) {
          recheck(
            [...measurements.all()].flatMap(({ probe }) => (probe.enabled && probe.system !== UPLINK ? [probe.id] : []))
          )
        }
        return turned
      })
    },
    /** Exchange records of a batch; joins its transaction. */
    count(folds: readonly ExchangeFold[]): void {
      for (const fold of folds) if (fold.origin === origin) exchanges.count(fold)
    },
    /** What time alone changes: silences, planned work, waits, finished days. */
    tick(): void {
      time.advance()
      if (!started) return
      const now = time.now()
      const facts: Fact[] = [...measurements.silences(), ...maintenance.facts(maintainedUntil, now)]
      maintainedUntil = now
      const alive = time.elapsed() - livedAt >= LIFE_MS
      const minute = integrations.due()
      if (facts.length === 0 && !uplink.waits() && !outages.waits() && !alive && !minute) return
      change(() => {
        const turned = write(history.take(facts, now))
        if (minute) integrations.step()
        if (days.due(now)) finishDays()
        return turned
      })
    },
    /** The catalogue has changed. */
    reload(): void {
      time.advance()
      parts.onTurned('all')
      change(() => {
        graph = graphOf(parts.inventory())
        const known = new Set([
          ...graph.order.map((id) => `system:${id}`),
          ...graph.inventory.models.map(({ id }) => `model:${id}`)
        ])
        const now = time.now()
        for (const node of [...history.nodes()]) {
          if (node.startsWith('probe:') || known.has(node)) continue
          const from = Math.max(now, history.last(node)?.from ?? now)
          intervals.replace(node, from, [{ from, since: from, state: 'UNKNOWN', root: null, because: leftCatalogue }])
          history.forgetNode(node)
        }
        return judgeAnew()
      })
    },
    /** Deletes everything of this origin. The engine sleeps until it is started again. */
    forget(): void {
      control.transaction(() => {
        for (const text of forgetting) control.sql(text).run(origin)
        exchanges.forgetAll()
      })
      started = false
      measurements.clear()
      for (const node of [...history.nodes()]) history.forgetNode(node)
      states.rebuild()
      outages.load()
      integrations.load()
      days.load()
      maintenance.load(time.now())
      history.begin(time.now(), new Map(), new Map())
      parts.onTurned('all')
    }
  }
}

const forgetting = [
  'health_intervals',
  'health_days',
  'health_probes',
  'health_maintenance',
  'health_outages',
  'health_integrations',
  'health_life'
].map((name) => `DELETE FROM ${name} WHERE origin = ?`)

const notRunning = ownBecause(words.own.notRunning)
const leftCatalogue = ownBecause(words.own.leftCatalogue)
