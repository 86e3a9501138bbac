import { Type } from 'typebox'
import { SecondStep, Welcome } from './accounts.ts'
import { Session } from './people.ts'
import type { Routes } from './routes.ts'

const Token = Type.Object({ token: Type.String({ minLength: 1, maxLength: 100 }) })
const NewPassword = Type.Object({ password: Type.String({ minLength: 1, maxLength: 1000 }) })

/** Where an invitation or a reset by link ends: the person sets the own password. Looking (GET) changes nothing. */
export const welcomeApi = {
  'GET /api/welcome/:token': {
    who: 'public',
    about: 'Whom a link is for, and what a password must be like',
    note: 'Whoever has the link; looking changes nothing.',
    params: Token,
    answer: Welcome
  },
  'POST /api/welcome/:token': {
    who: 'public',
    about: 'Set the password by a link, once; signs in, or asks for the second step',
    note: 'Whoever has the link.',
    params: Token,
    body: NewPassword,
    answer: Session,
    answers: { 202: SecondStep }
  }
} satisfies Routes
