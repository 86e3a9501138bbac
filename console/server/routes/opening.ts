import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SecondStep } from '#core/api/accounts.ts'
import type { Session } from '#core/api/people.ts'
import { SocError } from '#core/errors.ts'
import { callerOf } from '#core/network.ts'
import type { HashTurn } from '#control/accounts/password.ts'
import { breakSeal } from '#control/accounts/break-glass.ts'
import type { SessionVia, Viewer } from '#control/accounts/sessions.ts'
import type { Context } from '../context.ts'
import { cookieName } from '../gate.ts'
import { showWhole } from '#control/rights/masking.ts'

/** A device is known for half a year after its last sign-in. */
const DEVICE_S = 180 * 86_400

/** A request that tries a password or code; `viewer` when it comes from a session. */
type Trying = Pick<FastifyRequest, 'ip' | 'cookies'> & { viewer?: Viewer | undefined }
type Asking = Pick<FastifyRequest, 'ip' | 'protocol' | 'cookies'> & { headers: { 'user-agent'?: string } }

export const sessionOf = (viewer: Viewer): Session =>
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
    mustSetUpTotp: viewer.mustSetUpTotp,
    csrf: viewer.session.csrf
  })

/** How every way of signing in ends: a session with its cookie, or the second step before it. */
export function createOpening(context: Context) {
  const tls = context.config.SOC_TLS_CERT !== ''
  const name = cookieName(tls)
  const options = { path: '/', httpOnly: true, sameSite: 'strict' } as const
  const { audit, clock, control, devices, notifications, sessions, signInLimit, steps, totp, users } = context

  const deviceName = tls ? '__Host-vl_device' : 'vl_device'
  const deviceCookie = (request: Pick<Asking, 'cookies'>) => request.cookies[deviceName] ?? ''
  /** What proves that a request is no stranger's: its session, else a device in which the account has signed in before. */
  function deviceOf(request: Trying, username: string): string | undefined {
    const { viewer } = request
    return viewer?.username === username
      ? `session ${viewer.session.id}`
      : devices.find(deviceCookie(request), username)
  }
  /** Whose turn the password's hash takes. */
  function turnOf(request: Trying, username: string): HashTurn {
    const device = deviceOf(request, username)
    return { caller: device ?? callerOf(request.ip), known: device !== undefined }
  }
  /** The try was good. */
  const tryWasGood = (request: Trying, username: string) =>
    signInLimit.succeeded(request.ip, username, deviceOf(request, username))

  /** Counts a try of a password or code against device, address and account; refuses with `session.too_many` while one must wait. */
  function tryOrRefuse(request: Trying, username: string): void {
    const waitMs = signInLimit.begin(request.ip, username, deviceOf(request, username))
    if (waitMs > 0)
      throw new SocError('session.too_many', 'too many tries: wait', {
        status: 429,
        params: { retryAfterS: Math.ceil(waitMs / 1000) }
      })
  }
  /** A session for somebody who has proved who it is. Whatever cookie came along never becomes it; a session it named ends. */
  function open(userId: string, via: SessionVia, request: Asking, reply: FastifyReply): Session {
    const old = sessions.find(request.cookies[name] ?? '', { touch: false })
    if (old !== undefined) sessions.end(old.session.id)
    const opened = sessions.open(userId, { address: request.ip, agent: request.headers['user-agent'] ?? '' }, via)
    // A proxy on this machine may hold the certificate for us.
    const secure = tls || request.protocol === 'https'
    void reply.setCookie(name, opened.cookie, { ...options, secure })
    const device = devices.remember(deviceCookie(request), userId, request.ip)
    void reply.setCookie(deviceName, device, { ...options, secure, maxAge: DEVICE_S })
    return sessionOf(opened.viewer)
  }
  function signIn(
    user: { id: string; username: string },
    via: SessionVia,
    request: Asking,
    reply: FastifyReply
  ): Session {
    return control.transaction(() => {
      users.signedIn(user.id)
      audit.record({
        user: user.username,
        act: 'session.opened',
        target: '',
        params: via === 'password' ? {} : { via },
        address: request.ip
      })
      return open(user.id, via, request, reply)
    })
  }
  /** The password was right. Those with a second factor, and the break-glass account, are asked for one thing more (202). */
  function afterPassword(
    user: { id: string; username: string; breakGlass: string },
    request: Asking,
    reply: FastifyReply
  ): Session | SecondStep {
    const kind = user.breakGlass !== '' ? 'reason' : totp.state(user.id).enabled ? 'code' : undefined
    if (kind === undefined) {
      tryWasGood(request, user.username)
      return signIn(user, 'password', request, reply)
    }
    const step = steps.begin({ userId: user.id, username: user.username, kind, address: request.ip })
    void reply.code(202)
    return showWhole({ step: kind, ...step })
  }
  /** Opens the sealed account: its password is spent, administrators are told, and an alert is raised. */
  function breakGlass(
    user: { id: string; username: string },
    reason: string,
    request: Asking,
    reply: FastifyReply
  ): Session {
    return control.transaction(() => {
      breakSeal(control, user.id)
      const at = clock.now()
      audit.record({
        user: user.username,
        act: 'break_glass.opened',
        target: user.id,
        params: { reason },
        address: request.ip
      })
      notifications.announce({
        key: `break-glass:${at}`,
        topic: 'account',
        priority: 1,
        origin: 'real',
        subject: `break-glass:${at}`,
        unit: '',
        to: [{ kind: 'role', role: 'admin' }],
        title: { vi: 'Tài khoản khẩn cấp vừa được mở', en: 'The break-glass account was opened' },
        body: {
          vi: 'Có người vừa đăng nhập bằng tài khoản khẩn cấp. Xem nhật ký kiểm tra; nếu không phải người của ta, kết thúc phiên ngay.',
          en: 'Somebody signed in with the break-glass account. See the audit log; if it is none of yours, end the session now.'
        },
        code: 'KHAN-CAP',
        link: '/admin/audit',
        escalates: false
      })
      control.afterCommit(() =>
        context.breakGlassUsed({ at, userId: user.id, username: user.username, address: request.ip, reason })
      )
      return signIn(user, 'break_glass', request, reply)
    })
  }
  function clear(request: Asking, reply: FastifyReply): void {
    void reply.clearCookie(name, { ...options, secure: tls || request.protocol === 'https' })
  }
  return { tryOrRefuse, tryWasGood, turnOf, open, signIn, afterPassword, breakGlass, clear }
}

export type Opening = ReturnType<typeof createOpening>
