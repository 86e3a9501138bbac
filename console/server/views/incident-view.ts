import type { IncidentDetail, IncidentRow } from '#core/api/alerts.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'

/** The header as a scope sees it: without the names of units outside; undefined when none of the units is inside. */
export function incidentHeader(row: IncidentRow, scope: Scope): IncidentRow | undefined {
  if (scope === undefined) return row
  const units = row.units.filter((unit) => scope.has(unit.code))
  return units.length === 0 ? undefined : { ...row, units }
}

/**
 * The page as a scope sees it: header, own units' alerts and own units' entries. Entries that belong to no
 * unit show what happened, not what was written: a note may speak of others.
 */
export function incidentView(detail: IncidentDetail, scope: Scope): IncidentDetail | undefined {
  const incident = incidentHeader(detail.incident, scope)
  if (incident === undefined) return undefined
  if (scope === undefined) return detail
  return {
    incident,
    alerts: detail.alerts.filter((alert) => inScope(scope, alert.unit.code)),
    timeline: detail.timeline
      .filter((entry) => (entry.unit === null ? entry.act !== 'note' : scope.has(entry.unit)))
      .map((entry) => (entry.unit === null ? { ...entry, text: '', params: {} } : entry)),
    // Titles of other incidents may speak of other units.
    merged: [],
    clocks: detail.clocks
  }
}
