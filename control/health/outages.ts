import { UPLINK, type Because } from '#core/health.ts'
import type { MatchFold } from '#core/match.ts'
import { hostsOf } from '#core/probes/target.ts'
import type { Origin } from '#core/origin.ts'
import { MINUTE_MS } from '#core/time.ts'
import { fillWords } from '#core/words.ts'
import { createBuiltIn } from '#control/triage/life/built-in.ts'
import { ownBecause, shownMoment } from './because.ts'
import type { EngineTime } from './engine-time.ts'
import { asOne, commonLimit, commonWindow } from './common-cause.ts'
import type { Graph } from './graph.ts'
import type { History } from './history.ts'
import { answers, byImpact, covers, explainers, failingNow, type Failing } from './impact.ts'
import type { Measured, Measurements } from './measurements.ts'
import { isRipe, newCandidate, type Candidate } from './outage-candidates.ts'
import type { OutageRecord, OutageTable } from './outage-table.ts'
import type { HealthSettings } from './settings.ts'
import { systemNode, type States } from './states.ts'
import { words } from './words.ts'

/** Systems attached to one outage; further ones are still covered by it, but not listed. */
const MAX_ATTACHED = 200

/** An open outage as it is now: whether it has come back, and since when. */
type OpenOutage = {
  record: OutageRecord
  backMark: number | null
  backAt: number
  lost: number
  /** How many fell with it, when a common cause is suspected; 0 otherwise. */
  together: number
}

export type OutageParts = {
  origin: Origin
  settings: HealthSettings
  time: EngineTime
  graph: () => Graph
  states: States
  history: Pick<History, 'since'>
  measurements: Measurements
  table: OutageTable
  raise(fold: MatchFold): void
  resolve(fingerprint: string, params: Record<string, string | number>): void
  alertOf(fingerprint: string): { alert: string; incident: string | null } | undefined
  recheck(probes: string[]): void
}

/**
 * One outage per root (docs/health.md). `step` looks at the states of now and opens, attaches and closes; it runs inside a
 * transaction. A failure whose cause is elsewhere is attached to the cause's outage; it goes on being measured, and when the
 * cause is gone it has to answer for itself.
 */
export class Outages {
  readonly #parts: OutageParts
  readonly #candidates = new Map<string, Candidate>()
  readonly #open = new Map<string, OpenOutage>()

  constructor(parts: OutageParts) {
    this.#parts = parts
  }

