import type { AccountPolicy, NewGrant, OidcLink } from '#core/api/accounts.ts'
import type { auditApi } from '#core/api/audit.ts'
import type { NewUser, UserChange } from '#core/api/people.ts'
import type { policyApi } from '#core/api/policy.ts'
import type { userAccessApi } from '#core/api/user-access.ts'
import type { usersApi } from '#core/api/users.ts'
import type { Call, Query } from '../api/call.ts'

type AdminApi = typeof usersApi & typeof userAccessApi & typeof policyApi & typeof auditApi

/** Accounts, their rights and sessions, the rules for passwords, and the log of acts. */
export const adminCalls = (call: Call<AdminApi>) => ({
  people: () => call('GET /api/people'),
  users: () => call('GET /api/users'),
  createUser: (draft: NewUser) => call('POST /api/users', { body: draft }),
  changeUser: (id: string, change: UserChange) => call('PATCH /api/users/:id', { params: { id }, body: change }),
  resetPassword: (id: string) => call('POST /api/users/:id/password', { params: { id } }),
  endSessions: (id: string) => call('DELETE /api/users/:id/sessions', { params: { id } }),
  user: (id: string) => call('GET /api/users/:id', { params: { id } }),
  makeLink: (id: string) => call('POST /api/users/:id/link', { params: { id } }),
  revokeLink: (id: string) => call('DELETE /api/users/:id/link', { params: { id } }),
  endSession: (id: string, session: string) =>
    call('DELETE /api/users/:id/sessions/:session', { params: { id, session } }),
  resetTotp: (id: string) => call('DELETE /api/users/:id/totp', { params: { id } }),
  tieOidc: (id: string, link: OidcLink) => call('PUT /api/users/:id/oidc', { params: { id }, body: link }),
  grant: (id: string, grant: NewGrant) => call('POST /api/users/:id/grants', { params: { id }, body: grant }),
  revokeGrant: (id: string, grant: string) => call('DELETE /api/users/:id/grants/:grant', { params: { id, grant } }),
  accountPolicy: () => call('GET /api/account-policy'),
  setAccountPolicy: (policy: AccountPolicy) => call('PUT /api/account-policy', { body: policy }),
  audit: (query: Query) => call('GET /api/audit', { query })
})
