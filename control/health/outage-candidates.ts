import { UPLINK } from '#core/health.ts'
import type { EngineTime } from './engine-time.ts'
import type { Graph } from './graph.ts'
import { explainers, type Failing } from './impact.ts'
import type { Measurements } from './measurements.ts'
import type { HealthSettings } from './settings.ts'
import type { States } from './states.ts'

/** A failure that is not announced yet. Moments are of `elapsed`; at most one per system of the catalogue. */
export type Candidate = {
  /** It waits at least until then, */
  settled: number
  /** and at most until then for fresh results of these probes: newer than the failure. */
  holdUntil: number
  awaits: AwaitedProbe[]
  /** The outage it is announced with, while that lasts. */
  attachedTo: string | null
}
type AwaitedProbe = { probe: string; after: number }

/** A candidate for what fails since `since`, and the probes that are to be asked at once: what may explain it. */
export function newCandidate(
  parts: { time: EngineTime; settings: HealthSettings; states: States; graph: Graph },
  failing: Failing,
  since: number
): { candidate: Candidate; asked: string[] } {
  const { time, settings } = parts
  const probes = [...explainers(parts.graph, failing), UPLINK].flatMap((system) =>
    parts.states.probesOf(system).filter(({ probe }) => probe.enabled && probe.target.kind !== 'heartbeat')
  )
  const longest = Math.max(0, ...probes.map(({ probe }) => probe.intervalMs + probe.timeoutMs))
  const asked = probes.map(({ probe }) => probe.id)
  return {
    candidate: {
      settled: time.elapsed() + settings.settleMs,
      holdUntil: time.elapsed() + Math.max(settings.settleMs, Math.min(longest, settings.holdMaxMs)),
      awaits: asked.map((probe) => ({ probe, after: since })),
      attachedTo: null
    },
    asked
  }
}

/** Whether a candidate has waited long enough, or everybody it waits for has spoken of the time since the failure. */
export function isRipe(candidate: Candidate, elapsed: number, measurements: Measurements): boolean {
  if (elapsed < candidate.settled) return false
  return elapsed >= candidate.holdUntil || candidate.awaits.every((awaited) => hasSpoken(awaited, measurements))
}

/** One that fails too has spoken. */
function hasSpoken({ probe, after }: AwaitedProbe, measurements: Measurements): boolean {
  const measured = measurements.get(probe)
  if (measured === undefined || !measured.probe.enabled || measured.state === 'DOWN') return true
  return measured.heard && (measured.last?.startedAt ?? 0) >= after
}
