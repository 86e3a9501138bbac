import { Type } from 'typebox'
import { Id } from './common.ts'
import { MaintenanceDraft, MaintenanceRow } from './health.ts'
import type { Routes } from './routes.ts'

/** Planned work: whoever plans it answers for every system in it. */
export const maintenanceApi = {
  'GET /api/maintenance': {
    who: 'health.read',
    about: 'Maintenance windows',
    note: 'Within the viewer’s units.',
    answer: Type.Array(MaintenanceRow)
  },
  'POST /api/maintenance': {
    who: 'maintenance.write',
    about: 'Plan maintenance',
    body: MaintenanceDraft,
    answer: MaintenanceRow
  },
  'POST /api/maintenance/:id/cancel': {
    who: 'maintenance.write',
    about: 'Cancel maintenance',
    params: Id,
    answer: MaintenanceRow
  }
} satisfies Routes
