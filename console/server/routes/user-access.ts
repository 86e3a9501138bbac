import { SocError } from '#core/errors.ts'
import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { showWhole } from '#control/rights/masking.ts'
import { makeLink } from '#control/accounts/account-link.ts'
import { authorityOf } from '#control/accounts/grants.ts'
import { checkUnits, managed, managedWhole, mayGive } from '../views/managed-user.ts'
import type { userAccessApi } from '#core/api/user-access.ts'
import type { Handlers } from './serve.ts'

/** What an administrator does about one account beside changing it: links, sessions, second factor, provider, temporary rights. */
export function userAccessHandlers(context: Context): Handlers<typeof userAccessApi> {
  const { control, grants, links, oidc, oidcAccounts, sessions, totp, users } = context

  function notSelf(request: Parameters<typeof viewerOf>[0], id: string) {
    if (viewerOf(request).id === id)
      throw new SocError('user.self', 'somebody else must do that for you', { status: 403 })
  }

  return {
    'GET /api/users/:id': (request) => {
      const { id } = request.params
      const user = managed(context, id, request.scope, { sealed: true })
      return {
        user,
        oidc: oidcAccounts.ofUser(id),
        grants: grants.ofUser(id),
        sessions: sessions.ofUser(id, viewerOf(request).session.id),
        links: links.ofUser(id)
      }
    },
    'POST /api/users/:id/link': (request) => {
      const { id } = request.params
      const user = managedWhole(context, request, id)
      return control.transaction(() => {
        const kind = user.lastSignInAt === null ? 'invite' : 'reset'
        const link = makeLink(context, user, kind, viewerOf(request).username)
        auditAct(context, request, 'link.created', id, { kind, sent: link.sent ? 1 : 0 })
        return showWhole({ user: users.get(id)!, ...link })
      })
    },
    'DELETE /api/users/:id/link': (request) => {
      const { id } = request.params
      managedWhole(context, request, id, { taking: true })
      control.transaction(() => {
        const revoked = links.revokeAll(id)
        auditAct(context, request, 'link.revoked', id, { revoked })
      })
    },
    'DELETE /api/users/:id/sessions/:session': (request) => {
      const { id, session } = request.params
      managedWhole(context, request, id, { sealed: true, taking: true })
      if (!sessions.ofUser(id).some((one) => one.id === session)) throw notFound('session', session)
      control.transaction(() => {
        sessions.end(session)
        auditAct(context, request, 'user.session_ended', id, { session })
      })
    },
    'DELETE /api/users/:id/totp': (request) => {
      const { id } = request.params
      notSelf(request, id)
      managedWhole(context, request, id)
      control.transaction(() => {
        if (!totp.remove(id)) throw new SocError('totp.none', 'there is no second factor', { status: 409 })
        sessions.endAllOf(id)
        auditAct(context, request, 'user.totp_reset', id)
      })
    },
    'PUT /api/users/:id/oidc': (request) => {
      const { id } = request.params
      notSelf(request, id)
      managedWhole(context, request, id)
      if (oidc === undefined) throw new SocError('oidc.off', 'no identity provider is configured', { status: 404 })
      const { subject, login } = request.body
      control.transaction(() => {
        oidcAccounts.link(id, oidc.issuer, { ...(subject && { subject }), ...(login && { login }) })
        auditAct(context, request, 'user.oidc_linked', id, { ...(subject && { subject }), ...(login && { login }) })
      })
    },
    'POST /api/users/:id/grants': (request) => {
      const { id } = request.params
      notSelf(request, id)
      const user = managedWhole(context, request, id)
      const { role, units, from, to, reason } = request.body
      if (units.length > 0) checkUnits(context, units, request.scope)
      const given = { role: role ?? user.role, units: units.length > 0 ? units : user.units, mayUnmask: user.mayUnmask }
      mayGive(context, request, authorityOf(given, []))
      const made = control.transaction(() => {
        const grant = grants.add(user, { role, units, from, to, reason: reason.trim() }, viewerOf(request).username)
        auditAct(context, request, 'grant.given', id, {
          grant: grant.id,
          role: role ?? '',
          units,
          from: grant.from,
          to: grant.to,
          reason: grant.reason
        })
        return grant
      })
      // Open sockets stand in rooms of the old rights; they come back with the new ones.
      sessions.grantsChanged(id)
      return made
    },
    'DELETE /api/users/:id/grants/:grant': (request) => {
      const { id, grant } = request.params
      managedWhole(context, request, id, { taking: true })
      control.transaction(() => {
        if (!grants.revoke(id, grant, viewerOf(request).username)) throw notFound('grant', grant)
        auditAct(context, request, 'grant.revoked', id, { grant })
      })
      sessions.grantsChanged(id)
    }
  }
}
