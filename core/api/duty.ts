import { Type } from 'typebox'
import { Id } from './common.ts'
import {
  DutyDayChange,
  DutyPatternChange,
  DutyRoster,
  DutyShifts,
  EscalationPolicy,
  EscalationPolicyChange,
  PersonContact,
  PersonContactRow,
  PersonContacts
} from './notifications.ts'
import type { Routes } from './routes.ts'

const PriorityId = Type.Object({ priority: Type.Integer({ minimum: 1, maximum: 4 }) })
const RosterQuery = Type.Object({ day: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })) })

/** Who is on duty, the steps of escalation, and how people are reached. */
export const dutyApi = {
  'GET /api/notifications/roster': {
    who: 'notifications.read',
    about: 'Duty roster of a week',
    query: RosterQuery,
    answer: DutyRoster
  },
  'PUT /api/notifications/roster/pattern': {
    who: 'notifications.write',
    about: 'Set a shift of the weekly pattern',
    note: 'Administrators of the whole province.',
    body: DutyPatternChange,
    answer: DutyRoster
  },
  'PUT /api/notifications/roster/day': {
    who: 'notifications.write',
    about: 'Set a shift of one day apart',
    note: 'Administrators of the whole province.',
    body: DutyDayChange,
    answer: DutyRoster
  },
  'PUT /api/notifications/roster/shifts': {
    who: 'notifications.write',
    about: 'Replace the shifts',
    note: 'Administrators of the whole province.',
    body: DutyShifts,
    answer: DutyRoster
  },
  'GET /api/notifications/policy': {
    who: 'notifications.read',
    about: 'Steps of escalation',
    answer: Type.Array(EscalationPolicy)
  },
  'PUT /api/notifications/policy/:priority': {
    who: 'notifications.write',
    about: 'Set the steps of a priority',
    note: 'Administrators of the whole province.',
    params: PriorityId,
    body: EscalationPolicyChange,
    answer: EscalationPolicy
  },
  'DELETE /api/notifications/policy/:priority': {
    who: 'notifications.write',
    about: 'Back to the built-in steps',
    note: 'Administrators of the whole province.',
    params: PriorityId,
    answer: EscalationPolicy
  },
  'GET /api/notifications/people': {
    who: 'notifications.write',
    about: 'How people with an account are reached',
    note: 'Administrators of the whole province.',
    answer: PersonContacts
  },
  'PUT /api/notifications/people/:id': {
    who: 'notifications.write',
    about: 'Set how a person is reached',
    note: 'Administrators of the whole province.',
    params: Id,
    body: PersonContact,
    answer: PersonContactRow
  }
} satisfies Routes
