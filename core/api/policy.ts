import { AccountPolicy } from './accounts.ts'
import type { Routes } from './routes.ts'

/** Rules for passwords and second factors; one set for the platform, so only an administrator of the province sets them. */
export const policyApi = {
  'GET /api/account-policy': {
    who: 'users.manage',
    about: 'Rules for passwords and second factors',
    answer: AccountPolicy
  },
  'PUT /api/account-policy': {
    who: 'users.manage',
    about: 'Set the rules for passwords and second factors',
    note: 'Administrators of the whole province.',
    body: AccountPolicy,
    answer: AccountPolicy
  }
} satisfies Routes
