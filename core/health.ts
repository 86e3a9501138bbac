import type { Bilingual } from './match.ts'
import type { Origin } from './origin.ts'
import type { ProbeTarget } from './probes/target.ts'

/** The truth about a node is a sequence of intervals in these states (docs/health.md). */
export const healthStates = ['UP', 'DEGRADED', 'DOWN', 'MAINTENANCE', 'UNKNOWN'] as const
export type HealthState = (typeof healthStates)[number]

/**
 * A node whose state is kept: `system:hue-s`, `model:22`, `probe:<id>`. `uplink` is our own line: probes of the system
 * {@link UPLINK} reach reference addresses outside the province.
 */
export type NodeId = `system:${string}` | `model:${number}` | `probe:${string}`

/** The system id under which reference probes of our own uplink are kept; it is no system of the catalogue. */
export const UPLINK = 'uplink'

export type Probe = {
  id: string
  name: string
  /** System of the catalogue, or {@link UPLINK}. */
  system: string
  origin: Origin
  target: ProbeTarget
  intervalMs: number
  timeoutMs: number
  /** Attempts before DOWN, first one included. */
  attempts: number
  retryMs: number
  enabled: boolean
  /** Losing this probe alone means DOWN; otherwise the system is DEGRADED. */
  critical: boolean
}

/**
 * One run of a probe, retries included. `code` is a dotted word for people and catalogues: `http.status`, `http.keyword`,
 * `tls.expired`, `dns.no_answer`, `tcp.refused`, `timeout`, `heartbeat.missed`, `network.forbidden` …; '' when all is well.
 */
export type ProbeResult = {
  probe: string
  origin: Origin
  /** When the run was due and when its first attempt began: a failure counts from there. Milliseconds. */
  dueAt: number
  startedAt: number
  finishedAt: number
  /** `unknown`: could not be judged (we did not ask, or could not). */
  outcome: 'up' | 'degraded' | 'down' | 'unknown'
  code: string
  /** One line for people, bounded, never the body of an answer. */
  detail: string
  attempts: number
  /** Milliseconds of the decisive attempt. */
  latencyMs: number | null
  /** End of the certificate seen, milliseconds. */
  certificateUntil: number | null
}

/** Most text that a result carries. */
export const RESULT_DETAIL_MAX = 300

/** A time of planned work: its systems are MAINTENANCE, measured all the same. */
export type MaintenanceWindow = {
  id: string
  systems: string[]
  from: number
  to: number
  reason: string
  by: string
  origin: Origin
  cancelledAt: number | null
  /** It comes back every seven days until then; null: it happens once. */
  weeklyUntil: number | null
}

/** Why a node is as it is: its own probes, or the way from the cause to it. */
export type Because = {
  /** Words for people in both languages. */
  text: Bilingual
  /** The root, when the cause is elsewhere: a system's id. */
  root: string | null
  /** Systems on the way from the root, root first. */
  via: string[]
  /** How the last step holds: hard, soft, anyOf, kOfN. */
  edge: string | null
}
