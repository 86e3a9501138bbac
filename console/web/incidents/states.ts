import type { IncidentRow } from '#core/api/alerts.ts'

/** The life of an incident, in its order. */
export const incidentStatuses = [
  'new',
  'in_progress',
  'waiting',
  'review',
  'closed'
] as const satisfies readonly IncidentRow['status'][]

/** The states that people move it through by a press; it closes with a conclusion only. */
export const workStatuses = ['new', 'in_progress', 'waiting', 'review'] as const

/** Tabs of the list: everything not closed first. */
export const incidentTabs = ['open', ...incidentStatuses, 'all'] as const
