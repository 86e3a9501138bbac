import type { UserChange } from '#core/api/people.ts'
import { hashPassword, randomPassword } from '#control/accounts/password.ts'
import { SocError } from '#core/errors.ts'
import { auditAct, viewerOf, type Context } from '../context.ts'
import { showWhole } from '#control/rights/masking.ts'
import { workersOf } from './acting.ts'
import { makeLink } from '#control/accounts/account-link.ts'
import { authorityOf } from '#control/accounts/grants.ts'
import { checkUnits, managedWhole, mayGive } from '../views/managed-user.ts'
import { manages } from '#control/rights/scope.ts'
import type { usersApi } from '#core/api/users.ts'
import type { Handlers } from './serve.ts'

/** Accounts, and the people who may be given work. */
export function userHandlers(context: Context): Handlers<typeof usersApi> {
  const { control, links, sessions, users } = context
  return {
    'GET /api/users': (request) => users.list().filter((user) => manages(request.scope, user)),
    'POST /api/users': async (request) => {
      const { username, name, role, units, mayUnmask = false, email = '', invite = false } = request.body
      checkUnits(context, units, request.scope)
      mayGive(context, request, authorityOf({ role, units, mayUnmask }, []))
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
    },
    'PATCH /api/users/:id': (request) => {
      const { id } = request.params
      const { name, role, units, enabled, mayUnmask, email } = request.body
      const kept = { name, role, units, email, enabled: enabled || undefined, mayUnmask: mayUnmask || undefined }
      const taking = Object.values(kept).every((value) => value === undefined)
      const user = managedWhole(context, request, id, { taking })
      // To see citizens' numbers whole is given by somebody else.
      if (mayUnmask === true && !user.mayUnmask && id === viewerOf(request).id)
        throw new SocError('user.self', 'nobody gives himself this right', { status: 403 })
      if (units !== undefined) checkUnits(context, units, request.scope)
      if (!taking) {
        const next = { role: role ?? user.role, units: units ?? user.units, mayUnmask: mayUnmask ?? user.mayUnmask }
        mayGive(context, request, authorityOf(next, context.grants.openOf(id)))
      }
      const change = Object.fromEntries(
        Object.entries({ name, role, units, enabled, mayUnmask, email }).filter(([, value]) => value !== undefined)
      ) as UserChange
      control.transaction(() => {
        users.change(id, change)
        if (enabled === false) sessions.endAllOf(id)
        auditAct(context, request, 'user.changed', id, change)
      })
      // Open sockets stand in rooms of the old grant; they come back with the new one.
      sessions.grantsChanged(id)
      return users.get(id)!
    },
    'POST /api/users/:id/password': async (request) => {
      const { id } = request.params
      managedWhole(context, request, id)
      const password = randomPassword()
      const hash = await hashPassword(password)
      control.transaction(() => {
        // The hash took a while, in which rights may have been given.
        managedWhole(context, request, id)
        users.setPassword(id, hash, true)
        // Who holds an older link must not set another one after this.
        links.revokeAll(id)
        sessions.endAllOf(id)
        auditAct(context, request, 'user.password_reset', id)
      })
      return showWhole({ user: users.get(id)!, password })
    },
    'DELETE /api/users/:id/sessions': (request) => {
      const { id } = request.params
      managedWhole(context, request, id, { sealed: true, taking: true })
      control.transaction(() => {
        const ended = sessions.endAllOf(id)
        auditAct(context, request, 'user.sessions_ended', id, { ended })
      })
    },
    'GET /api/people': (request) => workersOf(context, request.scope)
  }
}
