import { Type } from 'typebox'
import { Id } from './common.ts'
import { SystemDetail, SystemRow } from './health.ts'
import type { Routes } from './routes.ts'

/** The systems of the catalogue: how each is by itself, how it is with what it stands on, and what it takes down. */
export const systemsApi = {
  'GET /api/systems': { who: 'health.read', about: 'Systems with their states', answer: Type.Array(SystemRow) },
  'GET /api/systems/:id': {
    who: 'health.read',
    about: 'One system',
    note: 'Probes only of systems in the viewer’s units, none for a leader.',
    params: Id,
    answer: SystemDetail
  }
} satisfies Routes
