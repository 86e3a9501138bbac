import type { AlertRow } from '#core/api/alerts.ts'
import type { Changed, Touched, MadeRows } from '../record/touched.ts'
import type { AlertsContext } from '../record/context.ts'
import { alertRow, withName } from './alert-row.ts'
import { incidentRowsOf } from './incident-queries.ts'

/** Makes the rows of what a transaction changed; incidents are read anew, for they count their alerts and units. */
export function makeRows(context: AlertsContext, changes: Touched): MadeRows {
  const alerts = new Map<number, AlertRow>()
  for (const [seq, alert] of changes.alerts) alerts.set(seq, alertRow(context, withName(context, alert)))
  return {
    alerts,
    incidents: new Map(incidentRowsOf(context, changes.incidents).map((incident) => [incident.id, incident]))
  }
}

export const changedOf = ({ alerts, incidents }: MadeRows): Changed => ({
  alerts: [...alerts.values()],
  incidents: [...incidents.values()]
})
