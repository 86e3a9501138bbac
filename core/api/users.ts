import { Type } from 'typebox'
import { Id, Nothing } from './common.ts'
import { NewUser, OncePassword, Person, UserChange, UserRow } from './people.ts'
import type { Routes } from './routes.ts'

/** Accounts, and the people who may be given work. */
export const usersApi = {
  'GET /api/users': { who: 'users.manage', about: 'Accounts', answer: Type.Array(UserRow) },
  'POST /api/users': {
    who: 'users.manage',
    about: 'New account; its password, or its invitation, is shown once',
    body: NewUser,
    answer: OncePassword
  },
  'PATCH /api/users/:id': {
    who: 'users.manage',
    about: 'Change an account',
    params: Id,
    body: UserChange,
    answer: UserRow
  },
  'POST /api/users/:id/password': {
    who: 'users.manage',
    about: 'New password, shown once; ends the sessions',
    params: Id,
    answer: OncePassword
  },
  'DELETE /api/users/:id/sessions': {
    who: 'users.manage',
    about: 'End all sessions of an account',
    params: Id,
    answer: Nothing
  },
  'GET /api/people': { who: 'people.read', about: 'Who may be assigned', answer: Type.Array(Person) }
} satisfies Routes
