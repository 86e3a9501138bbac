import { Type, type Static } from 'typebox'
import { NewUser, OncePassword, UserChange, UserRow } from '#core/api.ts'
import { SocError } from '#core/errors.ts'
import { hashPassword, randomPassword } from '../accounts/password.ts'
import { auditAct, notFound, type App, type Context } from '../context.ts'
import { showWhole } from '../masking.ts'
import { inScope, manages, type Scope } from '../scope.ts'
import { Id, Nothing } from './query.ts'

const People = Type.Array(Type.Object({ id: Type.String(), name: Type.String() }))

/** Accounts, and the people who may be given work. */
export function userRoutes(app: App, context: Context): void {
  const { control, inventory, sessions, users } = context

  /** Nobody gives away more units than he has; an administrator of some units makes no administrator of all. */
  function checkUnits(units: readonly string[], scope: Scope) {
    for (const unit of units)
      if (inventory.unit(unit) === undefined || !inScope(scope, unit))
        throw new SocError('unit.unknown', 'no such unit', { status: 422, params: { unit: unit.slice(0, 50) } })
    if (scope !== undefined && units.length === 0)
      throw new SocError('unit.required', 'a unit must be named', { status: 422 })
  }
  function mine(id: string, scope: Scope): UserRow {
    const user = users.get(id)
    if (user === undefined || !manages(scope, user)) throw notFound('user', id)
    return user
  }

  app.get('/api/users', { schema: { summary: 'Accounts', response: { 200: Type.Array(UserRow) } } }, (request) =>
    users.list().filter((user) => manages(request.scope, user))
  )

  app.post(
    '/api/users',
    { schema: { summary: 'New account; its password is shown once', body: NewUser, response: { 200: OncePassword } } },
    async (request) => {
      const { username, name, role, units, mayUnmask = false } = request.body
      checkUnits(units, request.scope)
      const password = randomPassword()
      const hash = await hashPassword(password)
      const user = control.transaction(() => {
        const made = users.create({ username, name, role, units, mayUnmask }, hash)
        auditAct(context, request, 'user.created', made.id, { username, role, units, mayUnmask })
        return made
      })
      return showWhole({ user, password })
    }
  )

  app.patch(
    '/api/users/:id',
    { schema: { summary: 'Change an account', params: Id, body: UserChange, response: { 200: UserRow } } },
    (request) => {
      const { id } = request.params
      mine(id, request.scope)
      const { name, role, units, enabled, mayUnmask } = request.body
      if (units !== undefined) checkUnits(units, request.scope)
      const change = Object.fromEntries(
        Object.entries({ name, role, units, enabled, mayUnmask }).filter(([, value]) => value !== undefined)
      ) as Static<typeof UserChange>
      control.transaction(() => {
        users.change(id, change)
        if (enabled === false) sessions.endAllOf(id)
        auditAct(context, request, 'user.changed', id, change)
      })
      // Open sockets stand in rooms of the old grant; they come back with the new one.
      sessions.grantsChanged(id)
      return users.get(id)!
    }
  )

  app.post(
    '/api/users/:id/password',
    { schema: { summary: 'New password, shown once; ends the sessions', params: Id, response: { 200: OncePassword } } },
    async (request) => {
      const { id } = request.params
      mine(id, request.scope)
      const password = randomPassword()
      const hash = await hashPassword(password)
      control.transaction(() => {
        users.setPassword(id, hash, true)
        sessions.endAllOf(id)
        auditAct(context, request, 'user.password_reset', id)
      })
      return showWhole({ user: users.get(id)!, password })
    }
  )

  app.delete(
    '/api/users/:id/sessions',
    { schema: { summary: 'End all sessions of an account', params: Id, response: { 204: Nothing } } },
    (request, reply) => {
      const { id } = request.params
      mine(id, request.scope)
      control.transaction(() => {
        const ended = sessions.endAllOf(id)
        auditAct(context, request, 'user.sessions_ended', id, { ended })
      })
      void reply.code(204)
      return null
    }
  )

  app.get('/api/people', { schema: { summary: 'Who may be assigned', response: { 200: People } } }, () =>
    users.assignable()
  )
}
