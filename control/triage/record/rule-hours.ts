import type { MatchFold } from '#core/match.ts'
import { HOUR_MS } from '#core/time.ts'
import { type AlertsContext } from './context.ts'

/** Hours of matches kept per rule: what the rules screen and a month's report look at. */
const KEPT_HOURS = 31 * 24

/** Adds matches to a rule's hour of receiving. */
export function countForRule(context: AlertsContext, fold: MatchFold, matches: number): void {
  if (matches === 0) return
  context.control
    .sql(
      `INSERT INTO rule_hours (rule_id, hour, origin, matches) VALUES (?, ?, ?, ?)
       ON CONFLICT (rule_id, hour, origin) DO UPDATE SET matches = matches + excluded.matches`
    )
    .run(fold.rule.id, Math.floor(fold.receivedAt / HOUR_MS), fold.origin, matches)
}

/** Forgets the hours that nobody looks at any more. */
export function forgetOldHours(context: AlertsContext): void {
  const oldest = Math.floor(context.clock.now() / HOUR_MS) - KEPT_HOURS
  context.control.sql('DELETE FROM rule_hours WHERE hour < ?').run(oldest)
}
