import type { FastifyRequest } from 'fastify'
import { SocError } from '#core/errors.ts'
import type { FoundLink } from '#control/accounts/links.ts'
import { hashPassword } from '#control/accounts/password.ts'
import type { Context } from '../context.ts'
import { checkNewPassword, rulesOf } from '#control/accounts/new-password.ts'
import type { Opening } from './opening.ts'
import type { welcomeApi } from '#core/api/welcome.ts'
import type { Handlers } from './serve.ts'

/** Where an invitation or a reset by link ends: the person sets the own password. Looking (GET) changes nothing. */
export function welcomeHandlers(context: Context, opening: Opening): Handlers<typeof welcomeApi> {
  const { audit, control, links, sessions, signInLimit, users } = context

  /** The link and its account. Guessing is hopeless (256 bits); it is slowed down all the same. */
  function open(token: string, request: FastifyRequest) {
    let link: FoundLink
    try {
      link = links.find(token)
    } catch (error) {
      if (error instanceof SocError && error.code === 'link.unknown') opening.tryOrRefuse(request, `link ${request.ip}`)
      throw error
    }
    const user = users.get(link.userId)
    if (user === undefined || !user.enabled || user.breakGlass !== '')
      throw new SocError('link.revoked', 'the account is closed', { status: 410 })
    return { link, user }
  }

  return {
    'GET /api/welcome/:token': (request) => {
      const { link, user } = open(request.params.token, request)
      return {
        kind: link.kind,
        name: user.name,
        username: user.username,
        expiresAt: link.expiresAt,
        rules: rulesOf(context)
      }
    },
    'POST /api/welcome/:token': async (request, reply) => {
      const { token } = request.params
      const { user } = open(token, request)
      const { password } = request.body
      const found = users.credentials(user.username)!
      await checkNewPassword(context, { id: user.id, username: user.username, password: found.password }, password)
      const hash = await hashPassword(password)
      control.transaction(() => {
        const link = links.use(token)
        users.setPassword(user.id, hash, false)
        sessions.endAllOf(user.id)
        audit.record({
          user: user.username,
          act: 'link.used',
          target: user.id,
          params: { kind: link.kind },
          address: request.ip
        })
      })
      // afterPassword gives a counted try back: count one.
      signInLimit.begin(request.ip, user.username)
      return opening.afterPassword({ ...user }, request, reply)
    }
  }
}
