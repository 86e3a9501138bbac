import type { Clock } from '#core/clock.ts'
import type { Announcement, Audience, Priority } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import { MINUTE_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import type { Announced, Notify } from './notify.ts'
import type { Policies } from './policy.ts'

const MAX_STEPS_A_ROUND = 100
/** Planned work may be called off: a paused escalation looks again this soon, and this late at most. */
const PAUSE_LOOK_MS = 1_000
const MAX_PAUSE_LOOK_MS = MINUTE_MS

type EscalationRow = {
  id: number
  step: number
  repeats: number
  began_at: number
  origin: Origin
  priority: Priority
  topic: string
  audience: string
  subject: string
}

type EscalationParts = {
  control: Control
  clock: Clock
  policies: Policies
  notify: Notify
  /** Until when nobody is woken further for a subject: planned work on what it is about; null when it goes on. */
  pausedUntil(subject: string, origin: Origin): number | null
}

/** Tells the steps of escalation that are due, and sets when the next one is; joins the caller's transaction. */
export function runEscalations(parts: EscalationParts): void {
  const due = parts.control.all<EscalationRow>(
    `SELECT e.announcement_id AS id, e.step, e.repeats, e.began_at, a.origin, a.priority, a.topic, a.audience, e.subject FROM escalations e
       JOIN announcements a ON a.id = e.announcement_id WHERE e.due_at <= ? ORDER BY e.due_at LIMIT ${MAX_STEPS_A_ROUND}`,
    parts.clock.now()
  )
  for (const row of due) escalate(row, parts)
}

/** The steps keep their distances: what was paused goes on where it stood, not with everything that came due meanwhile. */
function wait(row: EscalationRow, until: number, { control, clock }: EscalationParts) {
  control
    .sql('UPDATE escalations SET due_at = ?, began_at = began_at + ? WHERE announcement_id = ?')
    .run(until, until - clock.now(), row.id)
}

/** One step of one escalation: the policy's next one, or a repetition of the first to everybody. */
function escalate(row: EscalationRow, parts: EscalationParts) {
  const { control, clock, policies, notify } = parts
  const paused = parts.pausedUntil(row.subject, row.origin)
  if (paused !== null) {
    wait(row, Math.max(clock.now() + PAUSE_LOOK_MS, Math.min(paused, clock.now() + MAX_PAUSE_LOOK_MS)), parts)
    return
  }
  const policy = policies.get(row.priority)
  const announced: Announced = {
    id: row.id,
    origin: row.origin,
    priority: row.priority,
    topic: row.topic as Announcement['topic'],
    to: JSON.parse(row.audience) as Audience[]
  }
  const repeating = row.step >= policy.steps.length
  const step = repeating ? { ...policy.steps[0]!, to: 'all' as const } : policy.steps[row.step]!
  if (!repeating || row.repeats < policy.repeats) notify.step(announced, row.step + row.repeats, step, false, false)
  const next = row.step + (repeating ? 0 : 1)
  const repeats = row.repeats + (repeating ? 1 : 0)
  const over = next >= policy.steps.length && (repeats >= policy.repeats || policy.repeatEveryMin === 0)
  if (over) {
    control.sql('DELETE FROM escalations WHERE announcement_id = ?').run(row.id)
    return
  }
  const dueAt =
    next < policy.steps.length
      ? row.began_at + policy.steps[next]!.afterMin * MINUTE_MS
      : clock.now() + policy.repeatEveryMin * MINUTE_MS
  control
    .sql('UPDATE escalations SET step = ?, repeats = ?, due_at = ? WHERE announcement_id = ?')
    .run(next, repeats, dueAt, row.id)
}
