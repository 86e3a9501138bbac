import { UPLINK, type Because } from '#core/health.ts'
import type { MatchFold } from '#core/match.ts'
import { hostsOf } from '#core/probes/target.ts'
import type { Origin } from '#core/origin.ts'
import { createBuiltIn } from '#control/triage/life/built-in.ts'
import { ownBecause, shownMoment } from './because.ts'
import type { EngineTime } from './engine-time.ts'
import type { Graph } from './graph.ts'
import type { History } from './history.ts'
import { answers, byImpact, covers, explainers, failingNow, type Failing } from './impact.ts'
import type { Measured, Measurements } from './measurements.ts'
import type { OutageRecord, OutageTable } from './outage-table.ts'
import type { HealthSettings } from './settings.ts'
import { systemNode, type States } from './states.ts'

/** A failure that is not told of yet. Moments are of `elapsed`; at most one per system of the catalogue. */
type Candidate = {
  /** It waits at least until then, */
  settled: number
  /** and at most until then for fresh results of these probes: newer than the failure. */
  holdUntil: number
  awaits: { probe: string; after: number }[]
  /** The outage it is told of with, while that lasts. */
  attachedTo: string | null
}

/** An open outage as it is now: whether it has come back, and since when. */
type Open = { record: OutageRecord; backMark: number | null; backAt: number; lost: number }

/**
 * One outage per root (docs/health.md). `step` looks at the states of now and opens, attaches and closes; it runs inside a
 * transaction. A failure whose cause is elsewhere is attached to the cause's outage; it goes on being measured, and when the
 * cause is gone it has to answer for itself.
 */
export type Outages = ReturnType<typeof createOutages>

