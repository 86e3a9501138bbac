import { DAY_MS } from '#core/time.ts'
import type { DestinationRule } from '#core/destination.ts'
import type { AskedKind, TargetOfKind } from '#core/probes/target.ts'
import type { Names } from './names.ts'
import type { Trust } from './trust.ts'

/** What one attempt saw. */
export type Attempt = {
  outcome: 'up' | 'degraded' | 'down'
  code: string
  /** Facts for people: a status, an address, a day. Never the body of an answer. */
  detail: string
  latencyMs: number | null
  certificateUntil: number | null
}

/** What an attempt may use. It ends when `signal` says so, at the probe's timeout. */
export type AttemptContext = {
  signal: AbortSignal
  rule: DestinationRule
  names: Names
  /** Certificate authorities that are trusted. */
  trust: Trust
  /** Milliseconds since the attempt began, without the time this thread itself stood still. */
  elapsed(): number
  /** Milliseconds since the epoch: what certificates are compared with. */
  now(): number
}

/** One kind of probe: one attempt at a target. Throws {@link ProbeFault} for what went wrong on the way. */
export type ProbeRun<Kind extends AskedKind = AskedKind> = (
  target: TargetOfKind<Kind>,
  context: AttemptContext
) => Promise<Attempt>

/** UP, or DEGRADED when it took longer than `slowMs` (0: never). */
export function upUnlessSlow(
  latencyMs: number,
  slowMs: number,
  detail: string,
  certificateUntil: number | null
): Attempt {
  const slow = slowMs > 0 && latencyMs > slowMs
  return {
    outcome: slow ? 'degraded' : 'up',
    code: slow ? 'slow' : '',
    detail: slow ? `${detail} · ${latencyMs} ms > ${slowMs} ms` : detail,
    latencyMs,
    certificateUntil
  }
}

/** The same attempt, DEGRADED when its certificate ends in fewer than `days` (0: never asked). */
export function certificateSoon(attempt: Attempt, days: number, now: number): Attempt {
  const until = attempt.certificateUntil
  if (attempt.outcome !== 'up' || days === 0 || until === null || until - now >= days * DAY_MS) return attempt
  return { ...attempt, outcome: 'degraded', code: 'tls.expiring', detail: dayOf(until) }
}

/** `2026-11-30` of a moment, for details. */
export const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
