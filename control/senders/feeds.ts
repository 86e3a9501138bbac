import type { SentFold } from '#core/exchange.ts'
import type { Origin } from '#core/origin.ts'
import { ictDay } from '#core/time.ts'
import { feedOf, type FeedSource, type UnitFeed } from '#core/unit-states.ts'
import type { Reads } from '#control/database/reads.ts'

/*
 * Who sent: days of senders, and how senders were set. Coverage and the feed of a unit are told from these alone, never from
 * the units that lines name.
 */

/**
 * Adds the events of one batch to the days of their senders. Call it in the transaction that commits the batch's position:
 * then every event counts exactly once.
 */
export function countSent(control: Reads, folds: readonly SentFold[]): void {
  const add = control.sql(
    `INSERT INTO sender_days (origin, day, sender, unit, events, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (origin, day, sender, unit) DO UPDATE SET events = events + excluded.events,
     first_at = MIN(first_at, excluded.first_at), last_at = MAX(last_at, excluded.last_at)`
  )
  for (const fold of folds)
    add.run(fold.origin, fold.day, fold.sender, fold.unit, fold.events, fold.firstAt, fold.lastAt)
}

/** Drops the days of an origin, inside the caller's transaction: the end of a demonstration. */
export function forgetSent(control: Reads, origin: Origin): void {
  control.sql('DELETE FROM sender_days WHERE origin = ?').run(origin)
}

/** Keeps how a sender is set from now on: its unit, and whether it is on. */
export function keepChange(
  control: Reads,
  at: number,
  sender: { id: string; origin: Origin; unit: string; enabled: boolean }
): void {
  control
    .sql('INSERT INTO sender_changes (at, sender, origin, unit, enabled) VALUES (?, ?, ?, ?, ?)')
    .run(at, sender.id, sender.origin, sender.unit, sender.enabled ? 1 : 0)
}

export type Feed = { feed: UnitFeed; sources: number; lastAt: number | null }

/**
 * The feed of every unit that has a source of this origin, from what was sent and set before a moment; `home` maps codes
 * that have ended. Units that are not in it were never connected.
 */
export function feedsBefore(
  control: Reads,
  origin: string,
  parts: { before: number; silentAfterMs: number; home?: (code: string) => string }
): Map<string, Feed> {
  const { before, silentAfterMs, home = (code) => code } = parts
  const rows = control.all<{ unit: string; enabled: number; lastAt: number | null }>(
    `SELECT c.unit, c.enabled,
       (SELECT d.last_at FROM sender_days d WHERE d.sender = c.sender AND d.origin = c.origin AND d.day <= :day
         ORDER BY d.day DESC, d.last_at DESC LIMIT 1) AS lastAt
     FROM senders s JOIN sender_changes c ON c.id = (SELECT k.id FROM sender_changes k
       WHERE k.sender = s.id AND k.at < :before ORDER BY k.at DESC, k.id DESC LIMIT 1)
     WHERE s.origin = :origin`,
    { origin, before, day: ictDay(before - 1) }
  )
  const sources = new Map<string, FeedSource[]>()
  for (const row of rows) {
    const unit = home(row.unit)
    const list = sources.get(unit) ?? []
    sources.set(unit, list)
    list.push({ enabled: row.enabled === 1, lastAt: row.lastAt })
  }
  return new Map(
    [...sources].map(([unit, list]) => {
      const heard = list.flatMap(({ lastAt }) => lastAt ?? [])
      return [
        unit,
        {
          feed: feedOf(list, before - 1, silentAfterMs),
          sources: list.filter(({ enabled }) => enabled).length,
          lastAt: heard.length === 0 ? null : Math.max(...heard)
        }
      ]
    })
  )
}
