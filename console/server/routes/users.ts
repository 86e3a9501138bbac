import { Type, type Static } from 'typebox'
import { NewUser, OncePassword, UserChange, UserRow } from '#core/api/people.ts'
import { hashPassword, randomPassword } from '#control/accounts/password.ts'
import { SocError } from '#core/errors.ts'
import { auditAct, viewerOf, type App, type Context } from '../context.ts'
import { showWhole } from '#control/rights/masking.ts'
import { makeLink } from '#control/accounts/account-link.ts'
import { checkUnits, managed } from '../views/managed-user.ts'
import { manages } from '#control/rights/scope.ts'
import { Id, Nothing } from './query.ts'

const People = Type.Array(Type.Object({ id: Type.String(), name: Type.String() }))

/** Accounts, and the people who may be given work. */
export function userRoutes(app: App, context: Context): void {
  const { control, links, sessions, users } = context

  app.get('/api/users', { schema: { summary: 'Accounts', response: { 200: Type.Array(UserRow) } } }, (request) =>
    users.list().filter((user) => manages(request.scope, user))
  )

  app.post(
    '/api/users',
    {
      schema: {
        summary: 'New account; its password, or its invitation, is shown once',
        body: NewUser,
        response: { 200: OncePassword }
      }
    },
    async (request) => {
      const { username, name, role, units, mayUnmask = false, email = '', invite = false } = request.body
      checkUnits(context, units, request.scope)
      const password = invite ? '' : randomPassword()
      // An invited account has no password until its person sets one: this is no hash, so nothing matches it.
      const hash = invite ? '!' : await hashPassword(password)
      return control.transaction(() => {
        const user = users.create({ username, name, role, units, mayUnmask, email }, hash)
        auditAct(context, request, 'user.created', user.id, { username, role, units, mayUnmask })
        if (!invite) return showWhole({ user, password })
        const link = makeLink(context, user, 'invite', viewerOf(request).username)
        auditAct(context, request, 'link.created', user.id, { kind: 'invite', sent: link.sent ? 1 : 0 })
        return showWhole({ user, password, link })
      })
    }
  )

  app.patch(
    '/api/users/:id',
    { schema: { summary: 'Change an account', params: Id, body: UserChange, response: { 200: UserRow } } },
    (request) => {
      const { id } = request.params
      const user = managed(context, id, request.scope)
      const { name, role, units, enabled, mayUnmask, email } = request.body
      // Role and units cannot be widened here; to see citizens' numbers whole is given by somebody else.
      if (mayUnmask === true && !user.mayUnmask && id === viewerOf(request).id)
        throw new SocError('user.self', 'nobody gives himself this right', { status: 403 })
      if (units !== undefined) checkUnits(context, units, request.scope)
      const change = Object.fromEntries(
        Object.entries({ name, role, units, enabled, mayUnmask, email }).filter(([, value]) => value !== undefined)
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
      managed(context, id, request.scope)
      const password = randomPassword()
      const hash = await hashPassword(password)
      control.transaction(() => {
        users.setPassword(id, hash, true)
        // Who holds an older link must not set another one after this.
        links.revokeAll(id)
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
      managed(context, id, request.scope, { sealed: true })
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
