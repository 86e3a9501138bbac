import { Type } from 'typebox'
import type { Routes } from './routes.ts'

const Ready = Type.Object({
  ready: Type.Boolean(),
  parts: Type.Array(Type.Object({ name: Type.String(), ready: Type.Boolean() }))
})

/** What machines ask: alive, ready, figures; and the description of the API. */
export const machinesApi = {
  'GET /healthz': { who: 'public', about: 'Alive', answer: Type.Object({ ok: Type.Boolean() }) },
  'GET /readyz': { who: 'public', about: 'Ready, part by part', answer: Ready, answers: { 503: Ready } },
  'GET /metrics': {
    who: 'public',
    about: 'Figures as Prometheus text',
    note: 'This machine alone, and from elsewhere admin or auditor.'
  },
  'GET /api/openapi.json': { who: 'signed_in', about: 'This description', hidden: true }
} satisfies Routes
