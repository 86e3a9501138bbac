import type { MatchFold } from '#core/match.ts'
import type { Alert } from '../record/alert.ts'
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

/** The greatest hour of an alert until now: what it is measured by when it is archived now. */
export const peakOf = (record: Pick<Alert, 'hourPeak' | 'hourCount'>): number =>
  Math.max(record.hourPeak, record.hourCount, 1)

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
export function addFold(record: Alert, fold: MatchFold): number {
  const grown = fold.correlated ? growWindow(record, fold) : fold.count
  record.count += grown
  if (fold.rule.version !== record.ruleVersion) record.windowPeak = null
  if (fold.correlated) record.windowPeak = Math.max(record.windowPeak ?? 0, fold.count)
  const lastSeen = lastSeenOf(fold)
  record.firstSeen = Math.min(record.firstSeen, fold.firstSeen)
  record.lastSeen = Math.max(record.lastSeen, lastSeen)
  const trend = addToTrend({ step: record.trendStep, counts: record.trend }, lastSeen, grown)
  record.trendStep = trend.step
  record.trend = trend.counts
  addToHour(record, Math.floor(fold.receivedAt / HOUR_MS), grown)
  return grown
}

function growWindow(record: Alert, fold: MatchFold): number {
  const { windowCount: count, windowFirst: first, windowLast: last } = record
  if (count === null || first === null || last === null || fold.firstSeen > last) {
    Object.assign(record, { windowCount: fold.count, windowFirst: fold.firstSeen, windowLast: fold.lastSeen })
    return fold.count
  }
  const grown = Math.max(0, fold.count - count)
  if (fold.firstSeen <= first) {
    record.windowFirst = fold.firstSeen
    record.windowLast = Math.max(last, fold.lastSeen)
  } else if (grown > 0) {
    record.windowFirst = fold.firstSeen
    record.windowLast = Math.max(last, fold.lastSeen)
  }
  record.windowCount = count + grown
  return grown
}

function addToHour(record: Alert, hour: number, grown: number) {
  if (hour > record.hour) {
    record.hourPeak = Math.max(record.hourPeak, record.hourCount)
    record.hour = hour
    record.hourCount = 0
  }
  // What was received in an earlier hour and matched late counts for the hour that runs.
  record.hourCount += grown
}

/** True when an archived alert has reached three times its greatest hour before. */
export function escalates(record: Alert): boolean {
  return record.hourCount >= hourlyToReturn(record.archivedPeak)
}

/** The senders of an alert with those of a fold. */
export function withSenders(known: readonly string[], fold: MatchFold): readonly string[] {
  const all = [...new Set([...known, ...fold.senders])].slice(0, MAX_SENDERS)
  return all.length === known.length ? known : all
}
