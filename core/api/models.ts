import { Type } from 'typebox'
import { ModelHealthDetail, Wall } from './health.ts'
import { ModelDetail, ModelRow } from './province.ts'
import type { Routes } from './routes.ts'

const ModelId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 100_000 }) })

/** The 46 models as the catalogue describes them, with their place in the dependency graph. */
export const modelsApi = {
  'GET /api/models': { who: 'models.read', about: 'The 46 models', answer: Type.Array(ModelRow) },
  'GET /api/models/:id': { who: 'models.read', about: 'One model', params: ModelId, answer: ModelDetail },
  'GET /api/health/wall': {
    who: 'health.read',
    about: 'The wall: 46 models and what takes them down',
    note: 'Alert and incident of an outage only for those who may open them.',
    answer: Wall
  },
  'GET /api/models/:id/health': {
    who: 'health.read',
    about: 'Health of one model',
    note: 'Probes only of systems in the viewer’s units, none for a leader.',
    params: ModelId,
    answer: ModelHealthDetail
  }
} satisfies Routes
