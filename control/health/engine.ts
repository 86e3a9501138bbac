import { SocError } from '#core/errors.ts'
import { UPLINK, type HealthState, type ProbeResult } from '#core/health.ts'
import type { MatchFold } from '#core/match.ts'
import type { ExchangeFold } from '#core/exchange.ts'
import type { Clock } from '#core/clock.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS, ictDay } from '#core/time.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import { ownBecause } from './because.ts'
import { openDays, type Days } from './days.ts'
import { createEngineTime, type EngineTime } from './engine-time.ts'
import { openExchanges, type Exchanges } from './exchanges.ts'
import { graphOf, type Graph } from './graph.ts'
import { forgetFuture } from './future.ts'
import { createHistory, type Fact, type History } from './history.ts'
import { createIntegrations, type Integrations } from './integrations.ts'
import { openIntervals, type Entry, type Intervals } from './intervals.ts'
import { openMaintenance, type Maintenance } from './maintenance.ts'
import { Measurements } from './measurements.ts'
import { openOutages, type OutageTable } from './outage-table.ts'
import { Outages } from './outages.ts'
import { openProbes, type ProbesTable } from './probes-table.ts'
import { defaultSettings, LIFE_MS, type HealthSettings } from './settings.ts'
import { createStates, type States } from './states.ts'
import { words } from './words.ts'
import { createUplink, type Uplink } from './uplink.ts'

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
  /** The incident that holds an alert now, open or closed; without it an outage names the one it opened in. */
  incidentOf?(alert: string): string | null | undefined
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
export class Engine {
  readonly time: EngineTime
  readonly intervals: Intervals
  readonly days: Days
  readonly probes: ProbesTable
  readonly table: OutageTable
  readonly exchanges: Exchanges
  readonly maintenance: Maintenance
  readonly measurements: Measurements
  readonly states: States
  readonly history: History
  readonly outages: Outages
  readonly #parts: EngineParts
  readonly #control: Control
  readonly #origin: Origin
  readonly #uplink: Uplink
  readonly #integrations: Integrations
  #graph: Graph
  #maintainedUntil = 0
  #livedAt = -Infinity
  #started = false