export function createOutages(parts: {
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
}) {
  const { origin, settings, time, states, measurements, table } = parts
  const candidates = new Map<string, Candidate>()
  const open = new Map<string, Open>()

  const sinceOf = (failing: Failing) => Math.min(...failing.systems.map((system) => downSince(system)))
  /** Since when a system fails for itself: not before its probes failed, nor before planned work on it ended. */
  const downSince = (system: string) => {
    const times = states
      .probesOf(system)
      .flatMap((one) => (one.state === 'DOWN' && one.probe.critical ? [one.changedAt] : []))
    return Math.max(parts.history.since(systemNode(system)), ...(times.length === 0 ? [] : [Math.min(...times)]))
  }
  /** When the last deciding probe of a root changed: of one that answers again, when it did. */
  const answersSince = (root: string) =>
    Math.max(
      ...[root, ...parts.graph().membersOf(root)].flatMap((system) =>
        states.probesOf(system).flatMap((one) => (one.probe.enabled && one.probe.critical ? [one.changedAt] : []))
      )
    )
  const own = (system: string) => states.own(system)

  function newCandidate(failing: Failing): Candidate {
    const after = sinceOf(failing)
    const asked = [...explainers(parts.graph(), failing), UPLINK].flatMap((system) =>
      states.probesOf(system).filter((one) => one.probe.enabled && one.probe.target.kind !== 'heartbeat')
    )
    const longest = Math.max(0, ...asked.map(({ probe }) => probe.intervalMs + probe.timeoutMs))
    if (asked.length > 0) parts.recheck(asked.map(({ probe }) => probe.id))
    return {
      settled: time.elapsed() + settings.settleMs,
      holdUntil: time.elapsed() + Math.max(settings.settleMs, Math.min(longest, settings.holdMaxMs)),
      awaits: asked.map(({ probe }) => ({ probe: probe.id, after })),
      attachedTo: null
    }
  }

  /** Whether a probe has spoken of the time since the failure; one that fails too has. */
  const spoke = ({ probe, after }: Candidate['awaits'][number]) => {
    const of = measurements.get(probe)
    return (
      of === undefined || !of.probe.enabled || of.state === 'DOWN' || (of.heard && (of.last?.startedAt ?? 0) >= after)
    )
  }

  /** The root of what a failing system stands on, when that fails too: an open outage, or a candidate still waiting. */
  function causeOf(one: Failing, failing: ReadonlyMap<string, Failing>): Failing | undefined {
    const graph = parts.graph()
    const above = explainers(graph, one).filter((system) => own(system).state === 'DOWN')
    const roots = above.filter((system) => !graph.hardAbove(system).some((other) => above.includes(other)))
    return roots
      .map((system) => failing.get(graph.groupParent(system) ?? system))
      .find((root) => root !== undefined && root !== one)
  }

  function attach(to: Open, root: string, candidate: Candidate, systems: readonly string[]) {
    candidate.attachedTo = to.record.system
    const attached = [...new Set([...to.record.attached, ...systems])].filter((system) => system !== to.record.system)
    if (attached.length === to.record.attached.length) return
    to.record.attached = attached.slice(0, 200)
    table.save(to.record)
  }

  function tell(one: Failing, before: Open | undefined) {
    const graph = parts.graph()
    const since = before?.record.since ?? sinceOf(one)
    const union = (old: readonly number[], now: readonly number[]) =>
      [...new Set([...old, ...now])].sort((a, b) => a - b)
    const down = union(before?.record.down ?? [], one.down)
    const degraded = union(before?.record.degraded ?? [], one.degraded).filter((model) => !down.includes(model))
    const system = graph.inventory.system(one.root)
    const fold = createBuiltIn(graph.inventory).outage({
      at: time.now(),
      origin,
      system: one.root,
      name: graph.name(one.root),
      unit: system?.owner ?? '',
      since,
      level: one.level,
      down,
      degraded,
      attached: (before?.record.attached ?? []).map((id) => graph.name(id)),
      hosts: [
        ...hostsAsked([one.root, ...one.systems].flatMap((id) => [...states.probesOf(id)])),
        ...(system?.hosts ?? [])
      ],
      lost: one.lost
    })
    parts.raise(fold)
    const raised = parts.alertOf(fold.fingerprint)
    const record = {
      system: one.root,
      state: one.state,
      level: one.level,
      since,
      until: null,
      down,
      degraded,
      attached: before?.record.attached ?? [],
      because: whyDown(one, since),
      fingerprint: fold.fingerprint,
      alert: raised?.alert ?? null,
      incident: raised?.incident ?? null
    }
    const lost = one.lost?.down ?? one.systems.length
    if (before === undefined) {
      open.set(one.root, { record: table.insert(record), backMark: null, backAt: 0, lost })
    } else {
      before.record = { ...record, id: before.record.id }
      before.lost = lost
      table.save(before.record)
    }
  }

  function whyDown(one: Failing, since: number): Because {
    const moment = shownMoment(since, time.now())
    if (one.lost !== null) {
      const share = `${one.lost.down}/${one.lost.all}`
      return ownBecause(`mất ${share} thành phần từ ${moment}`, `${share} members lost since ${moment}`)
    }
    const reason = states.because(systemNode(one.root), time.now(), parts.history.since)
    if (reason === null || reason.root !== null) return ownBecause(`ngừng từ ${moment}`, `down since ${moment}`)
    return ownBecause(`ngừng từ ${moment}, ${reason.text.vi}`, `down since ${moment}, ${reason.text.en}`)
  }

  /** Open outages: still failing, coming back, or back for long enough. */
  function follow(failing: ReadonlyMap<string, Failing>): boolean {
    let changed = false
    for (const [root, one] of open) {
      const now = failing.get(root)
      if (now !== undefined) {
        one.backMark = null
        const worse = (now.lost?.down ?? 0) > one.lost || (now.state === 'DOWN' && one.record.state === 'DEGRADED')
        if (!worse) continue
        tell(now, one)
        changed = true
        continue
      }
      const back = answers(parts.graph(), root, own, states.judged())
      // Nobody measures it any more, or it left the catalogue: there is nothing to wait for.
      const gone = parts.graph().inventory.system(root) === undefined || (back === null && !measured(root))
      if (back !== true && !gone) {
        one.backMark = null
        continue
      }
      if (one.backMark === null) {
        one.backAt = Math.max(one.record.since, back === true ? answersSince(root) : time.now())
        one.backMark = time.markOf(one.backAt)
      }
      if (time.elapsed() - one.backMark < settings.settleMs) continue
      close(root, one)
      changed = true
    }
    return changed
  }

  const measured = (root: string) => [root, ...parts.graph().membersOf(root)].some((system) => own(system).probed)

  function close(root: string, one: Open) {
    open.delete(root)
    one.record.until = one.backAt
    const minutes = Math.max(1, Math.round((one.backAt - one.record.since) / 60_000))
    parts.resolve(one.record.fingerprint, { name: parts.graph().name(root), minutes, since: one.record.since })
    const raised = parts.alertOf(one.record.fingerprint)
    one.record.incident = raised?.incident ?? one.record.incident
    table.save(one.record)
    for (const candidate of candidates.values()) {
      if (candidate.attachedTo !== root) continue
      candidate.attachedTo = null
      candidate.settled = Math.max(candidate.settled, (one.backMark ?? time.elapsed()) + settings.recoverySettleMs)
    }
  }

  return {
    /** Looks at the states of now; true when an outage opened, changed or closed. Inside a transaction. */
    step(): boolean {
      const failing = failingNow(parts.graph(), own)
      for (const root of candidates.keys()) if (!failing.has(root)) candidates.delete(root)
      let changed = follow(failing)
      const waiting = [...failing.values()].filter(({ root }) => !open.has(root)).sort(byImpact)
      for (const one of waiting) if (!candidates.has(one.root)) candidates.set(one.root, newCandidate(one))
      for (const one of waiting) {
        const candidate = candidates.get(one.root)
        if (candidate === undefined || (candidate.attachedTo !== null && open.has(candidate.attachedTo))) continue
        if (time.elapsed() < candidate.settled) continue
        if (time.elapsed() < candidate.holdUntil && !candidate.awaits.every(spoke)) continue
        const cause = causeOf(one, failing)
        const causing = cause === undefined ? undefined : open.get(cause.root)
        const covering =
          causing ?? [...open.values()].find(({ record, backMark }) => backMark === null && covers(record, one))
        if (covering !== undefined) {
          attach(covering, one.root, candidate, one.systems)
          changed = true
          continue
        }
        // Its cause, or something greater that takes the same models, is being looked at: that is decided first.
        if (cause !== undefined && !open.has(cause.root)) continue
        const greater = waiting.find(
          (other) => other !== one && !open.has(other.root) && byImpact(other, one) < 0 && covers(other, one)
        )
        if (greater !== undefined && time.elapsed() < candidate.settled + settings.holdMaxMs) continue
        candidates.delete(one.root)
        tell(one, undefined)
        changed = true
      }
      return changed
    },
    /** Whether `step` has anything to wait for: when not, it need not run before the next change. */
    waits: () => candidates.size > 0 || [...open.values()].some((one) => one.backMark !== null),
    open: (): readonly OutageRecord[] => [...open.values()].map(({ record }) => record),
    /** Whether a system is in an outage, or suspected of one. */
    troubled(system: string): boolean {
      const root = parts.graph().groupParent(system) ?? system
      return candidates.has(root) || open.has(root) || states.judged().get(system)?.state === 'DOWN'
    },
    load() {
      candidates.clear()
      open.clear()
      for (const record of table.open()) {
        if (record.system !== UPLINK) open.set(record.system, { record, backMark: null, backAt: 0, lost: 0 })
      }
    }
  }
}

/** Hosts that probes ask, to be joined with security alerts about the same machines. */
function hostsAsked(probes: readonly Measured[]): string[] {
  const hosts = probes.flatMap(({ probe }) => hostsOf(probe.target))
  const named = hosts.map((host) => host.toLowerCase().replace(/^\[|\]$/g, ''))
  // Loopback is everybody's: it joins nothing.
  return [...new Set(named)].filter((host) => !/^(127\.|::1$|localhost$)/.test(host)).slice(0, 50)
}
