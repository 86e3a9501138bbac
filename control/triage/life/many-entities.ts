import { stableHash } from '#core/ids.ts'
import type { MatchFold } from '#core/match.ts'
import type { Alert } from '../record/alert.ts'
import { HOUR_MS } from '#core/time.ts'
import { type AlertsContext } from '../record/context.ts'

/** New entities of one rule and unit that get an alert of their own within an hour; the next ones share one. */
export const MAX_NEW_ENTITIES = 200
/** Entities remembered by an alert that stands for many; beyond it their number means "at least". */
const MAX_REMEMBERED = 10_000

/** True when a rule has met so many new entities at a unit within the hour that the next ones share an alert. */
export function meetsManyEntities(context: AlertsContext, fold: MatchFold): boolean {
  const since = context.clock.now() - HOUR_MS
  const own = context.control.single<{ n: number }>(
    `SELECT COUNT(*) AS n FROM (SELECT 1 FROM alerts WHERE rule_id = ? AND unit = ? AND origin = ? AND raised_at > ?
       LIMIT ${MAX_NEW_ENTITIES})`,
    fold.rule.id,
    fold.unit,
    fold.origin,
    since
  )
  if (own.n >= MAX_NEW_ENTITIES) return true
  // Entities that share an alert are as new as those with their own: a storm does not start 200 alerts every hour.
  const shared = context.control.single<{ n: number }>(
    `SELECT COUNT(*) AS n FROM (SELECT 1 FROM alerts a JOIN alert_entities e ON e.alert_seq = a.seq
       WHERE a.fingerprint = ? AND e.first_at > ? LIMIT ${MAX_NEW_ENTITIES})`,
    manyFingerprint(fold),
    since
  )
  return own.n + shared.n >= MAX_NEW_ENTITIES
}

const manyFingerprint = (fold: MatchFold) => stableHash(['many entities', fold.rule.id, fold.unit, fold.origin])

/** The same fold for the alert that stands for many entities of its rule and unit. */
export function asManyEntities(fold: MatchFold): MatchFold {
  return {
    ...fold,
    fingerprint: manyFingerprint(fold),
    entity: { key: '', fields: {} },
    values: {},
    // Windows of different entities have nothing to do with each other: what each reports anew is added, never the running
    // count of a window, which tells the same events again with every fold.
    count: fold.fresh ?? fold.count,
    correlated: false
  }
}

/** Remembers an entity in the alert that stands for it; true when it was not known there. */
export function rememberEntity(context: AlertsContext, record: Alert, entityKey: string): boolean {
  if (record.entities >= MAX_REMEMBERED) return false
  const inserted = context.control
    .sql('INSERT OR IGNORE INTO alert_entities (alert_seq, entity, first_at) VALUES (?, ?, ?)')
    .run(record.seq, stableHash([entityKey]), context.clock.now())
  return inserted.changes > 0
}
