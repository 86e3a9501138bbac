import { SocError } from '#core/errors.ts'
import { verifyPassword } from '#control/accounts/password.ts'
import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { showWhole } from '#control/rights/masking.ts'
import { rulesOf } from '#control/accounts/new-password.ts'
import { sessionOf, type Opening } from './opening.ts'
import type { accountApi } from '#core/api/accounts.ts'
import type { Handlers } from './serve.ts'

/** The own account: second factor, sessions, rights. Everything here is about whoever asks, never about somebody else. */
export function accountHandlers(context: Context, opening: Opening): Handlers<typeof accountApi> {
  const { control, grants, policy, sessions, totp, users } = context
  const required = (viewer: ReturnType<typeof viewerOf>) =>
    viewer.assignments.some((assignment) => policy.get().totpRoles.includes(assignment.role))

  /** Asks for the password again before the second factor is touched; tries count like those of the sign-in. */
  async function checkOwnPassword(request: Parameters<Opening['tryOrRefuse']>[0], username: string, password: string) {
    opening.tryOrRefuse(request, username)
    const found = users.credentials(username)
    if (found === undefined || !(await verifyPassword(password, found.password, opening.turnOf(request, username))))
      throw new SocError('password.wrong', 'the password is wrong', { status: 422 })
    if (found.breakGlass !== '')
      throw new SocError('break_glass.sealed', 'the break-glass account is changed on the command line only', {
        status: 409
      })
    opening.tryWasGood(request, username)
  }

  function checkCode(
    request: Parameters<Opening['tryOrRefuse']>[0],
    viewer: { id: string; username: string },
    code: string
  ) {
    opening.tryOrRefuse(request, viewer.username)
    if (totp.use(viewer.id, code) === undefined)
      throw new SocError('totp.wrong', 'the code is wrong, or was used already', { status: 422 })
    opening.tryWasGood(request, viewer.username)
  }

  return {
    'GET /api/account': (request) => {
      const viewer = viewerOf(request)
      const { password_set_at: passwordSetAt } = control.single<{ password_set_at: number }>(
        'SELECT password_set_at FROM users WHERE id = ?',
        viewer.id
      )
      return {
        email: users.get(viewer.id)?.email ?? '',
        totp: { ...totp.state(viewer.id), required: required(viewer) },
        passwordSetAt,
        rules: rulesOf(context),
        via: viewer.session.via,
        grants: grants.ofUser(viewer.id),
        sessions: sessions.ofUser(viewer.id, viewer.session.id)
      }
    },
    'POST /api/account/totp': async (request) => {
      const viewer = viewerOf(request)
      await checkOwnPassword(request, viewer.username, request.body.password)
      const setup = totp.begin(viewer.id, viewer.username)
      auditAct(context, request, 'totp.begun', viewer.id)
      return showWhole(setup)
    },
    'POST /api/account/totp/confirm': (request) => {
      const viewer = viewerOf(request)
      opening.tryOrRefuse(request, viewer.username)
      return control.transaction(() => {
        const codes = totp.confirm(viewer.id, request.body.code.trim())
        if (codes === undefined) throw new SocError('totp.wrong', 'the code is wrong', { status: 422 })
        opening.tryWasGood(request, viewer.username)
        auditAct(context, request, 'totp.enabled', viewer.id)
        // This session goes on: a new cookie would race with whatever its open pages ask for just now.
        sessions.endAllOf(viewer.id, viewer.session.id)
        return showWhole({ codes, session: sessionOf({ ...viewer, mustSetUpTotp: false }) })
      })
    },
    'POST /api/account/totp/recovery': (request) => {
      const viewer = viewerOf(request)
      checkCode(request, viewer, request.body.code)
      return control.transaction(() => {
        auditAct(context, request, 'totp.recovery_renewed', viewer.id)
        return showWhole({ codes: totp.renewRecovery(viewer.id) })
      })
    },
    'POST /api/account/totp/disable': async (request) => {
      const viewer = viewerOf(request)
      if (required(viewer)) throw new SocError('totp.required', 'the policy asks for a second factor', { status: 409 })
      await checkOwnPassword(request, viewer.username, request.body.password)
      checkCode(request, viewer, request.body.code)
      control.transaction(() => {
        totp.remove(viewer.id)
        auditAct(context, request, 'totp.disabled', viewer.id)
      })
    },
    'DELETE /api/account/sessions/:id': (request) => {
      const viewer = viewerOf(request)
      const { id } = request.params
      if (!sessions.ofUser(viewer.id).some((session) => session.id === id)) throw notFound('session', id)
      control.transaction(() => {
        sessions.end(id)
        auditAct(context, request, 'session.revoked', id)
      })
    },
    'DELETE /api/account/sessions': (request) => {
      const viewer = viewerOf(request)
      control.transaction(() => {
        const ended = sessions.endAllOf(viewer.id, viewer.session.id)
        auditAct(context, request, 'session.others_revoked', viewer.id, { ended })
      })
    }
  }
}
