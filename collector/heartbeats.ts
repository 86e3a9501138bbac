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

/**
 * Heartbeats of one probe: one a second for long, and so many at once after a pause. After a stall of ours or of the line
 * those come together that were sent one by one, and health is not lost over it.
 */
const SPACING_MS = 1_000
const BURST = 30
/** A clock that was set back runs on: two heartbeats are as far apart by their own times as by ours, but for this. */
const UNEVEN_MS = 5_000
/** Beats waiting to be committed; a further one is refused with 503 and comes again. */
const WAITING_MAX = 1_000

/** Hands results up; resolves when they are committed. */
export type CommitHeartbeats = (results: ProbeResult[]) => Promise<void>

type Known = HeartbeatKey & {
  /** The last time that was taken before our start: what is not newer may have been taken then. */
  floor: number
  /** When one was last taken, by our clock; and from when on the next has a place of its own. */
  heardAt: number
  freeAt?: number
  /** Times that were taken within the skew; at most one a second and a burst. */
  taken: Set<number>
  /** The last one that was refused as older: what a clock set back says next goes on from it. */
  older?: { time: number; at: number }
}

/** Takes signed heartbeats: who may, when, and each only once. */
export class Heartbeats {
  readonly #commit: CommitHeartbeats
  readonly #now: () => number
  /** No more than there are heartbeat probes. */
  #known = new Map<string, Known>()
  // Unknown probes are compared with a key that nobody has: the answer takes as long as for a known one.
  readonly #nobody = randomBytes(32).toString('base64url')
  #waiting = 0

  constructor(now: () => number, commit: CommitHeartbeats) {
    this.#now = now
    this.#commit = commit
  }

  /** Replaces the keys whole. What was taken since the start stays taken. */
  set(keys: readonly HeartbeatKey[]): void {
    const known = new Map<string, Known>()
    for (const entry of keys) {
      const before = this.#known.get(entry.probe)
      const fresh = { ...entry, floor: entry.lastAt, heardAt: -Infinity, taken: new Set<number>() }
      known.set(entry.probe, before === undefined ? fresh : { ...before, ...entry, lastAt: before.lastAt })
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
    if (!isNew(known, time, now)) return 'replay'
    // Set back, our clock would refuse heartbeats until it is where it was.
    const due = now < (known.freeAt ?? 0) - BURST * SPACING_MS ? now : Math.max(now, known.freeAt ?? 0)
    if (due - now >= BURST * SPACING_MS) return 'rate'
    const heartbeat = readHeartbeat(body)
    if (heartbeat === undefined) return 'body'
    if (this.#waiting >= WAITING_MAX) return 'away'
    const { lastAt, heardAt, freeAt } = known
    Object.assign(known, { lastAt: time, heardAt: now, freeAt: due + SPACING_MS })
    for (const old of known.taken) if (now - old > HEARTBEAT_SKEW_MS) known.taken.delete(old)
    known.taken.add(time)
    this.#waiting++
    try {
      await this.#commit([resultOf(known, time, now, heartbeat)])
      return 'taken'
    } catch {
      // Not kept by anybody: the site may send this very heartbeat again.
      known.taken.delete(time)
      const current = this.#known.get(probe)
      if (current?.lastAt === time) Object.assign(current, { lastAt, heardAt, freeAt })
      return 'away'
    } finally {
      this.#waiting--
    }
  }
}

/**
 * Whether a heartbeat is none that was taken before. Newer than the last one it always is. One that is older by its own time
 * comes from a clock that was set back, and is taken when it was signed after we last heard one, or when it goes on
 * from an older one that was refused just before, as a running clock does. None is taken twice: the times that were taken
 * are remembered for as long as they lie within the skew, and what was taken before our start is bounded by `floor`.
 */
function isNew(known: Known, time: number, now: number): boolean {
  if (time <= known.floor || known.taken.has(time)) return false
  if (time > known.lastAt || time > known.heardAt) return true
  const { older } = known
  known.older = { time, at: now }
  return older !== undefined && time > older.time && Math.abs(time - older.time - (now - older.at)) <= UNEVEN_MS
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
