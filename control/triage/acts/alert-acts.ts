import type { AlertAct } from '#core/api/alerts.ts'
import type { Bilingual } from '#core/match.ts'
import { refuse } from '#core/errors.ts'
import { alertById, openAlert, saveAlert } from '../record/alert-record.ts'
import { type Alert } from '../record/alert.ts'
import { noteTurn, type Touched } from '../record/touched.ts'
import { type Actor } from '#control/rights/actor.ts'
import { type AlertsContext } from '../record/context.ts'
import { hourlyToReturn, peakOf } from '../life/counting.ts'
import { deadlineFrom } from '../life/deadlines.ts'
import {
  incidentById,
  openIncident,
  openIncidentNamed,
  putInto,
  recount,
  saveIncident
} from '../record/incident-record.ts'
import { type Incident } from '../record/incident.ts'
import { titleOf } from '../views/incident-title.ts'
import { lastNote, tell } from '../record/timeline.ts'
import { beginDeed, rememberAct, undo, type Deed } from './undo.ts'

/** The same words of the same person again within this time are a request sent twice. */
const SENT_TWICE_MS = 30_000

type Act = AlertAct['act']
type Kind<K extends Act['kind']> = Extract<Act, { kind: K }>

/**
 * Applies one act of a person to alerts, all in the caller's transaction. An act that says what is already so changes
 * nothing and leaves no entry: it may be sent twice. What no longer fits (acknowledging an alert that a colleague has
 * closed) is left as it is too. Returns the alerts as they now are, each once, and the incident of a merge.
 */
export function actOnAlerts(
  context: AlertsContext,
  { ids, act }: AlertAct,
  actor: Actor,
  changes: Touched
): { alerts: Alert[]; incident: string | null; deed?: string; skipped?: string[] } {
  const records = [...new Set(ids)].map(
    (id) => alertById(context, id) ?? refuse(404, 'alert.unknown', `there is no alert ${id}`, { id })
  )
  if (act.kind === 'undo') {
    return { alerts: records, incident: null, skipped: undo(context, records, act.deed, actor, changes) }
  }
  const deed = beginDeed(context, actor)
  let incident: string | null = null
  if (act.kind === 'merge') incident = merge(context, records, act, actor, deed, changes)
  else applyToEach(context, records, act, actor, deed, changes)
  return { alerts: records, incident, ...(deed.acts === 0 ? {} : { deed: deed.id }) }
}

type Entry = { act: string; text?: string; params?: Record<string, string | number> }
type PlainAct = Exclude<Act, Kind<'undo'> | Kind<'merge'>>

function applyToEach(
  context: AlertsContext,
  records: readonly Alert[],
  act: PlainAct,
  actor: Actor,
  deed: Deed,
  changes: Touched
): void {
  if (act.kind === 'assign') requireUser(context, act.userId)
  for (const record of records) {
    const before = { ...record }
    const entry = apply(context, record, act, actor)
    if (entry === undefined) continue
    saveAlert(context, record, changes)
    rememberAct(context, deed, act.kind, before, record)
    if (before.status === 'new' && record.status !== 'new' && record.incidentId !== null) {
      changes.incidents.add(record.incidentId)
      noteTurn(changes, record.incidentId, 'taken')
    }
    tell(context, { ...entry, alert: record.id, incident: record.incidentId, unit: record.unit, by: actor })
  }
}

/** Touched the record; undefined when there is nothing to change. */
function apply(context: AlertsContext, record: Alert, act: PlainAct, actor: Actor): Entry | undefined {
  const now = context.clock.now()
  switch (act.kind) {
    case 'acknowledge':
      return assign(record, actor.id, now) ? { act: 'alert.acknowledged' } : undefined
    case 'assign':
      return assign(record, act.userId, now) ? { act: 'alert.assigned', params: { user: act.userId } } : undefined
    case 'wait':
      if (record.status === 'waiting' || record.status === 'closed') return undefined
      record.status = 'waiting'
      record.assignee ??= actor.id
      record.acknowledgedAt ??= now
      return { act: 'alert.waiting' }
    case 'archive':
      if (record.status === 'archived' || record.status === 'closed') return undefined
      record.status = 'archived'
      record.escalated = false
      record.archivedPeak = peakOf(record)
      record.acknowledgedAt ??= now
      return {
        act: 'alert.archived',
        params: {
          peak: record.archivedPeak,
          hourly: hourlyToReturn(record.archivedPeak)
        }
      }
    case 'verdict':
      if (record.status === 'closed' && record.verdict === act.verdict) return undefined
      record.status = 'closed'
      record.verdict = act.verdict
      record.closedAt ??= now
      record.assignee ??= actor.id
      record.acknowledgedAt ??= now
      return { act: 'alert.verdict', text: act.note ?? '', params: { verdict: act.verdict } }
    case 'note': {
      const last = lastNote(context, record.id, actor)
      if (last !== undefined && last.text === act.text && now - last.at <= SENT_TWICE_MS) return undefined
      return { act: 'note', text: act.text }
    }
    case 'reopen':
      return reopen(context, record) ? { act: 'alert.reopened' } : undefined
  }
}

