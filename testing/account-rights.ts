import { roles, type Role } from '#core/roles.ts'
import { FOREIGN, OWN, START } from './world.ts'

type Shot = { url: string; body?: unknown }

/** Who may use which route of accounts, written down once more for the test of every right. */
export const accountRights = (ids: {
  ownUser: string
  foreignUser: string
}): Record<string, { roles: Role[]; own: Shot; foreign?: Shot; then?: string; provinceOnly?: string }> => ({
  'GET /api/users': { roles: ['admin'], own: { url: '/api/users' } },
  'POST /api/users': {
    roles: ['admin'],
    own: { url: '/api/users', body: { username: 'NEW', name: 'x', role: 'owner', units: [OWN] } },
    foreign: { url: '/api/users', body: { username: 'NEW', name: 'x', role: 'owner', units: [FOREIGN] } }
  },
  'PATCH /api/users/:id': {
    roles: ['admin'],
    own: { url: `/api/users/${ids.ownUser}`, body: { name: 'y' } },
    foreign: { url: `/api/users/${ids.foreignUser}`, body: { name: 'y' } }
  },
  'POST /api/users/:id/password': {
    roles: ['admin'],
    own: { url: `/api/users/${ids.ownUser}/password` },
    foreign: { url: `/api/users/${ids.foreignUser}/password` }
  },
  'DELETE /api/users/:id/sessions': {
    roles: ['admin'],
    own: { url: `/api/users/${ids.ownUser}/sessions` },
    foreign: { url: `/api/users/${ids.foreignUser}/sessions` }
  },
  'GET /api/account': { roles: [...roles], own: { url: '/api/account' } },
  'POST /api/account/totp': {
    then: 'password.wrong',
    roles: [...roles],
    own: { url: '/api/account/totp', body: { password: 'x' } }
  },
  'POST /api/account/totp/confirm': {
    then: 'totp.none',
    roles: [...roles],
    own: { url: '/api/account/totp/confirm', body: { code: '000000' } }
  },
  'POST /api/account/totp/recovery': {
    then: 'totp.wrong',
    roles: [...roles],
    own: { url: '/api/account/totp/recovery', body: { code: '000000' } }
  },
  'POST /api/account/totp/disable': {
    then: 'password.wrong',
    roles: [...roles],
    own: { url: '/api/account/totp/disable', body: { password: 'x', code: '000000' } }
  },
  'DELETE /api/account/sessions': { roles: [...roles], own: { url: '/api/account/sessions' } },
  'DELETE /api/account/sessions/:id': {
    then: 'session.not_found',
    roles: [...roles],
    own: { url: '/api/account/sessions/x' }
  },
  'GET /api/users/:id': {
    roles: ['admin'],
    own: { url: `/api/users/${ids.ownUser}` },
    foreign: { url: `/api/users/${ids.foreignUser}` }
  },
  'POST /api/users/:id/link': {
    roles: ['admin'],
    own: { url: `/api/users/${ids.ownUser}/link` },
    foreign: { url: `/api/users/${ids.foreignUser}/link` }
  },
  'DELETE /api/users/:id/link': {
    roles: ['admin'],
    own: { url: `/api/users/${ids.ownUser}/link` },
    foreign: { url: `/api/users/${ids.foreignUser}/link` }
  },
  'DELETE /api/users/:id/sessions/:session': {
    then: 'session.not_found',
    roles: ['admin'],
    own: { url: `/api/users/${ids.ownUser}/sessions/x` },
    foreign: { url: `/api/users/${ids.foreignUser}/sessions/x` }
  },
  'DELETE /api/users/:id/totp': {
    then: 'totp.none',
    roles: ['admin'],
    own: { url: `/api/users/${ids.ownUser}/totp` },
    foreign: { url: `/api/users/${ids.foreignUser}/totp` }
  },
  'PUT /api/users/:id/oidc': {
    then: 'oidc.off',
    roles: ['admin'],
    own: { url: `/api/users/${ids.ownUser}/oidc`, body: {} },
    foreign: { url: `/api/users/${ids.foreignUser}/oidc`, body: {} }
  },
  'POST /api/users/:id/grants': {
    roles: ['admin'],
    own: {
      url: `/api/users/${ids.ownUser}/grants`,
      body: { role: null, units: [OWN], from: 0, to: START + 86_400_000, reason: 'trực thay' }
    },
    foreign: {
      url: `/api/users/${ids.foreignUser}/grants`,
      body: { role: null, units: [FOREIGN], from: 0, to: START + 86_400_000, reason: 'trực thay' }
    }
  },
  'DELETE /api/users/:id/grants/:grant': {
    then: 'grant.not_found',
    roles: ['admin'],
    own: { url: `/api/users/${ids.ownUser}/grants/x` },
    foreign: { url: `/api/users/${ids.foreignUser}/grants/x` }
  },
  'GET /api/account-policy': { roles: ['admin'], own: { url: '/api/account-policy' } },
  'PUT /api/account-policy': {
    provinceOnly: 'policy.province_only',
    roles: ['admin'],
    own: {
      url: '/api/account-policy',
      body: { minLength: 12, classes: 0, history: 5, maxAgeDays: 0, refusedWords: [], totpRoles: [] }
    }
  }
})
