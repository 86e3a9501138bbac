import { randomUUID } from 'node:crypto'
import { refuse } from '#core/errors.ts'
import { MINUTE_MS } from '#core/time.ts'
import { openAlert, saveAlert } from '../record/alert-record.ts'
import { type Alert } from '../record/alert.ts'
import type { Actor } from '#control/rights/actor.ts'
import type { AlertsContext } from '../record/context.ts'
import type { Touched } from '../record/touched.ts'
import { incidentById, recount, saveIncident, takeIn } from '../record/incident-record.ts'
import type { Incident } from '../record/incident.ts'
import { lastNote, tell } from '../record/timeline.ts'

/** How long a deed can be taken back; older acts are forgotten. */
const UNDO_MS = 30 * MINUTE_MS
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
/** As it was before an act, with the state of the incident it was in. */
type Before = Snapshot & { incidentStatus?: Incident['status'] | null }

const snapshot = (record: Alert) => Object.fromEntries(fields.map((field) => [field, record[field]]))

/** One request of a person, and how many alerts it has changed so far. */
export type Deed = { id: string; actor: Actor; acts: number }

/** Begins a deed; whoever changes an alert in it says so with {@link rememberAct}. */
export function beginDeed(context: AlertsContext, actor: Actor): Deed {
  context.control.sql('DELETE FROM alert_acts WHERE at < ?').run(context.clock.now() - UNDO_MS)
  return { id: randomUUID(), actor, acts: 0 }
}

/** Keeps what a deed changed on one alert, so that its author may take it back. */
export function rememberAct(context: AlertsContext, deed: Deed, kind: string, before: Alert, after: Alert): void {
  deed.acts += 1
  const left = before.incidentId === after.incidentId ? null : before.incidentId
  const incidentStatus = left === null ? null : (incidentById(context, left)?.status ?? null)
  context.control
    .sql('INSERT INTO alert_acts (alert_seq, at, user_id, kind, before, after, deed) VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(
      after.seq,
      context.clock.now(),
      deed.actor.id,
      kind,
      JSON.stringify({ ...snapshot(before), incidentStatus }),
      JSON.stringify(snapshot(after)),
      deed.id
    )
}

type KeptAct = { id: number; kind: string; before: string; after: string; newest: number }

/**
 * Takes a deed of the caller back on these alerts: on each that nobody acted on since, where no match has changed what
 * the deed had set. Answers the alerts of the deed that it left alone; refuses with `undo.nothing` when that is all of them.
 */
export function undo(
  context: AlertsContext,
  records: Alert[],
  named: string | undefined,
  actor: Actor,
  changes: Touched
): string[] {
  const deed = named ?? newestDeed(context, records, actor) ?? ''
  const left = new Set<string>()
  const skipped: string[] = []
  let undone = 0
  for (const record of records) {
    const act = context.control.get<KeptAct>(
      `SELECT id, kind, before, after, (SELECT MAX(id) FROM alert_acts n WHERE n.alert_seq = a.alert_seq) AS newest
         FROM alert_acts a WHERE alert_seq = ? AND deed = ? AND user_id = ? AND at >= ?`,
      record.seq,
      deed,
      actor.id,
      context.clock.now() - UNDO_MS
    )
    if (act === undefined) continue
    if (!undoOne(context, record, act, actor, left, changes)) skipped.push(record.id)
    else undone++
  }
  for (const id of left) recount(context, id, changes)
  if (undone === 0) refuse(409, 'undo.nothing', 'there is no act of yours from the last 30 minutes to take back')
  return skipped
}

/** The caller's last deed on any of these alerts. */
function newestDeed(context: AlertsContext, records: Alert[], actor: Actor): string | undefined {
  return context.control.get<{ deed: string }>(
    `SELECT deed FROM alert_acts WHERE alert_seq IN (SELECT value FROM json_each(?)) AND user_id = ? AND at >= ?
       ORDER BY id DESC LIMIT 1`,
    JSON.stringify(records.map(({ seq }) => seq)),
    actor.id,
    context.clock.now() - UNDO_MS
  )?.deed
}

function undoOne(
  context: AlertsContext,
  record: Alert,
  act: KeptAct,
  actor: Actor,
  left: Set<string>,
  changes: Touched
): boolean {
  const after = JSON.parse(act.after) as Snapshot
  const before = JSON.parse(act.before) as Before
  const moved = before.incidentId !== after.incidentId
  if (act.newest !== act.id || act.kind === CLOSED_WITH_INCIDENT) return false
  if (after.status !== record.status || after.reopened !== record.reopened) return false
  if (moved && after.incidentId !== record.incidentId) return false
  if (before.status !== 'closed' && after.status === 'closed' && !mayOpen(context, record)) return false
  if (act.kind === 'note') withdrawNote(context, record, actor)
  if (moved && record.incidentId !== null) left.add(record.incidentId)
  // What the act had not set, or what was set anew since, is not its to give back.
  const given = fields.filter((field) => before[field] !== after[field] && record[field] === after[field])
  Object.assign(record, Object.fromEntries(given.map((field) => [field, before[field]])))
  if (moved && before.incidentId !== null) putBack(context, record, before, actor, changes)
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
  return true
}

/** One alert of a fingerprint is open at most, and none in an incident that was closed since. */
function mayOpen(context: AlertsContext, record: Alert): boolean {
  if (openAlert(context, record.fingerprint) !== undefined) return false
  return record.incidentId === null || incidentById(context, record.incidentId)?.status !== 'closed'
}

/** The incident an alert came from; when it had closed only because it was left empty, it stands as it did before. */
function putBack(context: AlertsContext, record: Alert, before: Before, actor: Actor, changes: Touched) {
  const incident = before.incidentId === null ? undefined : incidentById(context, before.incidentId)
  if (incident === undefined) return
  const status = before.incidentStatus ?? 'in_progress'
  if (incident.status === 'closed' && status !== 'closed' && closedByItself(context, incident)) {
    incident.status = status
    incident.closedAt = null
    const params = { from: 'closed', to: status }
    tell(context, { act: 'incident.status', incident: incident.id, by: actor, params })
  }
  takeIn(context, incident, record)
  saveIncident(context, incident, changes)
}

/** Whether it closed because its last alert left it, and nobody has moved it since. */
function closedByItself(context: AlertsContext, incident: Incident): boolean {
  if (incident.mergedInto !== null) return false
  const last = context.control.get<{ act: string }>(
    `SELECT act FROM timeline WHERE incident_id = ?
       AND act IN ('incident.emptied', 'incident.status', 'incident.reopened', 'incident.unmerged') ORDER BY id DESC LIMIT 1`,
    incident.id
  )
  return last?.act === 'incident.emptied'
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
