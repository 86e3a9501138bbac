import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { ChangePassword, Session, SignIn } from '#core/api.ts'
import { SocError } from '#core/errors.ts'
import { checkPassword } from '../accounts/password-rules.ts'
import { hashPassword, owaspCost, verifyPassword } from '../accounts/password.ts'
import type { Viewer } from '../accounts/sessions.ts'
import { auditAct, viewerOf, type App, type Context } from '../context.ts'
import { cookieName } from '../gate.ts'
import { showWhole } from '../masking.ts'

/** A hash nobody's password has: verifying against it costs what a real one costs, so unknown names take as long. */
const decoy = (() => {
  const part = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '')
  const { memory, passes, parallelism } = owaspCost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${part(16)}$${part(32)}`
})()

const sessionOf = (viewer: Viewer): Session =>
  showWhole({
    user: {
      id: viewer.id,
      username: viewer.username,
      name: viewer.name,
      role: viewer.role,
      units: viewer.units,
      mayUnmask: viewer.mayUnmask
    },
    mustChangePassword: viewer.mustChangePassword,
    csrf: viewer.session.csrf
  })

/** Sign-in, sign-out, who am I, and the change of one's own password. */
export function sessionRoutes(app: App, context: Context): void {
  const tls = context.config.SOC_TLS_CERT !== ''
  const cookie = cookieName(tls)
  const options = { path: '/', httpOnly: true, sameSite: 'strict' } as const
  const { audit, sessions, users, signInLimit } = context

  function tryOrRefuse(address: string, username: string) {
    const waitMs = signInLimit.begin(address, username)
    if (waitMs > 0)
      throw new SocError('session.too_many', 'too many tries: wait', {
        status: 429,
        params: { retryAfterS: Math.ceil(waitMs / 1000) }
      })
  }
  function open(
    userId: string,
    request: { ip: string; protocol: string; headers: { 'user-agent'?: string } },
    reply: FastifyReply
  ) {
    const from = { address: request.ip, agent: request.headers['user-agent'] ?? '' }
    const opened = sessions.open(userId, from)
    // A proxy on this machine may hold the certificate for us.
    void reply.setCookie(cookie, opened.cookie, { ...options, secure: tls || request.protocol === 'https' })
    return sessionOf(opened.viewer)
  }

  app.post(
    '/api/session',
    { schema: { summary: 'Sign in', body: SignIn, response: { 200: Session } } },
    async (request, reply) => {
      const username = request.body.username.trim().toLowerCase()
      tryOrRefuse(request.ip, username)
      const found = users.credentials(username)
      const right = await verifyPassword(request.body.password, found?.password ?? decoy)
      if (!right || found === undefined || !found.enabled) {
        // People type their password into the wrong field: only names of accounts are written down.
        const target = found === undefined ? '(unknown)' : username
        audit.record({ user: target, act: 'session.refused', target: '', address: request.ip })
        throw new SocError('session.refused', 'user name or password is wrong', { status: 401 })
      }
      signInLimit.succeeded(request.ip, username)
      // Whatever cookie came along never becomes the new session; a session it named ends.
      const old = sessions.find(request.cookies[cookie] ?? '', { touch: false })
      return context.control.transaction(() => {
        if (old !== undefined) sessions.end(old.session.id)
        users.signedIn(found.id)
        audit.record({ user: username, act: 'session.opened', target: '', address: request.ip })
        return open(found.id, request, reply)
      })
    }
  )

  app.get('/api/session', { schema: { summary: 'Who is signed in', response: { 200: Session } } }, (request) =>
    sessionOf(viewerOf(request))
  )

  app.delete('/api/session', { schema: { summary: 'Sign out', response: { 204: Type.Null() } } }, (request, reply) => {
    context.control.transaction(() => {
      sessions.end(viewerOf(request).session.id)
      auditAct(context, request, 'session.closed', '')
    })
    void reply.clearCookie(cookie, { ...options, secure: tls || request.protocol === 'https' }).code(204)
    return null
  })

  app.post(
    '/api/session/password',
    {
      schema: {
        summary: 'Change the own password; ends all other sessions and renews this one',
        body: ChangePassword,
        response: { 200: Session }
      }
    },
    async (request, reply) => {
      const viewer = viewerOf(request)
      const { current, next } = request.body
      tryOrRefuse(request.ip, viewer.username)
      const found = users.credentials(viewer.username)
      if (found === undefined || !(await verifyPassword(current, found.password)))
        throw new SocError('password.wrong', 'the current password is wrong', { status: 422 })
      signInLimit.succeeded(request.ip, viewer.username)
      if (current.normalize('NFKC') === next.normalize('NFKC'))
        throw new SocError('password.same', 'the new password is the old one', { status: 422 })
      checkPassword(next, viewer.username)
      const hash = await hashPassword(next)
      return context.control.transaction(() => {
        users.setPassword(viewer.id, hash, false)
        sessions.endAllOf(viewer.id)
        auditAct(context, request, 'password.changed', viewer.id)
        return open(viewer.id, request, reply)
      })
    }
  )
}
