import { manualClock } from '#core/clock.ts'
import type { Origin } from '#core/origin.ts'
import type { Level } from '#core/match.ts'
import { DAY_MS, ictDay, ictDayStart, HOUR_MS } from '#core/time.ts'
import { loadInventory } from '#province/load.ts'
import { openControl, type Control } from '#control/database/control.ts'
import { offlineHealth } from '#control/health/offline-health.ts'
import { countActivity } from '#control/figures/activity.ts'
import { countSent, keepChange } from '#control/senders/feeds.ts'
import { createFigures } from '#control/figures/request.ts'

/*
 * What the tests of this folder stand on: the real schema and inventory, and the rows that the detector writes when an
 * alert opens, is judged, joins an incident. The detector itself is another part and is not imported here.
 */

export const inventory = loadInventory('2023-11-30')
/** A period of 15/10–14/11, as reporting months run here. */
export const PERIOD = { from: '2023-10-15', to: '2023-11-14' }
export const START = ictDayStart(PERIOD.from)
export const END = ictDayStart(PERIOD.to) + DAY_MS
/** Xã Phong Thu (Phong Điền), Xã Vinh Hưng (Phú Lộc). */
export const PHONG_THU = '19849'

/** Longer than any period here but for tests that fall silent. */
export const SILENT_AFTER_MS = 400 * DAY_MS

export function testPeriod(path = ':memory:', now = END + HOUR_MS) {
  const control = openControl(path)
  const clock = manualClock(now)
  const { figures } = createFigures({
    ...{ control, inventory, clock, health: offlineHealth({ control, inventory, clock }) },
    silentAfterMs: () => SILENT_AFTER_MS
  })
  return { control, clock, figures, ...actsOn(control) }
}
export type TestPeriod = ReturnType<typeof testPeriod>

export type AlertOptions = Partial<{
  unit: string
  level: Level
  origin: Origin
  rule: string
  title: string
  tags: string[]
}>

