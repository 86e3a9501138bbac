import { randomBytes } from 'node:crypto'
import { SocError } from '#core/errors.ts'
import { hashPassword, owaspCost, verifyPassword } from '#control/accounts/password.ts'
import { auditAct, viewerOf, type Context } from '../context.ts'
import { checkNewPassword } from '#control/accounts/new-password.ts'
import { publicAddress } from '../public-address.ts'
import { sessionOf, type Opening } from './opening.ts'
import type { sessionApi } from '#core/api/session.ts'
import type { Handlers } from './serve.ts'

/** A hash nobody's password has: verifying against it costs what a real one costs, so unknown names take as long. */
const decoy = (() => {
  const part = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '')
  const { memory, passes, parallelism } = owaspCost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${part(16)}$${part(32)}`
})()

/** Sign-in with its second step, sign-out, who am I, and the change of one's own password. */
export function sessionHandlers(context: Context, opening: Opening): Handlers<typeof sessionApi> {
  const { audit, links, sessions, signInLimit, steps, totp, users } = context
  return {
    'POST /api/session': async (request, reply) => {
      const username = request.body.username.trim().toLowerCase()
      opening.tryOrRefuse(request, username)
      const found = users.credentials(username)
      const usable = found !== undefined && found.enabled && found.password.startsWith('$argon2id$')
      const right = await verifyPassword(
        request.body.password,
        usable ? found.password : decoy,
        opening.turnOf(request, username)
      )
      if (!right || !usable) {
        // People type their password into the wrong field: only names of accounts are written down.
        const target = found === undefined ? '(unknown)' : username
        audit.record({ user: target, act: 'session.refused', target: '', address: request.ip })
        throw new SocError('session.refused', 'user name or password is wrong', { status: 401 })
      }
      return opening.afterPassword({ ...found, username }, request, reply)
    },
    'POST /api/session/step': (request, reply) => {
      const { token, code, reason = '' } = request.body
      const step = steps.attempt(token)
      opening.tryOrRefuse(request, step.username)
      const user = users.get(step.userId)
      if (user === undefined || !user.enabled) {
        steps.end(token)
        throw new SocError('session.step_expired', 'sign in again: this step is over', { status: 401 })
      }
      if (step.kind === 'reason' && reason.trim().length < 10)
        throw new SocError('break_glass.reason', 'say why the break-glass account is opened', { status: 422 })
      const used = step.kind === 'code' ? totp.use(user.id, code ?? '') : undefined
      if (step.kind === 'code' && used === undefined) {
        audit.record({ user: user.username, act: 'totp.refused', target: '', address: request.ip })
        throw new SocError('totp.wrong', 'the code is wrong, or was used already', { status: 422 })
      }
      steps.end(token)
      opening.tryWasGood(request, user.username)
      if (!opening.turnOf(request, user.username).known) signInLimit.giveBack(step.address)
      if (step.kind === 'reason') return opening.breakGlass(user, reason.trim(), request, reply)
      if (used === 'recovery')
        audit.record({ user: user.username, act: 'totp.recovery_used', target: user.id, address: request.ip })
      return opening.signIn(user, 'password', request, reply)
    },
    'GET /api/session': (request) => sessionOf(viewerOf(request)),
    'DELETE /api/session': async (request, reply) => {
      const viewer = viewerOf(request)
      context.control.transaction(() => {
        sessions.end(viewer.session.id)
        auditAct(context, request, 'session.closed', '')
      })
      opening.clear(request, reply)
      const location =
        viewer.session.via === 'oidc'
          ? await context.oidc?.logoutUrl(new URL('/', publicAddress(context.config, request)).href)
          : undefined
      if (location !== undefined) return { location }
      void reply.code(204)
      return null
    },
    'POST /api/session/password': async (request, reply) => {
      const viewer = viewerOf(request)
      const { current, next } = request.body
      opening.tryOrRefuse(request, viewer.username)
      const found = users.credentials(viewer.username)
      if (
        found === undefined ||
        !(await verifyPassword(current, found.password, opening.turnOf(request, viewer.username)))
      )
        throw new SocError('password.wrong', 'the current password is wrong', { status: 422 })
      opening.tryWasGood(request, viewer.username)
      if (found.breakGlass !== '')
        throw new SocError('break_glass.sealed', 'the break-glass account is changed on the command line only', {
          status: 409
        })
      if (current.normalize('NFKC') === next.normalize('NFKC'))
        throw new SocError('password.same', 'the new password is the old one', { status: 422 })
      await checkNewPassword(context, { id: viewer.id, username: viewer.username, password: found.password }, next)
      const hash = await hashPassword(next)
      return context.control.transaction(() => {
        users.setPassword(viewer.id, hash, false)
        // Who holds an older link must not set another one after this.
        links.revokeAll(viewer.id)
        sessions.endAllOf(viewer.id)
        auditAct(context, request, 'password.changed', viewer.id)
        return opening.open(viewer.id, viewer.session.via, request, reply)
      })
    }
  }
}
