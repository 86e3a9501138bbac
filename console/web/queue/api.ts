import type { AlertAct, alertsApi } from '#core/api/alerts.ts'
import type { Call, Query } from '../api/call.ts'

/** Alerts of the queue. */
export const queueCalls = (call: Call<typeof alertsApi>) => ({
  alerts: (query: Query) => call('GET /api/alerts', { query }),
  alert: (id: string) => call('GET /api/alerts/:id', { params: { id } }),
  actOnAlerts: (ids: string[], act: AlertAct['act']) => call('POST /api/alerts/acts', { body: { ids, act } })
})
