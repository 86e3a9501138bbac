import type { IncidentAct } from '#core/api/alerts.ts'
import type { incidentsApi } from '#core/api/incidents.ts'
import type { Call, Query } from '../api/call.ts'

/** Incidents. */
export const incidentCalls = (call: Call<typeof incidentsApi>) => ({
  incidents: (query: Query) => call('GET /api/incidents', { query }),
  incident: (id: string) => call('GET /api/incidents/:id', { params: { id } }),
  actOnIncident: (id: string, act: IncidentAct) => call('POST /api/incidents/:id/acts', { params: { id }, body: act })
})
