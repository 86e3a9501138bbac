import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LinkTask } from '#core/api/tasks.ts'
import { SocError } from '#core/errors.ts'
import type { Context } from '../context.ts'
import { mask, showWhole } from '#control/rights/masking.ts'
import { createGuessLimit } from '#control/tasks/guess-limit.ts'
import type { taskLinksApi } from '#core/api/task-links.ts'
import { reading } from './raw-file.ts'
import type { Handlers } from './serve.ts'

/**
 * The public side of a task: whoever holds the link, without an account or session. Nothing here is told to somebody who
 * does not hold one, and nothing is changed by reading.
 */
export function taskLinkHandlers(context: Context): Handlers<typeof taskLinksApi> {
  const { desk, evidence } = context.tasks
  const guesses = createGuessLimit(context.clock)
  const tls = context.config.SOC_TLS_CERT !== ''
  // A proxy on this machine may hold the certificate for us.
  const isSecure = (request: FastifyRequest) => tls || request.protocol === 'https'
  const cookieOf = (request: FastifyRequest, linkId: string) => `${isSecure(request) ? '__Host-' : ''}vl_task_${linkId}`
  const jarOf = (request: FastifyRequest) => (linkId: string) => request.cookies[cookieOf(request, linkId)]

  /** The same answer, in the same way, for unknown, revoked, expired and ended: nobody learns which. */
  function gone(request: FastifyRequest): SocError {
    const { waitS, first } = guesses.count(request.ip)
    if (first) context.audit.record({ user: 'system', act: 'task_link.guessed', target: '', address: request.ip })
    return waitS > 0
      ? new SocError('request.too_many', 'too many unknown links', { status: 429, params: { retryAfterS: waitS } })
      : new SocError('task_link.gone', 'this link is not valid', {
          status: 404,
          // The desk's own number is there to be called.
          params: showWhole({ hotline: context.config.SOC_HOTLINE })
        })
  }

  /** Browsers say where a request comes from; whatever does not is no page of ours. The gate has refused other sites. */
  function fromOwnPage(request: FastifyRequest) {
    if (request.headers.origin === undefined && request.headers['sec-fetch-site'] === undefined)
      throw new SocError('request.foreign_origin', 'the request does not say where it comes from', { status: 403 })
  }
  const closed = (reply: FastifyReply) =>
    reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').header('x-robots-tag', 'noindex')

  /** Masked here: the nonce is random letters, and the desk's number is there to be called. */
  const shown = (task: LinkTask): LinkTask => showWhole({ ...mask(task), nonce: task.nonce, hotline: task.hotline })
  const recordByLink = (request: FastifyRequest, kind: string, task: string) =>
    context.audit.record({ user: 'link', act: `task.${kind}`, target: task, address: request.ip })
  return {
    'GET /api/task-links/:token': (request, reply) => {
      closed(reply)
      const opened = desk.open(request.params.token, jarOf(request))
      if (opened === undefined) throw gone(request)
      void reply.setCookie(cookieOf(request, opened.linkId), opened.secret, {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: isSecure(request),
        // Relative: a phone's clock may be wrong.
        maxAge: Math.ceil((opened.expiresAt - context.clock.now()) / 1000)
      })
      return shown(opened.task)
    },
    'POST /api/task-links/:token/answers': (request, reply) => {
      closed(reply)
      fromOwnPage(request)
      const task = context.control.transaction(() => {
        const answered = desk.answer(request.params.token, jarOf(request), request.body)
        if (answered !== undefined) recordByLink(request, request.body.kind, answered.code)
        return answered
      })
      // Outside: what is told of a guesser must not be rolled back with the refusal.
      if (task === undefined) throw gone(request)
      return shown(task)
    },
    // A raw body: nothing of it is parsed, and nothing is read before the link is known to be good.
    'POST /api/task-links/:token/files': {
      bodies: 'stream',
      handle: async (request, reply) => {
        closed(reply)
        return reading(request, reply, async (body, declared) => {
          fromOwnPage(request)
          const nonce = request.headers['x-task-nonce']
          const ticket = desk.admit(request.params.token, jarOf(request), { nonce, ...declared })
          if (ticket === undefined) throw gone(request)
          if (ticket.repeated) return shown(desk.after(ticket))
          const file = await evidence.take(body, { ...declared, task: ticket.record.id })
          try {
            const task = context.control.transaction(() => {
              const kept = desk.keep(request.params.token, jarOf(request), ticket, file)
              if (kept !== undefined) recordByLink(request, 'file', kept.code)
              return kept
            })
            if (task === undefined) throw gone(request)
            return shown(task)
          } catch (error) {
            await evidence.discard(file.id)
            throw error
          }
        })
      }
    }
  }
}
