import type { FastifyReply, FastifyRequest } from 'fastify'
import { SocError } from '#core/errors.ts'
import { sameToken } from '#control/accounts/sessions.ts'
import { isForeign } from './origin-check.ts'
import type { App, Context } from './context.ts'
import { standingFor } from '#control/rights/standing.ts'

/** With TLS the browser itself holds the cookie to this host and to TLS. */
export const cookieName = (tls: boolean) => (tls ? '__Host-vl_session' : 'vl_session')

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The one way in: every request passes here before its handler. Finds the viewer, checks session, forced password change,
 * origin, CSRF token and permission, and sets the unit scope. A route that does not say whom it lets in (`config.who`)
 * cannot be registered, so it cannot be forgotten.
 */
export function addGate(app: App, context: Context): void {
  const cookie = cookieName(context.config.SOC_TLS_CERT !== '')
  app.decorateRequest('viewer', undefined)
  app.decorateRequest('scope', undefined)
  app.addHook('onRoute', (route) => {
    if (route.config?.who === undefined)
      throw new Error(`${String(route.method)} ${route.url} has no entry: it does not say whom it lets in`)
  })
  app.addHook('onRequest', async (request) => {
    // Nothing is seen until the checks below have set it.
    request.scope = new Set()
    const needed = request.is404 ? 'public' : request.routeOptions.config.who
    const isAct = !safeMethods.has(request.method)
    if (isAct && isForeign(request.headers))
      throw new SocError('request.foreign_origin', 'the request comes from another site', { status: 403 })
    if (needed === 'public') return
    const viewer = context.sessions.find(request.cookies[cookie] ?? '')
    if (viewer === undefined) throw new SocError('session.none', 'not signed in', { status: 401 })
    request.viewer = viewer
    if (isAct) {
      const token = request.headers['x-csrf-token']
      if (typeof token !== 'string' || !sameToken(token, viewer.session.csrf))
        throw new SocError('csrf.wrong', 'the header x-csrf-token is missing or wrong', { status: 403 })
    }
    if (viewer.mustChangePassword && needed !== 'own_session')
      throw new SocError('password.must_change', 'the password must be changed first', { status: 403 })
    if (viewer.mustSetUpTotp && needed !== 'own_session')
      throw new SocError('totp.must_set_up', 'a second factor must be set up first', { status: 403 })
    const standing = standingFor(viewer.assignments, needed, context.inventory)
    if (standing === undefined)
      throw new SocError('access.denied', 'this role may not do that', {
        status: 403,
        params: { role: viewer.role, needed: needed ?? '' }
      })
    // The role a route looks at is the one that holds in these units; who am I tells the leading one.
    if (needed !== 'own_session') request.viewer = { ...viewer, role: standing.role }
    request.scope = standing.scope
  })
  app.addHook('onResponse', async (request, reply) => auditRefusal(context, request, reply))
}

/** Acts of signed-in people that were refused are on record too; anonymous ones are counted by the sign-in limit. */
function auditRefusal(context: Context, request: FastifyRequest, reply: FastifyReply) {
  if (request.viewer === undefined || safeMethods.has(request.method) || reply.statusCode < 400) return
  context.audit.record({
    user: request.viewer.username,
    act: 'refused',
    target: `${request.method} ${request.routeOptions.url ?? ''}`,
    params: { status: reply.statusCode, path: request.url.split('?')[0]!.slice(0, 300) },
    address: request.ip
  })
}
