import type { IncidentDetail, IncidentRow } from '#core/api/alerts.ts'
import { rowsOf } from './alert-queries.ts'
import type { MadeRows } from '../record/touched.ts'
import type { AlertsContext } from '../record/context.ts'
import type { Scope } from '#control/rights/scope.ts'
import { incidentOf, type Incident, type IncidentColumns } from '../record/incident.ts'
import { mergedInto } from '../acts/incident-merging.ts'
import { legalClocks } from '../life/legal-clocks.ts'
import { decodeCursor, encodeCursor, MAX_PAGE } from './queue-filter.ts'
import { story } from '../record/timeline.ts'

export type IncidentFilter = {
  /** `open` stands for everything that is not closed. */
  status?: IncidentRow['status'] | 'open'
  scope: Scope
  cursor?: string
  limit: number
}
export type IncidentList = { items: IncidentRow[]; total: number; cursor: string | null }

/** Alerts shown with an incident, newest first; the others are found in the queue by its number. */
const MAX_ALERTS = 500

type NamedIncident = Incident & { assigneeName: string | null }
const selectIncidents = 'SELECT i.*, u.name AS assignee_name FROM incidents i LEFT JOIN users u ON u.id = i.assignee'

/** Incidents that touch a scope, those with the newest matches first. */
export function listIncidents(context: AlertsContext, filter: IncidentFilter): IncidentList {
  const where = ['1']
  const params: Record<string, string | number> = {}
  if (filter.status === 'open') where.push(`i.status IN ('new', 'in_progress', 'waiting', 'review')`)
  else if (filter.status !== undefined) {
    where.push('i.status = :status')
    params['status'] = filter.status
  }
  if (filter.scope !== undefined) {
    where.push(inScope)
    params['units'] = JSON.stringify([...filter.scope])
  }
  const { total } = context.control.single<{ total: number }>(
    `SELECT COUNT(*) AS total FROM incidents i WHERE ${where.join(' AND ')}`,
    params
  )
  const limit = Math.min(Math.max(1, Math.trunc(filter.limit)), MAX_PAGE)
  params['limit'] = limit + 1
  if (filter.cursor !== undefined && filter.cursor !== '') {
    const [seen = 0, seq = 0] = decodeCursor(filter.cursor, 2)
    where.push('(i.last_seen, i.seq) < (:seen, :seq)')
    Object.assign(params, { seen, seq })
  }
  const records = context.control.all<NamedIncidentColumns>(
    `${selectIncidents} WHERE ${where.join(' AND ')} ORDER BY i.last_seen DESC, i.seq DESC LIMIT :limit`,
    params
  )
  const page = records.slice(0, limit).map(named)
  const last = page.at(-1)
  return {
    items: page.map((record) => incidentRow(context, record)),
    total,
    cursor: records.length > limit && last !== undefined ? encodeCursor([last.lastSeen, last.seq]) : null
  }
}

const inScope =
  'EXISTS (SELECT 1 FROM incident_units s WHERE s.incident_id = i.id AND s.unit IN (SELECT value FROM json_each(:units)))'

/** Incidents by id, in that order; those that are gone are left out. */
export function incidentRowsOf(context: AlertsContext, ids: Iterable<string>): IncidentRow[] {
  const rows: IncidentRow[] = []
  for (const id of ids) {
    const record = context.control.get<NamedIncidentColumns>(`${selectIncidents} WHERE i.id = ?`, id)
    if (record !== undefined) rows.push(incidentRow(context, named(record)))
  }
  return rows
}

/** Everything the incident page shows, with rows that were `made` already where there are; undefined when there is none. */
export function incidentDetail(context: AlertsContext, id: string, made?: MadeRows): IncidentDetail | undefined {
  const row = context.control.get<NamedIncidentColumns>(`${selectIncidents} WHERE i.id = ?`, id)
  if (row === undefined) return undefined
  const record = named(row)
  const seqs = context.control.all<{ seq: number }>(
    `SELECT seq FROM alerts WHERE incident_id = ? ORDER BY last_seen DESC, seq DESC LIMIT ${MAX_ALERTS}`,
    id
  )
  return {
    incident: made?.incidents.get(id) ?? incidentRow(context, record),
    alerts: rowsOf(
      context,
      seqs.map(({ seq }) => seq),
      made?.alerts
    ),
    timeline: story(context, { incident: id }),
    merged: mergedInto(context, id),
    // Closed: no clock runs. Merged away: they run in the incident that took it in, from the earlier detection of the two.
    clocks: record.status === 'closed' ? [] : legalClocks(record.detectedAt)
  }
}

/** Incidents that are not closed within a scope. */
export function countOpenIncidents(context: AlertsContext, scope: Scope): number {
  const text = `SELECT COUNT(*) AS n FROM incidents i WHERE i.status <> 'closed'`
  const { n } =
    scope === undefined
      ? context.control.single<{ n: number }>(text)
      : context.control.single<{ n: number }>(`${text} AND ${inScope}`, { units: JSON.stringify([...scope]) })
  return n
}

/** One row of {@link selectIncidents}. */
type NamedIncidentColumns = IncidentColumns & { assignee_name: string | null }

function named({ assignee_name, ...record }: NamedIncidentColumns): NamedIncident {
  return { ...incidentOf(record), assigneeName: assignee_name }
}

function incidentRow(context: AlertsContext, record: NamedIncident): IncidentRow {
  const units = context.control.all<{ unit: string }>(
    'SELECT unit FROM incident_units WHERE incident_id = ? ORDER BY unit',
    record.id
  )
  const { n } = context.control.single<{
    n: number
  }>('SELECT COUNT(*) AS n FROM alerts WHERE incident_id = ?', record.id)
  return {
    id: record.id,
    revision: record.revision,
    title: record.title,
    level: record.level,
    origin: record.origin,
    status: record.status,
    units: units.map(({ unit }) => context.inventory.label(unit)),
    alerts: n,
    openedAt: record.openedAt,
    lastSeen: record.lastSeen,
    assignee: record.assignee === null ? null : { id: record.assignee, name: record.assigneeName ?? record.assignee },
    reason: record.reason,
    deadline: record.deadline
  }
}
