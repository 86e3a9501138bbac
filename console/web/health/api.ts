import type { MaintenanceDraft, ProbeChange, ProbeDraft } from '#core/api/health.ts'
import type { maintenanceApi } from '#core/api/maintenance.ts'
import type { modelsApi } from '#core/api/models.ts'
import type { probesApi } from '#core/api/probes.ts'
import type { systemsApi } from '#core/api/systems.ts'
import type { Call } from '../api/call.ts'

type HealthApi = typeof modelsApi & typeof systemsApi & typeof probesApi & typeof maintenanceApi

/** Models, systems, probes and planned work. */
export const healthCalls = (call: Call<HealthApi>) => ({
  models: () => call('GET /api/models'),
  model: (id: string) => call('GET /api/models/:id', { params: { id } }),
  wall: () => call('GET /api/health/wall'),
  modelHealth: (id: string) => call('GET /api/models/:id/health', { params: { id } }),
  systems: () => call('GET /api/systems'),
  system: (id: string) => call('GET /api/systems/:id', { params: { id } }),
  probes: () => call('GET /api/probes'),
  probe: (id: string) => call('GET /api/probes/:id', { params: { id } }),
  createProbe: (draft: ProbeDraft) => call('POST /api/probes', { body: draft }),
  changeProbe: (id: string, change: ProbeChange) => call('PATCH /api/probes/:id', { params: { id }, body: change }),
  removeProbe: (id: string) => call('DELETE /api/probes/:id', { params: { id } }),
  tryProbe: (draft: ProbeDraft) => call('POST /api/probes/try', { body: draft }),
  newHeartbeatKey: (id: string) => call('POST /api/probes/:id/heartbeat-key', { params: { id } }),
  maintenance: () => call('GET /api/maintenance'),
  planMaintenance: (draft: MaintenanceDraft) => call('POST /api/maintenance', { body: draft }),
  cancelMaintenance: (id: string) => call('POST /api/maintenance/:id/cancel', { params: { id } })
})