  /** Looks at the states of now; true when an outage opened, changed or closed. Inside a transaction. */
  step(): boolean {
    const failing = failingNow(this.#parts.graph(), this.#parts.states.own)
    for (const root of this.#candidates.keys()) if (!failing.has(root)) this.#candidates.delete(root)
    let changed = this.#follow(failing)
    const waiting = [...failing.values()].filter(({ root }) => !this.#open.has(root)).sort(byImpact)
    for (const each of waiting) if (!this.#candidates.has(each.root)) this.#suspect(each)
    for (const each of waiting) changed = this.#decide(each, waiting, failing) || changed
    return changed
  }

  /** Whether `step` has anything to wait for: when not, it need not run before the next change. */
  waits(): boolean {
    return this.#candidates.size > 0 || [...this.#open.values()].some(({ backMark }) => backMark !== null)
  }

  open(): readonly OutageRecord[] {
    return [...this.#open.values()].map(({ record }) => record)
  }

  /** Whether a system is in an outage, or suspected of being in one. */
  troubled(system: string): boolean {
    const root = this.#parts.graph().groupParent(system) ?? system
    return (
      this.#candidates.has(root) || this.#open.has(root) || this.#parts.states.judged().get(system)?.state === 'DOWN'
    )
  }

  /** Outages that were open when we stopped; nothing is suspected yet. */
  load(): void {
    this.#candidates.clear()
    this.#open.clear()
    for (const record of this.#parts.table.open()) {
      if (record.system !== UPLINK)
        this.#open.set(record.system, { record, backMark: null, backAt: 0, lost: 0, together: 0 })
    }
  }

  #suspect(failing: Failing): void {
    const { candidate, asked } = newCandidate(
      { ...this.#parts, graph: this.#parts.graph() },
      failing,
      this.#sinceOf(failing)
    )
    if (asked.length > 0) this.#parts.recheck(asked)
    this.#candidates.set(failing.root, candidate)
  }

  /** Announces or attaches a failure once its time has come; true when it did. */
  #decide(failing: Failing, waiting: readonly Failing[], all: ReadonlyMap<string, Failing>): boolean {
    const { time, measurements, settings } = this.#parts
    const candidate = this.#candidates.get(failing.root)
    if (candidate === undefined || (candidate.attachedTo !== null && this.#open.has(candidate.attachedTo))) return false
    if (!isRipe(candidate, time.elapsed(), measurements)) return false
    const cause = this.#causeOf(failing, all)
    // The cause may itself be told with another outage.
    const through = cause && (this.#open.has(cause.root) ? cause.root : this.#candidates.get(cause.root)?.attachedTo)
    const causing = this.#open.get(through ?? '')
    const covering =
      causing ??
      [...this.#open.values()].find(
        // What was told with it goes on to be told with it, also after a restart.
        ({ record, backMark }) =>
          backMark === null && (covers(record, failing) || failing.systems.every((id) => record.attached.includes(id)))
      )
    if (covering !== undefined) {
      this.#attach(covering, candidate, failing.systems)
      return true
    }
    // Its cause, or something greater that takes the same models, is being looked at: that is decided first.
    if (cause !== undefined && !this.#open.has(cause.root)) return false
    const together = this.#fallenWith(failing, all)
    if (together === 'perhaps') return false
    if (together.length > 0) {
      this.#decideTogether(failing, candidate, together)
      return true
    }
    const greater = waiting.find(
      (each) => each !== failing && !this.#open.has(each.root) && byImpact(each, failing) < 0 && covers(each, failing)
    )
    if (greater !== undefined && time.elapsed() < candidate.settled + settings.holdMaxMs) return false
    this.#candidates.delete(failing.root)
    this.#announce(failing, undefined)
    return true
  }

  /** The root of what a failing system stands on, when that fails too: an open outage, or a candidate still waiting. */
  #causeOf(failing: Failing, all: ReadonlyMap<string, Failing>): Failing | undefined {
    const graph = this.#parts.graph()
    const above = explainers(graph, failing).filter((system) => this.#parts.states.own(system).state === 'DOWN')
    const roots = above.filter((system) => !graph.hardAbove(system).some((higher) => above.includes(higher)))
    return roots
      .map((system) => all.get(graph.groupParent(system) ?? system))
      .find((root) => root !== undefined && root !== failing)
  }

  /**
   * What fell at the same time as a failure and has no cause of its own either, when it is too much for chance; nothing when
   * it is not; `perhaps` while it may become so.
   */
  #fallenWith(failing: Failing, all: ReadonlyMap<string, Failing>): Failing[] | 'perhaps' {
    const { settings, time, states } = this.#parts
    const graph = this.#parts.graph()
    const measured = new Set(graph.order.filter((id) => states.own(id).probed).map((id) => graph.groupParent(id) ?? id))
    const limit = commonLimit(measured.size)
    if (all.size < limit / 2) return []
    const windowMs = commonWindow(settings)
    const at = this.#sinceOf(failing)
    const together = [...all.values()].filter(
      (each) => Math.abs(this.#sinceOf(each) - at) <= windowMs && this.#causeOf(each, all) === undefined
    )
    if (together.length >= limit) return together
    const first = Math.min(...together.map((each) => this.#sinceOf(each)))
    return together.length >= limit / 2 && time.now() < first + windowMs ? 'perhaps' : []
  }

  /** One outage for all that fell together: the first is announced with what all of them take along, the others join it. */
  #decideTogether(failing: Failing, candidate: Candidate, together: readonly Failing[]): void {
    const at = this.#sinceOf(failing)
    const windowMs = commonWindow(this.#parts.settings)
    const common = [...this.#open.values()].find(
      (outage) => outage.together > 0 && outage.backMark === null && Math.abs(outage.record.since - at) <= windowMs
    )
    if (common !== undefined) return this.#attach(common, candidate, failing.systems)
    this.#candidates.delete(failing.root)
    this.#announce(asOne(failing, together), undefined, together.length)
  }

  #attach(outage: OpenOutage, candidate: Candidate, systems: readonly string[]): void {
    const { record } = outage
    candidate.attachedTo = record.system
    const attached = [...new Set([...record.attached, ...systems])].filter((system) => system !== record.system)
    if (attached.length === record.attached.length) return
    record.attached = attached.slice(0, MAX_ATTACHED)
    this.#parts.table.save(record)
  }

  /** Raises the alert of an outage that opens, or that has become worse than `before`, and writes it down. */
  #announce(failing: Failing, before: OpenOutage | undefined, together = before?.together ?? 0): void {
    const { table } = this.#parts
    const known = before?.record
    const since = known?.since ?? this.#sinceOf(failing)
    const down = union(known?.down ?? [], failing.down)
    const degraded = union(known?.degraded ?? [], failing.degraded).filter((model) => !down.includes(model))
    const attached = known?.attached ?? []
    const fold = this.#foldOf(failing, { since, down, degraded, attached }, together)
    this.#parts.raise(fold)
    const raised = this.#parts.alertOf(fold.fingerprint)
    const record = {
      system: failing.root,
      state: failing.state,
      level: failing.level,
      ...{ since, until: null, down, degraded, attached },
      because: this.#whyDown(failing, since, together),
      fingerprint: fold.fingerprint,
      alert: raised?.alert ?? null,
      incident: raised?.incident ?? null
    }
    const lost = failing.lost?.down ?? failing.systems.length
    if (before === undefined) {
      this.#open.set(failing.root, { record: table.insert(record), backMark: null, backAt: 0, lost, together })
    } else {
      before.record = { ...record, id: before.record.id }
      before.lost = lost
      table.save(before.record)
    }
  }

  #foldOf(
    failing: Failing,
    outage: Pick<OutageRecord, 'since' | 'down' | 'degraded' | 'attached'>,
    together: number
  ): MatchFold {
    const graph = this.#parts.graph()
    const system = graph.inventory.system(failing.root)
    const probes = [failing.root, ...failing.systems].flatMap((id) => [...this.#parts.states.probesOf(id)])
    return createBuiltIn(graph.inventory).outage({
      at: this.#parts.time.now(),
      origin: this.#parts.origin,
      system: failing.root,
      name: graph.name(failing.root),
      unit: system?.owner ?? '',
      since: outage.since,
      level: failing.level,
      down: outage.down,
      degraded: outage.degraded,
      attached: outage.attached.map((id) => graph.name(id)),
      hosts: [...hostsAsked(probes), ...(system?.hosts ?? [])],
      lost: failing.lost,
      together
    })
  }

  #whyDown(failing: Failing, since: number, together: number): Because {
    const now = this.#parts.time.now()
    const moment = shownMoment(since, now)
    if (together > 0) return ownBecause(fillWords(words.outage.together, { moment, count: String(together - 1) }))
    if (failing.lost !== null) {
      const share = `${failing.lost.down}/${failing.lost.all}`
      return ownBecause(fillWords(words.outage.membersLost, { share, moment }))
    }
    const reason = this.#parts.states.because(systemNode(failing.root), now, this.#parts.history.since)
    if (reason === null || reason.root !== null) return ownBecause(fillWords(words.outage.down, { moment }))
    return ownBecause(fillWords(words.outage.downBecause, { moment, reason: reason.text }))
  }

  /** Open outages: still failing, coming back, or back for long enough. True when one changed or closed. */
  #follow(failing: ReadonlyMap<string, Failing>): boolean {
    let changed = false
    for (const [root, outage] of this.#open) {
      const now = failing.get(root)
      if (now !== undefined) {
        outage.backMark = null
        const fell = now.state === 'DOWN' && outage.record.state === 'DEGRADED'
        if (!fell && (now.lost?.down ?? 0) <= outage.lost) continue
        this.#announce(now, outage)
        changed = true
      } else if (this.#isBack(root, outage)) {
        this.#close(root, outage)
        changed = true
      }
    }
    return changed
  }

  /** Whether an outage that does not fail any more has been back for the settle time. */
  #isBack(root: string, outage: OpenOutage): boolean {
    const { time, settings, states } = this.#parts
    const graph = this.#parts.graph()
    const back = answers(graph, root, states.own, states.judged())
    // Nobody measures it any more, or it left the catalogue: there is nothing to wait for.
    const gone = graph.inventory.system(root) === undefined || (back === null && !this.#isMeasured(root))
    if (back !== true && !gone) {
      outage.backMark = null
      return false
    }
    if (outage.backMark === null) {
      outage.backAt = Math.max(outage.record.since, back === true ? this.#answersSince(root) : time.now())
      outage.backMark = time.markOf(outage.backAt)
    }
    return time.elapsed() - outage.backMark >= settings.settleMs
  }

  #close(root: string, outage: OpenOutage): void {
    const { time, settings, table } = this.#parts
    const { record } = outage
    this.#open.delete(root)
    record.until = outage.backAt
    const minutes = Math.max(1, Math.round((outage.backAt - record.since) / MINUTE_MS))
    this.#parts.resolve(record.fingerprint, { name: this.#parts.graph().name(root), minutes, since: record.since })
    record.incident = this.#parts.alertOf(record.fingerprint)?.incident ?? record.incident
    table.save(record)
    for (const candidate of this.#candidates.values()) {
      if (candidate.attachedTo !== root) continue
      candidate.attachedTo = null
      candidate.settled = Math.max(candidate.settled, (outage.backMark ?? time.elapsed()) + settings.recoverySettleMs)
    }
  }

  #sinceOf(failing: Failing): number {
    return Math.min(...failing.systems.map((system) => this.#downSince(system)))
  }

  /** Since when a system fails for itself: not before its probes failed, nor before planned work on it ended. */
  #downSince(system: string): number {
    const times = this.#parts.states
      .probesOf(system)
      .flatMap(({ state, probe, changedAt }) => (state === 'DOWN' && probe.critical ? [changedAt] : []))
    return Math.max(this.#parts.history.since(systemNode(system)), ...(times.length === 0 ? [] : [Math.min(...times)]))
  }

  /** When the last deciding probe of a root changed: of a probe that answers again, when it did. */
  #answersSince(root: string): number {
    return Math.max(
      ...this.#withMembers(root).flatMap((system) =>
        this.#parts.states
          .probesOf(system)
          .flatMap(({ probe, changedAt }) => (probe.enabled && probe.critical ? [changedAt] : []))
      )
    )
  }

  #isMeasured(root: string): boolean {
    return this.#withMembers(root).some((system) => this.#parts.states.own(system).probed)
  }

  #withMembers(root: string): string[] {
    return [root, ...this.#parts.graph().membersOf(root)]
  }
}

const union = (before: readonly number[], now: readonly number[]) =>
  [...new Set([...before, ...now])].sort((a, b) => a - b)

/** Hosts that probes ask, to be joined with security alerts about the same machines. */
function hostsAsked(probes: readonly Measured[]): string[] {
  const hosts = probes.flatMap(({ probe }) => hostsOf(probe.target))
  const named = hosts.map((host) => host.toLowerCase().replace(/^\[|\]$/g, ''))
  // Loopback is everybody's: it joins nothing.
  return [...new Set(named)].filter((host) => !/^(127\.|::1$|localhost$)/.test(host)).slice(0, 50)
}
