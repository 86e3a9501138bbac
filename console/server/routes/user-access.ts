import { Type } from 'typebox'
import { GrantRow, NewGrant, OidcLink, OnceLink, UserDetail } from '#core/api/accounts.ts'
import { SocError } from '#core/errors.ts'
import { auditAct, notFound, viewerOf, type App, type Context } from '../context.ts'
import { showWhole } from '#control/rights/masking.ts'
import { makeLink } from '#control/accounts/account-link.ts'
import { checkUnits, managed } from '../views/managed-user.ts'
import { Id, Nothing } from './query.ts'

const IdAndGrant = Type.Object({ id: Id.properties.id, grant: Id.properties.id })
const IdAndSession = Type.Object({ id: Id.properties.id, session: Id.properties.id })

/** What an administrator does about one account beside changing it: links, sessions, second factor, provider, temporary rights. */
export function userAccessRoutes(app: App, context: Context): void {
  const { control, grants, links, oidc, oidcAccounts, sessions, totp, users } = context

  function notSelf(request: Parameters<typeof viewerOf>[0], id: string) {
    if (viewerOf(request).id === id)
      throw new SocError('user.self', 'somebody else must do that for you', { status: 403 })
  }

  app.get(
    '/api/users/:id',
    {
      schema: { summary: 'An account with its grants, sessions and links', params: Id, response: { 200: UserDetail } }
    },
    (request) => {
      const { id } = request.params
      const user = managed(context, id, request.scope, { sealed: true })
      return {
        user,
        oidc: oidcAccounts.of(id),
        grants: grants.of(id),
        sessions: sessions.of(id, viewerOf(request).session.id),
        links: links.of(id)
      }
    }
  )

  app.post(
    '/api/users/:id/link',
    {
      schema: {
        summary: 'A link with which the person sets the own password, shown once; those before are revoked',
        params: Id,
        response: { 200: OnceLink }
      }
    },
    (request) => {
      const { id } = request.params
      const user = managed(context, id, request.scope)
      return control.transaction(() => {
        const kind = user.lastSignInAt === null ? 'invite' : 'reset'
        const link = makeLink(context, user, kind, viewerOf(request).username)
        auditAct(context, request, 'link.created', id, { kind, sent: link.sent ? 1 : 0 })
        return showWhole({ user: users.get(id)!, ...link })
      })
    }
  )

  app.delete(
    '/api/users/:id/link',
    { schema: { summary: 'Revoke the links that wait', params: Id, response: { 204: Nothing } } },
    (request, reply) => {
      const { id } = request.params
      managed(context, id, request.scope)
      control.transaction(() => {
        const revoked = links.revokeAll(id)
        auditAct(context, request, 'link.revoked', id, { revoked })
      })
      void reply.code(204)
      return null
    }
  )

  app.delete(
    '/api/users/:id/sessions/:session',
    { schema: { summary: 'End one session of an account', params: IdAndSession, response: { 204: Nothing } } },
    (request, reply) => {
      const { id, session } = request.params
      managed(context, id, request.scope, { sealed: true })
      if (!sessions.of(id).some((one) => one.id === session)) throw notFound('session', session)
      control.transaction(() => {
        sessions.end(session)
        auditAct(context, request, 'user.session_ended', id, { session })
      })
      void reply.code(204)
      return null
    }
  )

  app.delete(
    '/api/users/:id/totp',
    {
      schema: {
        summary: 'Take the second factor off a lost phone’s account; ends its sessions',
        params: Id,
        response: { 204: Nothing }
      }
    },
    (request, reply) => {
      const { id } = request.params
      notSelf(request, id)
      managed(context, id, request.scope)
      control.transaction(() => {
        if (!totp.remove(id)) throw new SocError('totp.none', 'there is no second factor', { status: 409 })
        sessions.endAllOf(id)
        auditAct(context, request, 'user.totp_reset', id)
      })
      void reply.code(204)
      return null
    }
  )

  app.put(
    '/api/users/:id/oidc',
    {
      schema: {
        summary: 'Tie an account to a person of the identity provider; an empty object unties it',
        params: Id,
        body: OidcLink,
        response: { 204: Nothing }
      }
    },
    (request, reply) => {
      const { id } = request.params
      notSelf(request, id)
      managed(context, id, request.scope)
      if (oidc === undefined) throw new SocError('oidc.off', 'no identity provider is configured', { status: 404 })
      const { subject, login } = request.body
      control.transaction(() => {
        oidcAccounts.link(id, oidc.issuer, { ...(subject && { subject }), ...(login && { login }) })
        auditAct(context, request, 'user.oidc_linked', id, { ...(subject && { subject }), ...(login && { login }) })
      })
      void reply.code(204)
      return null
    }
  )

  app.post(
    '/api/users/:id/grants',
    {
      schema: {
        summary: 'Rights for a time: a role, units, or both',
        params: Id,
        body: NewGrant,
        response: { 200: GrantRow }
      }
    },
    (request) => {
      const { id } = request.params
      notSelf(request, id)
      const user = managed(context, id, request.scope)
      const { role, units, from, to, reason } = request.body
      if (units.length > 0) checkUnits(context, units, request.scope)
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
    }
  )

  app.delete(
    '/api/users/:id/grants/:grant',
    { schema: { summary: 'Take temporary rights back, at once', params: IdAndGrant, response: { 204: Nothing } } },
    (request, reply) => {
      const { id, grant } = request.params
      managed(context, id, request.scope)
      control.transaction(() => {
        if (!grants.revoke(id, grant, viewerOf(request).username)) throw notFound('grant', grant)
        auditAct(context, request, 'grant.revoked', id, { grant })
      })
      sessions.grantsChanged(id)
      void reply.code(204)
      return null
    }
  )
}
