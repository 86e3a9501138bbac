import type { IncidentRow } from '#core/api/alerts.ts'
import type { incidentTabs } from './states.ts'

/** What the list of incidents is narrowed to; the empty unit is the whole province. */
export type IncidentFilter = { unit: string; status: (typeof incidentTabs)[number] }

/** Whether an incident belongs in the list; `inScope` knows the unit tree. The server decides; this only sorts pushes. */
export function fits(
  incident: IncidentRow,
  { unit, status }: IncidentFilter,
  inScope: (code: string, scope: string) => boolean
): boolean {
  const inTab = status === 'all' || (status === 'open' ? incident.status !== 'closed' : incident.status === status)
  return inTab && (unit === '' || incident.units.some(({ code }) => inScope(code, unit)))
}

/** What a pushed incident does to the rows of a list: it takes its place, comes in first, or leaves. Also how the total moves. */
export function pushed(
  rows: readonly IncidentRow[],
  incident: IncidentRow,
  fit: boolean
): { rows: readonly IncidentRow[]; more: -1 | 0 | 1 } {
  const at = rows.findIndex(({ id }) => id === incident.id)
  const known = rows[at]
  if (known === undefined) return fit ? { rows: [incident, ...rows], more: 1 } : { rows, more: 0 }
  // An older push says nothing of how it stands now.
  if (known.revision >= incident.revision) return { rows, more: 0 }
  return fit ? { rows: rows.with(at, incident), more: 0 } : { rows: rows.toSpliced(at, 1), more: -1 }
}
