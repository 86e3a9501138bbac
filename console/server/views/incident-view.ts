import type { IncidentDetail, IncidentRow } from '#core/api/alerts.ts'
import type { Alerts } from '#control/triage/alerts.ts'
import { legalClocks } from '#control/triage/life/legal-clocks.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'

type Needs = { alerts: Pick<Alerts, 'incidentWithin'> }

/**
 * The header as a scope sees it: title, level, count, times, deadline and reason speak of its own alerts only; undefined when none
 * of the units is inside.
 */
export function incidentHeader(context: Needs, row: IncidentRow, scope: Scope): IncidentRow | undefined {
  return scope === undefined ? row : context.alerts.incidentWithin(row, scope)?.row
}

/**
 * The page as a scope sees it: header, own units' alerts and own units' entries. Entries that belong to no
 * unit show what happened, not what was written: a note may speak of others.
 */
export function incidentView(context: Needs, detail: IncidentDetail, scope: Scope): IncidentDetail | undefined {
  if (scope === undefined) return detail
  const part = context.alerts.incidentWithin(detail.incident, scope)
  if (part === undefined) return undefined
  const whole = part.row === detail.incident
  return {
    incident: part.row,
    alerts: detail.alerts.filter((alert) => inScope(scope, alert.unit.code)),
    timeline: detail.timeline
      .filter((entry) => (entry.unit === null ? entry.act !== 'note' : scope.has(entry.unit)))
      // When others' alerts came to it is told by nobody's entry either.
      .filter((entry) => whole || entry.at >= part.row.openedAt)
      .map((entry) => (entry.unit === null ? { ...entry, text: '', params: {} } : entry)),
    // Titles of other incidents may speak of other units.
    merged: [],
    clocks: whole || detail.clocks.length === 0 ? detail.clocks : legalClocks(part.detectedAt)
  }
}
