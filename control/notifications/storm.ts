import type { Clock } from '#core/clock.ts'
import { stableHash } from '#core/ids.ts'
import type { Control } from '#control/database/control.ts'
import { ROW, type Hop, type Outbox, type Row } from './outbox.ts'

/*
 * The storm guard. In any five minutes a person is told one thing directly; a P1 that comes while only lesser things were
 * told passes too, with one message. The rest waits and becomes one digest. So 2,000 monitors that fail together are at
 * most three messages per person: the first (two when it is told by chat and SMS), at most one P1 after it, one digest.
 */

export const WINDOW_MS = 5 * 60_000
/** A P1 is not left waiting for the end of the window. */
const P1_DIGEST_MS = 60_000
/** Digests come less and less often while the storm lasts. */
const MAX_DIGEST_GAP_MS = 60 * 60_000
const MEMORY_MS = 2 * 3_600_000
/** Lines of a digest; the rest is a number. */
const DIGEST_LINES = 12

const guarded = new Set(['incident', 'health', 'platform'])

export type Verdict = { pass: true } | { pass: false; until: number; code: string } | { pass: false; drop: string }

export function createStormGuard(parts: { control: Control; clock: Clock; outbox: Outbox }) {
  const { control, clock, outbox } = parts

  const count = (text: string, ...values: (string | number)[]) => (control.sql(text).get(...values) as { n: number }).n

  function nextDigest(row: Row): number {
    const now = clock.now()
    const waiting = control
      .sql(
        `SELECT min(due_at) AS at FROM notifications WHERE recipient = ? AND hold = 'storm' AND hold <> '' AND status = 'deferred'`
      )
      .get(row.recipient) as { at: number | null }
    const digests = count(
      `SELECT count(*) AS n FROM notifications n JOIN announcements a ON a.id = n.announcement_id
       WHERE n.recipient = ? AND n.begun_at > ? AND a.topic = 'digest'`,
      row.recipient,
      now - MEMORY_MS
    )
    const gap = Math.min(MAX_DIGEST_GAP_MS, WINDOW_MS * 2 ** Math.min(10, digests))
    const at = row.priority === 1 && digests === 0 ? now + P1_DIGEST_MS : now + gap
    return waiting.at !== null && waiting.at > now ? Math.min(waiting.at, at) : at
  }

  /** Since this was announced its recipient has had a digest and an SMS: one more SMS tells nothing new. */
  const inStorm = (row: Row) =>
    count(
      `SELECT count(*) AS n FROM (SELECT max(n.channel = 'sms') AS sms, max(a.topic = 'digest') AS digest
       FROM notifications n JOIN announcements a ON a.id = n.announcement_id WHERE n.recipient = ? AND n.begun_at >= ?)
       WHERE sms AND digest`,
      row.recipient,
      row.told_at
    ) > 0

  return {
    /** Whether a row that is due may go out now. */
    judge(row: Row): Verdict {
      const now = clock.now()
      if (row.recipient === 'webhook') return { pass: true }
      const since = now - WINDOW_MS
      if (!guarded.has(row.topic)) {
        if (row.channel !== 'sms' || row.priority === 1 || row.topic === 'digest' || row.topic === 'account')
          return { pass: true }
        // Tasks and the like are each for themselves, but SMS keep their distance.
        const last = control
          .sql(
            `SELECT max(begun_at) AS at FROM notifications WHERE recipient = ? AND begun_at > ? AND channel = 'sms' AND id <> ?`
          )
          .get(row.recipient, since, row.id) as { at: number | null }
        return last.at === null ? { pass: true } : { pass: false, until: last.at + WINDOW_MS, code: 'storm.sms_spaced' }
      }
      const others = count(
        `SELECT count(*) AS n FROM notifications n WHERE n.recipient = ? AND n.begun_at > ? AND n.announcement_id <> ?`,
        row.recipient,
        since,
        row.announcement_id
      )
      if (row.step > 0 && row.channel === 'sms' && inStorm(row)) return { pass: false, drop: 'storm.already_told' }
      if (others === 0) return { pass: true }
      if (row.priority === 1 && row.step === 0) {
        const lastP1 = count(
          `SELECT count(*) AS n FROM notifications n JOIN announcements a ON a.id = n.announcement_id
           WHERE n.recipient = ? AND n.begun_at > ? AND a.priority = 1`,
          row.recipient,
          since
        )
        if (lastP1 === 0) return { pass: true }
      }
      const told = count(
        `SELECT count(*) AS n FROM notifications WHERE announcement_id = ? AND recipient = ? AND id <> ?
           AND (begun_at IS NOT NULL OR folded_into IS NOT NULL)`,
        row.announcement_id,
        row.recipient,
        row.id
      )
      // Known already, by itself or from a digest: telling it again would only make the storm longer.
      if (told > 0) return { pass: false, drop: 'storm.already_told' }
      return { pass: false, until: nextDigest(row), code: 'storm.held' }
    },

    /**
     * Folds everything that waits for this row's recipient into one message. Undefined when the row is alone and goes out
     * as it is; else the id of the digest's notification.
     */
    fold(row: Row): number | undefined {
      const held = control
        .sql(
          `${ROW} WHERE n.recipient = ? AND n.hold <> '' AND n.status = 'deferred' AND n.due_at <= ? ORDER BY a.priority, a.id, n.id`
        )
        .all(row.recipient, clock.now() + (row.hold === 'storm' ? WINDOW_MS : 0)) as unknown as Row[]
      const told: Row[] = []
      for (const one of held) if (told.at(-1)?.announcement_id !== one.announcement_id) told.push(one)
      if (told.length < 2) return undefined
      const first = told[0]!
      const now = clock.now()
      const priority = Math.min(...told.map((one) => one.priority))
      const origin = first.origin
      const lines = (language: 'vi' | 'en') =>
        told.slice(0, DIGEST_LINES).map((one) => {
          const title = (JSON.parse(one.title) as { vi: string; en: string })[language]
          return `- P${one.priority} ${one.subject_code}: ${title.slice(0, 160)}`
        })
      const rest = told.length - DIGEST_LINES
      const codes = told.slice(0, 4).map((one) => one.subject_code)
      const title = {
        vi: `${told.length} thông báo: ${codes.join(', ')}${told.length > 4 ? ', …' : ''}`,
        en: `${told.length} notifications: ${codes.join(', ')}${told.length > 4 ? ', …' : ''}`
      }
      const body = {
        vi: [...lines('vi'), ...(rest > 0 ? [`và ${rest} thông báo khác.`] : [])].join('\n'),
        en: [...lines('en'), ...(rest > 0 ? [`and ${rest} more.`] : [])].join('\n')
      }
      const key = `digest:${stableHash([row.recipient, String(now), String(first.id)])}`
      const made = control
        .sql(
          `INSERT INTO announcements (key, at, topic, priority, origin, subject, unit, code, title, body, link, audience)
           VALUES (?, ?, 'digest', ?, ?, ?, '', '', ?, ?, '/incidents', '[]')`
        )
        .run(key, now, priority, origin, key, JSON.stringify(title), JSON.stringify(body))
      const id = outbox.add({
        announcementId: Number(made.lastInsertRowid),
        step: 0,
        recipient: first.recipient,
        name: first.name,
        channel: first.channel,
        address: first.address,
        composedAs: first.composed_as,
        next: JSON.parse(first.next) as Hop[],
        dueAt: now
      })!
      outbox.foldAll(
        held.map((one) => one.id),
        id
      )
      return id
    }
  }
}

export type StormGuard = ReturnType<typeof createStormGuard>
