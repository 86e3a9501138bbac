import type { MatchFold } from '#core/match.ts'
import type { AlertRecord } from '../record/alert.ts'
import { HOUR_MS } from '#core/time.ts'
import { addToTrend } from './trend.ts'

/** Event times later than this after the receive time are a wrong clock: they must not keep an alert on top for years. */
const FUTURE_TOLERANCE_MS = 5 * 60_000
/** Senders named with an alert; further ones are counted in the events, not listed. */
const MAX_SENDERS = 20
/** An archived alert comes back when an hour has this many times its greatest hour before. */
const ESCALATION_FACTOR = 3

/** Matches in one hour that bring an alert back which was archived at this greatest hour. */
export const hourlyToReturn = (archivedPeak: number | null): number =>
  ESCALATION_FACTOR * Math.max(1, archivedPeak ?? 1)

/** The event time of a fold's newest match, held back to the time it was received when its clock runs ahead. */
export function lastSeenOf(fold: MatchFold): number {
  return fold.lastSeen > fold.receivedAt + FUTURE_TOLERANCE_MS ? fold.receivedAt : fold.lastSeen
}

/**
 * Adds a fold to an alert's figures and returns by how much its count grew.
 *
 * A correlation reports the count of its newest window again and again while the window slides. Windows are laid end
 * to end: one that begins after the counted window ended adds its whole count, one that overlaps it only what it has
 * more. So nothing is counted twice, and the count of a long attack is "at least".
 *
 * A sentence speaks of one window ("within 10 minutes"), so it is not filled with that sum but with the greatest count
 * of a window, `window_peak`: since the alert opened or was last reopened, under the rule's present text, for another
 * text may count within another time. It is never more than the alert's count. Folds that are not of a correlation
 * leave it alone.
 */
export function addFold(record: AlertRecord, fold: MatchFold): number {
  const grown = fold.correlated ? growWindow(record, fold) : fold.count
  record.count += grown
  if (fold.rule.version !== record.rule_version) record.window_peak = null
  if (fold.correlated) record.window_peak = Math.max(record.window_peak ?? 0, fold.count)
  const lastSeen = lastSeenOf(fold)
  record.first_seen = Math.min(record.first_seen, fold.firstSeen)
  record.last_seen = Math.max(record.last_seen, lastSeen)
  const trend = addToTrend({ step: record.trend_step, counts: JSON.parse(record.trend) as number[] }, lastSeen, grown)
  record.trend_step = trend.step
  record.trend = JSON.stringify(trend.counts)
  addToHour(record, Math.floor(fold.receivedAt / HOUR_MS), grown)
  return grown
}

function growWindow(record: AlertRecord, fold: MatchFold): number {
  const { window_count: count, window_first: first, window_last: last } = record
  if (count === null || first === null || last === null || fold.firstSeen > last) {
    Object.assign(record, { window_count: fold.count, window_first: fold.firstSeen, window_last: fold.lastSeen })
    return fold.count
  }
  const grown = Math.max(0, fold.count - count)
  if (fold.firstSeen <= first) {
    record.window_first = fold.firstSeen
    record.window_last = Math.max(last, fold.lastSeen)
  } else if (grown > 0) {
    record.window_first = fold.firstSeen
    record.window_last = Math.max(last, fold.lastSeen)
  }
  record.window_count = count + grown
  return grown
}

function addToHour(record: AlertRecord, hour: number, grown: number) {
  if (hour > record.hour) {
    record.hour_peak = Math.max(record.hour_peak, record.hour_count)
    record.hour = hour
    record.hour_count = 0
  }
  // What was received in an earlier hour and matched late counts for the hour that runs.
  record.hour_count += grown
}

/** True when an archived alert has reached three times its greatest hour before. */
export function escalates(record: AlertRecord): boolean {
  return record.hour_count >= hourlyToReturn(record.archived_peak)
}

/** The senders of an alert with those of a fold. */
export function withSenders(known: string, fold: MatchFold): string {
  return JSON.stringify([...new Set([...(JSON.parse(known) as string[]), ...fold.senders])].slice(0, MAX_SENDERS))
}
