import type { Clock } from '#core/clock.ts'
import { HOUR_MS, MINUTE_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import { channelOf } from './channel-lists.ts'
import type { NotificationRecord } from './outbox.ts'

/*
 * The storm guard. In any five minutes a person is told one thing directly; a P1 that comes while only lesser things were
 * told passes too, with one message. The rest waits and becomes one digest. So 2,000 monitors that fail together are at
 * most three messages per person: the first (two when it is told by chat and SMS), at most one P1 after it, one digest.
 */

export const WINDOW_MS = 5 * MINUTE_MS
/** A P1 is not left waiting for the end of the window. */
const P1_DIGEST_MS = MINUTE_MS
/** Digests come less and less often while the storm lasts. */
const MAX_DIGEST_GAP_MS = HOUR_MS
const MEMORY_MS = 2 * HOUR_MS
const guarded = new Set(['incident', 'health', 'platform'])

/** What one person was told of one origin: what the other is told of must neither hold nor swallow it. */
const OF_RECIPIENT =
  'FROM notifications n JOIN announcements a ON a.id = n.announcement_id WHERE n.recipient = ? AND a.origin = ?'

export type Verdict = { pass: true } | { pass: false; until: number; code: string } | { pass: false; drop: string }

/** Decides whether a row that is due goes out now, waits to be folded into a digest, or is known already. */
export class StormGuard {
  readonly #control: Control
  readonly #clock: Clock

  constructor(control: Control, clock: Clock) {
    this.#control = control
    this.#clock = clock
  }

  /** Whether a row that is due may go out now. */
  judge(row: NotificationRecord): Verdict {
    const now = this.#clock.now()
    if (channelOf(row.channel)?.machine) return { pass: true }
    const since = now - WINDOW_MS
    if (!guarded.has(row.topic)) {
      if (row.channel !== 'sms' || row.priority === 1 || row.topic === 'digest' || row.topic === 'account')
        return { pass: true }
      // Tasks and the like are each for themselves, but SMS keep their distance.
      const last = this.#control.single<{ at: number | null }>(
        `SELECT max(n.begun_at) AS at ${OF_RECIPIENT} AND n.begun_at > ? AND n.channel = 'sms' AND n.id <> ?`,
        row.recipient,
        row.origin,
        since,
        row.id
      )
      return last.at === null ? { pass: true } : { pass: false, until: last.at + WINDOW_MS, code: 'storm.sms_spaced' }
    }
    const others = this.#count(
      `SELECT count(*) AS n ${OF_RECIPIENT} AND n.begun_at > ? AND n.announcement_id <> ?`,
      row.recipient,
      row.origin,
      since,
      row.announcement_id
    )
    if (row.step > 0 && row.channel === 'sms' && this.#knowsFromDigest(row))
      return { pass: false, drop: 'storm.already_told' }
    if (others === 0) return { pass: true }
    if (row.priority === 1 && row.step === 0) {
      const lastP1 = this.#count(
        `SELECT count(*) AS n ${OF_RECIPIENT} AND n.begun_at > ? AND a.priority = 1`,
        row.recipient,
        row.origin,
        since
      )
      if (lastP1 === 0) return { pass: true }
    }
    const known = this.#count(
      `SELECT count(*) AS n FROM notifications WHERE announcement_id = ? AND recipient = ? AND id <> ?
           AND (begun_at IS NOT NULL OR folded_into IS NOT NULL) AND status <> 'failed'`,
      row.announcement_id,
      row.recipient,
      row.id
    )
    // Known already, by itself or from a digest: telling it again would only make the storm longer.
    if (known > 0) return { pass: false, drop: 'storm.already_told' }
    return { pass: false, until: this.#nextDigest(row), code: 'storm.held' }
  }

  #nextDigest(row: NotificationRecord): number {
    const now = this.#clock.now()
    const waiting = this.#control.single<{ at: number | null }>(
      `SELECT min(n.due_at) AS at ${OF_RECIPIENT} AND n.hold = 'storm' AND n.hold <> '' AND n.status = 'deferred'`,
      row.recipient,
      row.origin
    )
    const digests = this.#count(
      `SELECT count(*) AS n ${OF_RECIPIENT} AND n.begun_at > ? AND a.topic = 'digest'`,
      row.recipient,
      row.origin,
      now - MEMORY_MS
    )
    const gap = Math.min(MAX_DIGEST_GAP_MS, WINDOW_MS * 2 ** Math.min(10, digests))
    const at = row.priority === 1 && digests === 0 ? now + P1_DIGEST_MS : now + gap
    return waiting.at !== null && waiting.at > now ? Math.min(waiting.at, at) : at
  }

  /** Since this was announced its recipient has had a digest and an SMS: one more SMS tells nothing new. */
  #knowsFromDigest(row: NotificationRecord): boolean {
    return (
      this.#count(
        `SELECT count(*) AS n FROM (SELECT max(n.channel = 'sms') AS sms, max(a.topic = 'digest') AS digest
       ${OF_RECIPIENT} AND n.begun_at >= ?)
       WHERE sms AND digest`,
        row.recipient,
        row.origin,
        row.announced_at
      ) > 0
    )
  }

  #count(text: string, ...values: (string | number)[]): number {
    return this.#control.single<CountRow>(text, ...values).n
  }
}

type CountRow = { n: number }
