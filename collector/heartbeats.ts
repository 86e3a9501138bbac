import { randomBytes } from 'node:crypto'
import type { ProbeResult } from '#core/health.ts'
import type { HeartbeatKey } from '#core/sender.ts'
import {
  HEARTBEAT_SKEW_MS,
  readHeartbeat,
  signedBy,
  type Heartbeat,
  type HeartbeatVerdict
} from './sources/heartbeat.ts'

/** Heartbeats of one probe are taken at most this often; the shortest that a probe can be due is far longer. */
const SPACING_MS = 1_000
/** Beats waiting to be committed; a further one is refused with 503 and comes again. */
const WAITING_MAX = 1_000

/** Hands results up; resolves when they are committed. */
export type CommitHeartbeats = (results: ProbeResult[]) => Promise<void>

/** Takes signed heartbeats: who may, when, and each only once. */
export class Heartbeats {
  readonly #commit: CommitHeartbeats
  readonly #now: () => number
  /** No more than there are heartbeat probes. */
  #known = new Map<string, HeartbeatKey & { heardAt: number }>()
  // Unknown probes are compared with a key that nobody has: the answer takes as long as for a known one.
  readonly #nobody = randomBytes(32).toString('base64url')
  #waiting = 0

  constructor(now: () => number, commit: CommitHeartbeats) {
    this.#now = now
    this.#commit = commit
  }

  /** Replaces the keys whole. The last time that was taken never goes back. */
  set(keys: readonly HeartbeatKey[]): void {
    const known = new Map<string, HeartbeatKey & { heardAt: number }>()
    for (const entry of keys) {
      const before = this.#known.get(entry.probe)
      const lastAt = Math.max(entry.lastAt, before?.lastAt ?? 0)
      known.set(entry.probe, { ...entry, lastAt, heardAt: before?.heardAt ?? -Infinity })
    }
    this.#known = known
  }

  /** Judges a heartbeat and, when it is good, resolves once it is committed. Never rejects. */
  async take({ probe, time, signature, body, origin }: Heartbeat): Promise<HeartbeatVerdict> {
    const known = this.#known.get(probe)
    const signed = signedBy(known?.key ?? this.#nobody, probe, time, body, signature)
    if (known === undefined || known.origin !== origin || !signed) return 'signature'
    const now = this.#now()
    if (Math.abs(now - time) > HEARTBEAT_SKEW_MS) return 'time'
    if (time <= known.lastAt) return 'replay'
    // Set back, a clock would refuse heartbeats until it is where it was.
    if (now >= known.heardAt && now - known.heardAt < SPACING_MS) return 'rate'
    const heartbeat = readHeartbeat(body)
    if (heartbeat === undefined) return 'body'
    if (this.#waiting >= WAITING_MAX) return 'away'
    const before = { lastAt: known.lastAt, heardAt: known.heardAt }
    known.lastAt = time
    known.heardAt = now
    this.#waiting++
    try {
      await this.#commit([resultOf(known, time, now, heartbeat)])
      return 'taken'
    } catch {
      // Not kept by anybody: the site may send this very heartbeat again.
      const current = this.#known.get(probe)
      if (current?.lastAt === time) Object.assign(current, before)
      return 'away'
    } finally {
      this.#waiting--
    }
  }
}

/** `dueAt` is the time that the site signed: kept with the result, it is what later heartbeats must be newer than. */
function resultOf(
  { probe, origin }: HeartbeatKey,
  time: number,
  now: number,
  { outcome, detail }: { outcome: 'up' | 'degraded'; detail: string }
): ProbeResult {
  return {
    probe,
    origin,
    dueAt: time,
    startedAt: now,
    finishedAt: now,
    outcome,
    code: outcome === 'up' ? '' : 'heartbeat.degraded',
    detail,
    attempts: 1,
    latencyMs: null,
    certificateUntil: null
  }
}