/** The rows that the life of alerts and incidents leaves, written by hand. */
export function actsOn(control: Control) {
  let made = 0
  const tell = (
    at: number,
    act: string,
    of: { alert?: string; incident?: string; unit?: string; by?: string },
    params: Record<string, string | number> = {}
  ) =>
    control
      .sql('INSERT INTO timeline (at, alert_id, incident_id, unit, act, user_id, params) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(at, of.alert ?? null, of.incident ?? null, of.unit ?? null, act, of.by ?? null, JSON.stringify(params))

  /** An alert opens. */
  function raise(at: number, options: AlertOptions = {}): string {
    const seq = ++made
    const id = `CB-${String(seq).padStart(4, '0')}`
    const { unit = PHONG_THU, level = 'high', origin = 'real', rule = 'rule-a' } = options
    const title = options.title ?? 'Dò mật khẩu SSH'
    const summary = { id: rule, title: { vi: title, en: `${title} (en)` }, tags: options.tags ?? ['attack.t1110.001'] }
    control
      .sql(
        `INSERT INTO alerts (seq, id, revision, fingerprint, rule_id, rule_version, rule, level, level_rank, origin, unit, senders,
         entity_key, entity, vals, status, count, trend_step, trend, hour, hour_count, first_seen, last_seen, event_at,
         received_at, matched_at, raised_at)
         VALUES (:seq, :id, 1, :id, :rule, 'v', :summary, :level, 3, :origin, :unit, '[]', '', '{}', '{}', 'new', 1, 0, '[]',
         0, 1, :at, :at, :at, :received, :at, :at)`
      )
      .run({ seq, id, rule, summary: JSON.stringify(summary), level, origin, unit, at, received: at - 1000 })
    tell(at, 'alert.opened', { alert: id, unit }, { level })
    return id
  }

  /** An incident opens with these alerts. */
  function open(
    at: number,
    alerts: string[],
    options: { origin?: Origin; reason?: string; level?: Level } = {}
  ): string {
    const seq = ++made
    const id = `VL-${String(seq).padStart(4, '0')}`
    control
      .sql(
        `INSERT INTO incidents (seq, id, revision, title, level, level_rank, origin, status, reason, opened_at, detected_at, last_seen)
         VALUES (?, ?, 1, '{"vi":"Nhiều luật khớp trên 203.0.113.7","en":"Several rules on 203.0.113.7"}', ?, 3, ?, 'new', ?, ?, ?, ?)`
      )
      .run(seq, id, options.level ?? 'high', options.origin ?? 'real', options.reason ?? 'critical_alert', at, at, at)
    tell(at, 'incident.opened', { incident: id })
    for (const alert of alerts) join(at, id, alert)
    return id
  }
  function join(at: number, incident: string, alert: string) {
    tell(at, 'incident.alert_joined', { alert, incident }, { alert, incident })
  }
  const close = (at: number, incident: string) =>
    tell(at, 'incident.status', { incident, by: 'u1' }, { from: 'in_progress', to: 'closed' })
  const judge = (at: number, alert: string, verdict = 'true_positive') =>
    tell(at, 'alert.verdict', { alert, by: 'u1' }, { verdict })
  /** Events about a unit on the day of a moment, sent by somebody else. */
  const mention = (at: number, unit: string, events = 10, origin: Origin = 'real') =>
    countActivity(control, [{ day: ictDay(at), unit, origin, events, firstAt: at, lastAt: at }])
  /** The one source of a unit, on from this moment. */
  function connect(at: number, unit: string, origin: Origin = 'real'): string {
    const id = `s-${origin}-${unit}`
    if (control.get('SELECT id FROM senders WHERE id = ?', id) !== undefined) return id
    control
      .sql('INSERT INTO senders (id, name, unit, origin, created_at) VALUES (?, ?, ?, ?, ?)')
      .run(id, id, unit, origin, at)
    keepChange(control, at, { id, unit, origin, enabled: true })
    return id
  }
  /** Events that a source of the unit sent on the day of a moment, about the unit itself. */
  function hear(at: number, unit: string, events = 10, origin: Origin = 'real') {
    mention(at, unit, events, origin)
    const sender = connect(at, unit, origin)
    countSent(control, [{ day: ictDay(at), sender, unit, origin, events, firstAt: at, lastAt: at }])
  }
  /** A task asked of a unit, due after an hour unless told otherwise. */
  function ask(
    at: number,
    unit: string,
    options: { alert?: string; incident?: string; deadline?: number } = {}
  ): string {
    const seq = ++made
    const id = `NV-${String(seq).padStart(4, '0')}`
    const deadline = options.deadline ?? at + HOUR_MS
    control
      .sql(
        `INSERT INTO tasks (seq, id, revision, unit, origin, level, title, what, steps, state, incident_id, created_at,
         created_by, last_at, deadline, round, round_at, step, told_at)
         VALUES (?, ?, 1, ?, 'real', 'high', '{}', '{}', '[]', 'sent', ?, ?, 'u1', ?, ?, 0, ?, 0, ?)`
      )
      .run(seq, id, unit, options.incident ?? null, at, at, deadline, at, at)
    if (options.alert !== undefined)
      control.sql('INSERT INTO task_alerts (task_id, alert_id, place) VALUES (?, ?, 0)').run(id, options.alert)
    step(at, id, 'sent', { deadline })
    return id
  }
  /** A step of a task: an answer of the unit, an extension, a withdrawal. */
  function step(at: number, task: string, kind: string, params: Record<string, number> = {}) {
    control.sql(`INSERT INTO task_entries (task_id, at, kind, side) VALUES (?, ?, ?, 'unit')`).run(task, at, kind)
    tell(at, `task.${kind}`, {}, { task, ...params })
  }
  return { tell, raise, open, join, close, judge, hear, mention, connect, ask, step }
}