  constructor(parts: EngineParts) {
    const { control, origin, raise, resolve, alertOf } = parts
    const settings: HealthSettings = { ...defaultSettings, ...parts.settings }
    this.#parts = parts
    this.#control = control
    this.#origin = origin
    this.#graph = graphOf(parts.inventory())
    const graph = () => this.#graph
    const time = (this.time = createEngineTime(parts.clock))
    this.intervals = openIntervals(control, origin)
    this.days = openDays(control, origin, this.intervals)
    this.probes = openProbes(control, origin)
    const table = (this.table = openOutages(control, origin))
    const exchanges = (this.exchanges = openExchanges(control, origin))
    this.maintenance = openMaintenance(control, origin, parts.inventory)
    const measurements = (this.measurements = new Measurements(time))
    const states = (this.states = createStates(graph, measurements))
    const history = (this.history = createHistory(states))
    const outages = (this.outages = new Outages({
      ...{ origin, settings, time, graph, states, history, measurements, table },
      ...{ raise, resolve, alertOf, recheck: (ids) => this.#recheck(ids) }
    }))
    this.#uplink = createUplink({
      ...{ origin, settings, time, inventory: parts.inventory, measurements, table, raise, resolve, alertOf }
    })
    const troubled = (system: string) => outages.troubled(system)
    this.#integrations = createIntegrations({
      ...{ control, origin, time, graph, exchanges, troubled, raise, resolve }
    })
  }

  graph(): Graph {
    return this.#graph
  }

  /** One transaction over the engine's work; `work` says whether the wall changed. */
  change(work: () => boolean): void {
    try {
      this.#control.transaction(() => {
        let turned = work()
        if (turned || this.#uplink.waits() || this.outages.waits()) {
          turned = this.#uplink.step() || turned
          turned = this.outages.step() || turned
        }
        if (this.#isLifeDue()) this.#live()
        if (turned) this.#control.afterCommit(this.#parts.onChanged)
      })
    } catch (error) {
      // Memory may know what the database does not: begin again from the database. What was not written is UNKNOWN.
      if (this.#started && !(error instanceof SocError && error.status < 500)) this.start(this.time.now())
      throw error
    }
  }

  /** Everything judged anew from now on: after probes or the catalogue changed. Runs inside a transaction. */
  judgeAnew(): boolean {
    const now = this.time.now()
    this.states.rebuild()
    this.#write(this.history.take(this.measurements.reconsiderUplink(), now))
    this.#write(this.history.begin(now, this.#knownFacts()))
    return true
  }

  /** Facts true since their times; inside `change`. */
  applyFacts(facts: readonly Fact[]): boolean {
    return this.#write(this.history.take(facts, this.time.now()))
  }

  /** Begins at `at` with what the database knows; between the last moment of life and it nothing was seen. */
  start(at: number): void {
    this.time.advance()
    this.#started = false
    this.#parts.onTurned('all')
    this.#control.transaction(() => {
      forgetFuture(this.#control, this.#origin, at)
      const last = this.#lastEntries()
      const alive = Math.max(this.#aliveAt(), ...[...last.values()].map(({ from }) => from))
      this.time.notBefore(Math.max(at, alive))
      this.#graph = graphOf(this.#parts.inventory())
      this.#load(alive)
      // From the last moment of life until now nothing was seen.
      for (const [node, before] of last) {
        if (before.state === 'UNKNOWN') continue
        const entry: Entry = { from: alive, since: alive, state: 'UNKNOWN', root: null, because: notRunning }
        this.intervals.replace(node, alive, [entry])
        last.set(node, entry)
      }
      this.#write(this.history.begin(this.time.now(), this.#knownFacts(), last))
      this.#maintainedUntil = this.time.now()
      this.maintenance.facts(this.#maintainedUntil, this.#maintainedUntil)
      this.#live()
      if (this.days.due(this.time.now())) this.#finishDays()
    })
    this.#started = true
    this.#control.afterCommit(this.#parts.onChanged)
  }

  /** Results of probes, retries included; those of another origin, of unknown probes, old ones and repeated ones are ignored. */
  take(results: readonly ProbeResult[]): void {
    this.time.advance()
    const { accepted, facts } = this.measurements.take(results.filter((result) => result.origin === this.#origin))
    if (accepted.length === 0) return
    const backAt = this.measurements.backAt()
    this.change(() => {
      for (const { result, seq } of accepted) this.probes.saveResult(result, seq)
      const turned = this.applyFacts(facts)
      // Our line is back: everybody is asked at once instead of when it is due.
      if (facts.some((fact) => fact.key === 'uplink' && fact.state === 'UP' && fact.at === backAt)) {
        this.#recheck(
          [...this.measurements.all()].flatMap(({ probe }) =>
            probe.enabled && probe.system !== UPLINK ? [probe.id] : []
          )
        )
      }
      return turned
    })
  }

  /** Exchange records of a batch; joins its transaction. */
  count(folds: readonly ExchangeFold[]): void {
    for (const fold of folds) if (fold.origin === this.#origin) this.exchanges.count(fold)
  }

  /** What time alone changes: silences, planned work, waits, finished days. */
  tick(): void {
    this.time.advance()
    if (!this.#started) return
    const now = this.time.now()
    const facts: Fact[] = [...this.measurements.silences(), ...this.maintenance.facts(this.#maintainedUntil, now)]
    this.#maintainedUntil = now
    const minute = this.#integrations.due()
    const waits = this.#uplink.waits() || this.outages.waits()
    if (facts.length === 0 && !waits && !this.#isLifeDue() && !minute) return
    this.change(() => {
      const turned = this.#write(this.history.take(facts, now))
      if (minute) this.#integrations.step()
      if (this.days.due(now)) this.#finishDays()
      return turned
    })
  }

  /** This process stood still until now. */
  stoodStill(): void {
    this.time.advance()
    this.measurements.stoodStill()
  }

  /** The catalogue has changed. */
  reload(): void {
    this.time.advance()
    this.#parts.onTurned('all')
    this.change(() => {
      this.#graph = graphOf(this.#parts.inventory())
      const known = new Set([
        ...this.#graph.order.map((id) => `system:${id}`),
        ...this.#graph.inventory.models.map(({ id }) => `model:${id}`)
      ])
      const now = this.time.now()
      for (const node of [...this.history.nodes()]) {
        if (node.startsWith('probe:') || known.has(node)) continue
        const from = Math.max(now, this.history.last(node)?.from ?? now)
        this.intervals.replace(node, from, [
          { from, since: from, state: 'UNKNOWN', root: null, because: leftCatalogue }
        ])
        this.history.forgetNode(node)
      }
      return this.judgeAnew()
    })
  }

  /** Deletes everything of this origin. The engine sleeps until it is started again. */
  forget(): void {
    this.#control.transaction(() => {
      for (const text of forgetting) this.#control.sql(text).run(this.#origin)
      this.exchanges.forgetAll()
    })
    this.#started = false
    this.measurements.clear()
    for (const node of [...this.history.nodes()]) this.history.forgetNode(node)
    this.states.rebuild()
    this.outages.load()
    this.#integrations.load()
    this.days.load()
    this.maintenance.load(this.time.now())
    this.history.begin(this.time.now(), new Map(), new Map())
    this.#parts.onTurned('all')
  }

  #recheck(ids: string[]): void {
    this.#control.afterCommit(() => this.#parts.recheck(ids))
  }

  /** Writes what changed of the nodes' states. */
  #write(dirty: ReadonlyMap<string, number>): boolean {
    for (const [node, from] of dirty) this.intervals.replace(node, from, this.history.entriesFrom(node, from))
    this.#parts.onTurned(dirty.keys())
    return dirty.size > 0
  }

  #isLifeDue(): boolean {
    return this.time.elapsed() - this.#livedAt >= LIFE_MS
  }

  #live(): void {
    this.#livedAt = this.time.elapsed()
    this.#control
      .sql(
        `INSERT INTO health_life (origin, alive_at) VALUES (?, ?) ON CONFLICT (origin) DO UPDATE SET alive_at = MAX(alive_at, excluded.alive_at)`
      )
      .run(this.#origin, this.time.now())
  }

  /** The newest moment of life that was written down. */
  #aliveAt(): number {
    const life = this.#control.get<{ alive_at: number }>(
      'SELECT alive_at FROM health_life WHERE origin = ?',
      this.#origin
    )
    return life?.alive_at ?? 0
  }

  #lastEntries(): Map<string, Entry> {
    const last = new Map<string, Entry>()
    for (const node of this.intervals.nodes()) {
      const entry = this.intervals.last(node)
      if (entry !== undefined) last.set(node, entry)
    }
    return last
  }

  /** Reads what every part of the engine keeps in the database. */
  #load(alive: number): void {
    this.days.load()
    this.exchanges.load()
    this.maintenance.load(alive)
    this.#integrations.load()
    this.measurements.clear()
    for (const { probe, createdAt } of this.probes.all()) {
      this.measurements.put(probe, createdAt, true, this.probes.lastResult(probe.id))
    }
    this.outages.load()
    this.#uplink.load()
    this.states.rebuild()
  }

  #knownFacts(): Map<string, HealthState> {
    const facts = new Map(this.measurements.facts())
    for (const [key, state] of this.maintenance.current(this.time.now())) facts.set(key, state)
    return facts
  }

  /** Writes down finished days and drops what is older than anybody asks for. */
  #finishDays(): void {
    const now = this.time.now()
    const origin = this.#origin
    const first = this.#control.single<{
      at: number | null
    }>('SELECT MIN(from_at) AS at FROM health_intervals WHERE origin = ?', origin)
    this.days.finish(now, this.history.nodes(), ictDay(first.at ?? now))
    for (const node of this.history.nodes()) this.intervals.forgetBefore(node, now - KEEP_INTERVALS_MS)
    this.exchanges.forgetOld(now)
    this.#control
      .sql('DELETE FROM health_outages WHERE origin = ? AND since_at < ? AND until_at IS NOT NULL')
      .run(origin, now - KEEP_OUTAGES_MS)
    this.#control
      .sql('DELETE FROM health_maintenance WHERE origin = ? AND coalesce(weekly_until, to_at) < ?')
      .run(origin, now - KEEP_OUTAGES_MS)
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
