import { Type } from 'typebox'
import { SignInWays } from './accounts.ts'
import type { Routes } from './routes.ts'

/** Sign-in with the identity provider. Local accounts work whether it answers or not. */
export const oidcApi = {
  'GET /api/session/ways': { who: 'public', about: 'Ways to sign in', answer: SignInWays },
  'POST /api/session/oidc': {
    who: 'public',
    about: 'Begin a sign-in with the identity provider; gives the address to go to',
    answer: Type.Object({ location: Type.String() })
  },
  'GET /api/session/oidc/return': {
    who: 'public',
    about: 'Where the identity provider sends people back to',
    note: '302 to `/`, or to `/?refused=CODE`; only with the cookie of the button.',
    answers: {
      302: { type: 'null', description: 'Back to the console; refused=CODE in the address when it was refused' }
    }
  }
} satisfies Routes
