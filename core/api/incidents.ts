import { Type, type Static } from 'typebox'
import { IncidentAct, IncidentDetail, IncidentRow, incidentStatuses } from './alerts.ts'
import { oneOf, Id, limitOf, text } from './common.ts'
import type { Routes } from './routes.ts'

const IncidentQuery = Type.Object({
  /** `open`: everything that is not closed. */
  status: Type.Optional(oneOf([...incidentStatuses, 'open'])),
  unit: text(50),
  cursor: text(500),
  limit: limitOf(100, 500)
})
export const IncidentList = Type.Object({
  items: Type.Array(IncidentRow),
  total: Type.Number(),
  cursor: Type.Union([Type.String(), Type.Null()])
})
export type IncidentList = Static<typeof IncidentList>

/** Incidents: list, page and acts. */
export const incidentsApi = {
  'GET /api/incidents': {
    who: 'incidents.read',
    about: 'Incidents',
    note: 'Owner: own units.',
    query: IncidentQuery,
    answer: IncidentList
  },
  'GET /api/incidents/:id': {
    who: 'incidents.read',
    about: 'One incident',
    note: 'An owner sees the alerts and entries of its own units only.',
    params: Id,
    answer: IncidentDetail
  },
  'POST /api/incidents/:id/acts': {
    who: 'incidents.act',
    about: 'Work on an incident',
    params: Id,
    body: IncidentAct,
    answer: IncidentDetail
  }
} satisfies Routes
