import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { LinkAnswer, LinkTask, TaskDetail } from '#core/api/tasks.ts'
import { SocError } from '#core/errors.ts'
import { auditAct, notFound, viewerOf, type App, type Context } from '../context.ts'
import { mask, showWhole } from '#control/rights/masking.ts'
import { inScope } from '#control/rights/scope.ts'
import { MAX_FILE_BYTES } from '#control/tasks/evidence.ts'
import { createGuessLimit } from '#control/tasks/guess-limit.ts'

const Token = Type.Object({ token: Type.String({ minLength: 1, maxLength: 200 }) })
const Upload = Type.Object({
  'x-task-nonce': Type.String({ minLength: 1, maxLength: 200 }),
  'x-file-name': Type.String({ minLength: 1, maxLength: 1000 })
})

/**
 * The public side of a task: whoever holds the link, without an account or session. Nothing here is told to somebody who
 * does not hold one, and nothing is changed by reading.
 */
export function taskLinkRoutes(app: App, context: Context): void {
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

  app.get(
    '/api/task-links/:token',
    { schema: { summary: 'The task behind a link', params: Token, response: { 200: LinkTask } } },
    (request, reply) => {
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
    }
  )

  app.post(
    '/api/task-links/:token/answers',
    { schema: { summary: 'Answer by link', params: Token, body: LinkAnswer, response: { 200: LinkTask } } },
    (request, reply) => {
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
    }
  )

  const recordByLink = (request: FastifyRequest, kind: string, task: string) =>
    context.audit.record({ user: 'link', act: `task.${kind}`, target: task, address: request.ip })

  // Files come as raw bodies: nothing of them is parsed, and nothing is read before the link is known to be good.
  void app.register(async (inner) => {
    const files = inner as unknown as App
    files.removeAllContentTypeParsers()
    files.addContentTypeParser('*', (_request, body, done) => done(null, body))

    files.post(
      '/api/task-links/:token/files',
      { schema: { summary: 'Send a file by link', params: Token, headers: Upload, response: { 200: LinkTask } } },
      async (request, reply) => {
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
    )

    files.post(
      '/api/tasks/:id/files',
      {
        schema: {
          summary: 'Send a file from an account',
          params: Type.Object({ id: Type.String({ maxLength: 50 }) }),
          headers: Type.Object({ 'x-file-name': Upload.properties['x-file-name'] }),
          response: { 200: TaskDetail }
        }
      },
      async (request, reply) =>
        reading(request, reply, async (body, declared) => {
          const { id, name } = viewerOf(request)
          const task = request.params.id
          const row = context.tasks.row(task)
          if (row === undefined || !inScope(request.scope, row.unit.code)) throw notFound('task', task)
          context.tasks.checkFileRoom(task)
          const file = await evidence.take(body, { ...declared, task })
          try {
            return context.control.transaction(() => {
              const detail = context.tasks.keepFile(task, file, { id, name })
              auditAct(context, request, 'task.file', task, { sha256: file.sha256 })
              return { ...detail, links: [] }
            })
          } catch (error) {
            await evidence.discard(file.id)
            throw error
          }
        })
    )
  })
}

/** Runs `work` on a raw body; when it is refused the connection ends, so that nobody goes on sending what nobody reads. */
async function reading<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  work: (body: Readable, declared: { name: string; size: number }) => Promise<T>
): Promise<T> {
  try {
    const size = Number(request.headers['content-length'] ?? 0)
    if (size > MAX_FILE_BYTES)
      throw new SocError('file.too_large', 'a file has at most 10 MB', { status: 413, params: { maxMb: 10 } })
    const body = request.body as Readable | undefined
    if (body === undefined) throw new SocError('file.empty', 'there is no file', { status: 422 })
    return await work(body, { name: decoded(String(request.headers['x-file-name'])), size })
  } catch (error) {
    void reply.header('connection', 'close')
    throw error
  }
}

/** Browsers send the name percent-encoded, as a header holds no Vietnamese. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
