import { Type } from 'typebox'
import { SecondStep, TakeStep } from './accounts.ts'
import { ChangePassword, Session, SignIn } from './people.ts'
import { Nothing } from './common.ts'
import type { Routes } from './routes.ts'

/** Sign-in with its second step, sign-out, who am I, and the change of one's own password. */
export const sessionApi = {
  'POST /api/session': {
    who: 'public',
    about: 'Sign in; 202 when a second step is asked for',
    note: 'Sets the cookie. Rate limited.',
    body: SignIn,
    answer: Session,
    answers: { 202: SecondStep }
  },
  'POST /api/session/step': {
    who: 'public',
    about: 'Second step of a sign-in',
    note: 'After a 202 of the sign-in; sets the cookie. 5 tries, rate limited.',
    body: TakeStep,
    answer: Session
  },
  'GET /api/session': { who: 'own_session', about: 'Who is signed in', answer: Session },
  'DELETE /api/session': {
    who: 'own_session',
    about: 'Sign out; 200 with the address where the identity provider signs out, when it has one',
    answer: Type.Object({ location: Type.String() }),
    answers: { 204: Nothing }
  },
  'POST /api/session/password': {
    who: 'own_session',
    about: 'Change the own password; ends all other sessions and renews this one',
    body: ChangePassword,
    answer: Session
  }
} satisfies Routes