function assign(record: Alert, userId: string, now: number): boolean {
  if (record.status === 'closed') return false
  if (record.assignee === userId && record.status !== 'new' && record.status !== 'archived') return false
  record.assignee = userId
  if (record.status !== 'waiting') record.status = 'acknowledged'
  record.acknowledgedAt ??= now
  return true
}

/** By hand: as it was before, with a new deadline; refused while a newer alert of the same fingerprint is open. */
function reopen(context: AlertsContext, record: Alert): boolean {
  if (record.status !== 'closed' && record.status !== 'archived') return false
  const newer = record.status === 'closed' ? openAlert(context, record.fingerprint) : undefined
  if (newer !== undefined) {
    refuse(409, 'alert.newer_open', `${newer.id} of the same fingerprint is open`, { id: record.id, open: newer.id })
  }
  if (record.status === 'closed') record.reopened += 1
  Object.assign(record, {
    status: record.assignee === null ? 'new' : 'acknowledged',
    verdict: null,
    closedAt: null,
    archivedPeak: null,
    deadline: deadlineFrom(record.level, context.clock.now())
  } satisfies Partial<Alert>)
  return true
}

function merge(
  context: AlertsContext,
  records: Alert[],
  act: Kind<'merge'>,
  actor: Actor,
  deed: Deed,
  changes: Touched
): string | null {
  const [first] = records
  if (first === undefined) return null
  if (records.some((record) => record.origin !== first.origin)) {
    refuse(409, 'incident.origins', 'alerts of different origins never share an incident')
  }
  const incident =
    act.incident === null
      ? (togetherAlready(context, records) ?? newIncident(context, first, act.title, actor, changes))
      : openIncidentNamed(context, act.incident)
  if (incident.origin !== first.origin) {
    refuse(409, 'incident.origins', 'alerts and incidents of different origins never mix', { id: incident.id })
  }
  const left = new Set<string>()
  for (const record of records) {
    if (record.incidentId === incident.id) continue
    const before = { ...record }
    if (record.incidentId !== null) left.add(record.incidentId)
    putInto(context, incident, record, actor)
    saveAlert(context, record, changes)
    rememberAct(context, deed, 'merge', before, record)
  }
  saveIncident(context, incident, changes)
  for (const id of left) recount(context, id, changes)
  return incident.id
}

/** A merge into a new incident, sent twice, finds the one it made: it holds exactly these alerts and is open. */
function togetherAlready(context: AlertsContext, records: Alert[]): Incident | undefined {
  const id = records[0]?.incidentId
  if (id === undefined || id === null || records.some((record) => record.incidentId !== id)) return undefined
  const { n } = context.control.single<{ n: number }>('SELECT COUNT(*) AS n FROM alerts WHERE incident_id = ?', id)
  const incident = incidentById(context, id)
  return n === records.length && incident?.status !== 'closed' ? incident : undefined
}

function newIncident(
  context: AlertsContext,
  first: Alert,
  title: string | undefined,
  actor: Actor,
  changes: Touched
): Incident {
  const own: Bilingual | undefined = title === undefined || title === '' ? undefined : { vi: title, en: title }
  return openIncident(context, first, 'by_hand', own ?? titleOf(context, first), changes, actor)
}

/** Refuses to hand work to somebody who has no account. */
export function requireUser(context: AlertsContext, id: string): void {
  if (context.control.sql('SELECT 1 FROM users WHERE id = ?').get(id) === undefined) {
    refuse(400, 'user.unknown', `there is no user ${id}`, { id })
  }
}
