import { Type } from 'typebox'
import { GrantRow, NewGrant, OidcLink, OnceLink, UserDetail } from './accounts.ts'
import { Id, Nothing } from './common.ts'
import type { Routes } from './routes.ts'

const IdAndGrant = Type.Object({ id: Id.properties.id, grant: Id.properties.id })
const IdAndSession = Type.Object({ id: Id.properties.id, session: Id.properties.id })

/** What an administrator does about one account beside changing it: links, sessions, second factor, provider, temporary rights. */
export const userAccessApi = {
  'GET /api/users/:id': {
    who: 'users.manage',
    about: 'An account with its grants, sessions and links',
    params: Id,
    answer: UserDetail
  },
  'POST /api/users/:id/link': {
    who: 'users.manage',
    about: 'A link with which the person sets the own password, shown once; those before are revoked',
    params: Id,
    answer: OnceLink
  },
  'DELETE /api/users/:id/link': {
    who: 'users.manage',
    about: 'Revoke the links that wait',
    params: Id,
    answer: Nothing
  },
  'DELETE /api/users/:id/sessions/:session': {
    who: 'users.manage',
    about: 'End one session of an account',
    params: IdAndSession,
    answer: Nothing
  },
  'DELETE /api/users/:id/totp': {
    who: 'users.manage',
    about: 'Take the second factor off a lost phone’s account; ends its sessions',
    params: Id,
    answer: Nothing
  },
  'PUT /api/users/:id/oidc': {
    who: 'users.manage',
    about: 'Tie an account to a person of the identity provider; an empty object unties it',
    params: Id,
    body: OidcLink,
    answer: Nothing
  },
  'POST /api/users/:id/grants': {
    who: 'users.manage',
    about: 'Rights for a time: a role, units, or both',
    params: Id,
    body: NewGrant,
    answer: GrantRow
  },
  'DELETE /api/users/:id/grants/:grant': {
    who: 'users.manage',
    about: 'Take temporary rights back, at once',
    params: IdAndGrant,
    answer: Nothing
  }
} satisfies Routes
