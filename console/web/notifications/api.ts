import type { dutyApi } from '#core/api/duty.ts'
import type { EscalationPolicy, PersonContact, notificationsApi } from '#core/api/notifications.ts'
import type { Call, Query } from '../api/call.ts'

/** Messages, channels, the duty roster and the steps of escalation. */
export const notificationCalls = (call: Call<typeof notificationsApi & typeof dutyApi>) => ({
  notifications: (query: Query) => call('GET /api/notifications', { query }),
  notification: (id: string) => call('GET /api/notifications/:id', { params: { id } }),
  actOnNotification: (id: number, kind: 'resend' | 'cancel') =>
    call('POST /api/notifications/:id/acts', { params: { id }, body: { kind } }),
  outbox: (query: Query) => call('GET /api/notifications/outbox', { query }),
  channels: () => call('GET /api/notifications/channels'),
  testChannel: (channel: string, to: string) =>
    call('POST /api/notifications/channels/:id/test', { params: { id: channel }, body: { to } }),
  roster: (day: string) => call('GET /api/notifications/roster', { query: { day } }),
  setDutyPattern: (weekday: number, shift: string, users: string[]) =>
    call('PUT /api/notifications/roster/pattern', { body: { weekday, shift, users } }),
  /** `null` goes back to the weekly pattern. */
  setDutyDay: (day: string, shift: string, users: string[] | null) =>
    call('PUT /api/notifications/roster/day', { body: { day, shift, users } }),
  escalation: () => call('GET /api/notifications/policy'),
  setEscalation: (priority: number, policy: Omit<EscalationPolicy, 'priority' | 'changed'>) =>
    call('PUT /api/notifications/policy/:priority', { params: { priority }, body: policy }),
  resetEscalation: (priority: number) => call('DELETE /api/notifications/policy/:priority', { params: { priority } }),
  personContacts: () => call('GET /api/notifications/people'),
  setPersonContact: (id: string, contact: PersonContact) =>
    call('PUT /api/notifications/people/:id', { params: { id }, body: contact })
})
