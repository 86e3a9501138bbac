import { refuse } from '#core/errors.ts'
import { openAlert, saveAlert } from '../record/alert-record.ts'
import { type Alert } from '../record/alert.ts'
import type { Actor } from '#control/rights/actor.ts'
import type { AlertsContext } from '../record/context.ts'
import type { Touched } from '../record/touched.ts'
import { incidentById, recount, saveIncident, takeIn } from '../record/incident-record.ts'
import { lastNote, tell } from '../record/timeline.ts'

/** How long an act can be taken back. */
export const UNDO_MS = 30_000
/** Acts older than this are forgotten; only the last half minute can be asked for. */
const FORGET_MS = 10 * 60_000

/** An alert that was closed with its incident: an undo would leave it open in a closed one. */
export const CLOSED_WITH_INCIDENT = 'incident.closed'

/** What acts of people change, and so what an undo puts back. */
const fields = [
  'status',
  'verdict',
  'assignee',
  'acknowledgedAt',
  'closedAt',
  'incidentId',
  'escalated',
  'reopened',
  'archivedPeak',
  'deadline'
] as const
type Snapshot = Pick<Alert, (typeof fields)[number]>

const snapshot = (record: Alert) => JSON.stringify(Object.fromEntries(fields.map((field) => [field, record[field]])))

/** Keeps what an act changed on one alert, so that its author may take it back. */
export function rememberAct(context: AlertsContext, kind: string, before: Alert, after: Alert, actor: Actor): void {
  const now = context.clock.now()
  context.control.sql('DELETE FROM alert_acts WHERE at < ?').run(now - FORGET_MS)
  context.control
    .sql('INSERT INTO alert_acts (alert_seq, at, user_id, kind, before, after) VALUES (?, ?, ?, ?, ?, ?)')
    .run(after.seq, now, actor.id, kind, snapshot(before), snapshot(after))
}

/**
 * Takes back the caller's last act on each of these alerts, when nobody acted on it since, it is younger than 30 s,
 * and no match has changed what the act had set. Refuses with `undo.nothing` when that is true for none of them.
 */
export function undo(context: AlertsContext, records: Alert[], actor: Actor, changes: Touched): void {
  const left = new Set<string>()
  let undone = 0
  for (const record of records) {
    const act = context.control.get<{
      id: number
      at: number
      user_id: string
      kind: string
      before: string
      after: string
    }>(
      'SELECT id, at, user_id, kind, before, after FROM alert_acts WHERE alert_seq = ? ORDER BY id DESC LIMIT 1',
      record.seq
    )
    if (
      act === undefined ||
      act.kind === CLOSED_WITH_INCIDENT ||
      act.user_id !== actor.id ||
      context.clock.now() - act.at > UNDO_MS
    )
      continue
    const after = JSON.parse(act.after) as Snapshot
    if (after.status !== record.status || after.incidentId !== record.incidentId) continue
    const before = JSON.parse(act.before) as Snapshot
    if (before.status !== 'closed' && record.status === 'closed' && openAlert(context, record.fingerprint)) continue
    if (act.kind === 'note') withdrawNote(context, record, actor)
    const moved = before.incidentId !== record.incidentId
    if (moved && record.incidentId !== null) left.add(record.incidentId)
    Object.assign(record, before)
    if (moved && before.incidentId !== null) putBack(context, record, before.incidentId, changes)
    saveAlert(context, record, changes)
    context.control.sql('DELETE FROM alert_acts WHERE id = ?').run(act.id)
    tell(context, {
      act: 'alert.undone',
      alert: record.id,
      incident: after.incidentId,
      unit: record.unit,
      by: actor,
      params: { act: act.kind }
    })
    undone++
  }
  for (const id of left) recount(context, id, changes)
  if (undone === 0) refuse(409, 'undo.nothing', 'there is no act of yours from the last 30 seconds to take back')
}

/** The incident an alert came from; when it had closed only because it was left empty, it is open again. */
function putBack(context: AlertsContext, record: Alert, id: string, changes: Touched) {
  const incident = incidentById(context, id)
  if (incident === undefined) return
  const remaining = context.control
    .sql('SELECT 1 FROM alerts WHERE incident_id = ? AND seq <> ? LIMIT 1')
    .get(id, record.seq)
  if (remaining === undefined && incident.status === 'closed' && incident.mergedInto === null) {
    incident.status = 'in_progress'
    incident.closedAt = null
  }
  takeIn(context, incident, record)
  saveIncident(context, incident, changes)
}

function withdrawNote(context: AlertsContext, record: Alert, actor: Actor) {
  const note = lastNote(context, record.id, actor)
  if (note === undefined) return
  tell(context, {
    act: 'note.withdrawn',
    alert: record.id,
    incident: record.incidentId,
    unit: record.unit,
    by: actor,
    params: { note: note.id }
  })
}
