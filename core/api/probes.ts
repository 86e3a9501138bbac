import { Type } from 'typebox'
import { Id, Nothing } from './common.ts'
import { NewHeartbeatKey, ProbeChange, ProbeDetail, ProbeDraft, ProbeResultView, ProbeRow } from './health.ts'
import type { Routes } from './routes.ts'

/** Probes: definitions, last results, a try, and the keys of heartbeats. */
export const probesApi = {
  'GET /api/probes': {
    who: 'probes.read',
    about: 'Probes',
    note: 'Owner: systems of own units.',
    answer: Type.Array(ProbeRow)
  },
  'GET /api/probes/:id': {
    who: 'probes.read',
    about: 'One probe',
    note: 'Owner: systems of own units.',
    params: Id,
    answer: ProbeDetail
  },
  'POST /api/probes': { who: 'probes.write', about: 'New probe', body: ProbeDraft, answer: ProbeRow },
  'PATCH /api/probes/:id': {
    who: 'probes.write',
    about: 'Change a probe',
    params: Id,
    body: ProbeChange,
    answer: ProbeRow
  },
  'DELETE /api/probes/:id': { who: 'probes.write', about: 'Remove a probe', params: Id, answer: Nothing },
  'POST /api/probes/:id/heartbeat-key': {
    who: 'probes.write',
    about: 'New heartbeat key, shown once',
    note: 'The key before it stops working.',
    params: Id,
    answer: NewHeartbeatKey
  },
  'POST /api/probes/try': {
    who: 'probes.try',
    about: 'Run a probe once, without counting it',
    note: 'One attempt of at most 15 s, nothing kept, 20 a minute per person, 8 at once.',
    body: ProbeDraft,
    answer: ProbeResultView
  }
} satisfies Routes
