import type { Role } from '#core/roles.ts'

type Shot = { url: string; body?: unknown }

/** Who may use which route of notifications, written down once more for the test of every right. */
export const notificationRights = (
  ownUser: string,
  /** A message about one's own unit, and about another's. */
  messages: { own: number; foreign: number }
): Record<string, { roles: Role[]; own: Shot; foreign?: Shot; then?: string; provinceOnly?: string }> => ({
  'GET /api/notifications': {
    roles: ['admin', 'analyst', 'auditor'],
    own: { url: '/api/notifications' }
  },
  'GET /api/notifications/:id': {
    roles: ['admin', 'analyst', 'auditor'],
    own: { url: `/api/notifications/${messages.own}` },
    foreign: { url: `/api/notifications/${messages.foreign}` }
  },
  'POST /api/notifications/:id/acts': {
    roles: ['admin'],
    own: { url: `/api/notifications/${messages.own}/acts`, body: { kind: 'resend' } },
    foreign: { url: `/api/notifications/${messages.foreign}/acts`, body: { kind: 'resend' } }
  },
  'GET /api/notifications/outbox': {
    roles: ['admin', 'analyst', 'auditor'],
    own: { url: '/api/notifications/outbox' }
  },
  'GET /api/notifications/channels': {
    roles: ['admin', 'analyst', 'auditor'],
    own: { url: '/api/notifications/channels' }
  },
  'POST /api/notifications/channels/:id/test': {
    roles: ['admin'],
    own: { url: '/api/notifications/channels/sms/test', body: { to: '0905000000' } },
    then: 'channel.off',
    provinceOnly: 'scope.province'
  },
  'GET /api/notifications/roster': {
    roles: ['admin', 'analyst', 'auditor'],
    own: { url: '/api/notifications/roster' }
  },
  'PUT /api/notifications/roster/pattern': {
    roles: ['admin'],
    own: { url: '/api/notifications/roster/pattern', body: { weekday: 1, shift: 'day', users: [] } },
    provinceOnly: 'scope.province'
  },
  'PUT /api/notifications/roster/day': {
    roles: ['admin'],
    own: { url: '/api/notifications/roster/day', body: { day: '2023-11-30', shift: 'day', users: null } },
    provinceOnly: 'scope.province'
  },
  'PUT /api/notifications/roster/shifts': {
    roles: ['admin'],
    own: {
      url: '/api/notifications/roster/shifts',
      body: [{ id: 'day', name: 'Ca ngày', startMin: 420, endMin: 1140 }]
    },
    provinceOnly: 'scope.province'
  },
  'GET /api/notifications/policy': {
    roles: ['admin', 'analyst', 'auditor'],
    own: { url: '/api/notifications/policy' }
  },
  'PUT /api/notifications/policy/:priority': {
    roles: ['admin'],
    own: {
      url: '/api/notifications/policy/4',
      body: { when: 'digest', steps: [{ afterMin: 0, to: 'first', by: ['email'] }], repeatEveryMin: 0, repeats: 0 }
    },
    provinceOnly: 'scope.province'
  },
  'DELETE /api/notifications/policy/:priority': {
    roles: ['admin'],
    own: { url: '/api/notifications/policy/4' },
    provinceOnly: 'scope.province'
  },
  'GET /api/notifications/people': {
    roles: ['admin'],
    own: { url: '/api/notifications/people' },
    provinceOnly: 'scope.province'
  },
  'PUT /api/notifications/people/:id': {
    roles: ['admin'],
    own: {
      url: `/api/notifications/people/${ownUser}`,
      body: { addresses: { phone: '', email: '' }, channels: [] }
    },
    provinceOnly: 'scope.province'
  }
})
