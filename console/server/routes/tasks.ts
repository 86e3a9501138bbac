import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { type TaskDetail, type tasksApi } from '#core/api/tasks.ts'
import { SocError } from '#core/errors.ts'
import { may } from '#control/rights/permissions.ts'
import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { mask, showWhole } from '#control/rights/masking.ts'
import { inScope, narrow, type Scope } from '#control/rights/scope.ts'
import { contentTypes, keptName } from '#control/tasks/file-kind.ts'
import { incidentToActOn } from './acting.ts'
import { reading } from './raw-file.ts'
import type { Handlers } from './serve.ts'

type Seen = Parameters<typeof viewerOf>[0]

/** What the SOC asks of units: for both sides of the request, each within its scope. */
export function taskHandlers(context: Context): Handlers<typeof tasksApi> {
  const { tasks } = context

  /** A task that the caller may see; links are told only to those who send them. */
  function seen(request: Seen, id: string): TaskDetail {
    const detail = tasks.detail(id)
    if (detail === undefined || !inScope(request.scope, detail.task.unit.code)) throw notFound('task', id)
    return forViewer(request, detail)
  }
  const forViewer = (request: Seen, detail: TaskDetail): TaskDetail =>
    may(viewerOf(request), 'tasks.send') ? detail : { ...detail, links: [] }

  /** Alerts and incident that the caller may act on, each inside the scope. */
  function mayAskAbout(scope: Scope, alerts: readonly string[], incident: string | null) {
    const units = context.alerts.unitsOf(alerts)
    for (const alert of alerts) {
      const unit = units.get(alert)
      if (unit === undefined || !inScope(scope, unit)) throw notFound('alert', alert)
    }
    if (incident !== null) incidentToActOn(context, scope, incident)
  }

  return {
    'GET /api/tasks': (request) => {
      const { view = 'open', unit, limit = 100, ...filter } = request.query
      return tasks.list({ ...filter, view, limit, scope: narrow(request.scope, unit, context.inventory) })
    },
    'GET /api/tasks/:id': (request) => seen(request, request.params.id),
    'GET /api/task-suggestion': (request) => {
      const alerts = (request.query.alerts ?? '').split(',').filter((id) => id !== '')
      const incident = request.query.incident ?? null
      mayAskAbout(request.scope, alerts, incident)
      return tasks.suggest({ alerts, incident }, request.query.unit)
    },
    'POST /api/tasks': (request) => {
      const { id, name } = viewerOf(request)
      const draft = request.body
      mayAskAbout(request.scope, draft.alerts, draft.incident)
      if (!inScope(request.scope, draft.unit)) throw notFound('unit', draft.unit)
      return context.control.transaction(() => {
        const detail = tasks.send(draft, { id, name })
        const params = { unit: draft.unit, alerts: draft.alerts.slice(0, 20), incident: draft.incident }
        auditAct(context, request, 'task.sent', detail.task.id, params)
        return detail
      })
    },
    'POST /api/tasks/:id/acts': (request) => {
      const { id, name } = viewerOf(request)
      const task = seen(request, request.params.id).task.id
      return context.control.transaction(() => {
        const { detail, link } = tasks.act(task, request.body, { id, name })
        const shown = link === null ? {} : { shown: true }
        auditAct(context, request, `task.${request.body.kind}`, task, shown)
        // A link is random letters: masking must not take some of them for a number.
        return link === null ? { detail, link } : showWhole({ detail: mask(detail), link })
      })
    },
    'POST /api/tasks/:id/answers': (request) => {
      const { id, name } = viewerOf(request)
      const task = seen(request, request.params.id).task.id
      return context.control.transaction(() => {
        const detail = tasks.answer(task, request.body, { id, name })
        auditAct(context, request, `task.${request.body.kind}`, task)
        return forViewer(request, detail)
      })
    },
    // A raw body: nothing of it is parsed, and nothing is read before the task is known to be the caller's.
    'POST /api/tasks/:id/files': {
      bodies: 'stream',
      handle: async (request, reply) =>
        reading(request, reply, async (body, declared) => {
          const { id, name } = viewerOf(request)
          const task = request.params.id
          const row = tasks.row(task)
          if (row === undefined || !inScope(request.scope, row.unit.code)) throw notFound('task', task)
          tasks.checkFileRoom(task)
          const file = await tasks.evidence.take(body, { ...declared, task })
          try {
            return context.control.transaction(() => {
              const detail = tasks.keepFile(task, file, { id, name })
              auditAct(context, request, 'task.file', task, { sha256: file.sha256 })
              return { ...detail, links: [] }
            })
          } catch (error) {
            await tasks.evidence.discard(file.id)
            throw error
          }
        })
    },
    'GET /api/tasks/:id/files/:file': (request, reply) => {
      const task = seen(request, request.params.id).task.id
      const file = tasks.file(task, request.params.file)
      if (file === undefined) throw new SocError('file.not_found', 'there is no such file', { status: 404 })
      auditAct(context, request, 'task.file_read', task, { file: file.id, sha256: file.sha256 })
      return asDownload(reply, file, tasks.evidence.read(file.id))
    }
  }
}

/** Evidence goes out as a download only: never rendered, never run, whatever is in it. */
function asDownload(
  reply: FastifyReply,
  file: { name: string; kind: keyof typeof contentTypes; size: number },
  stream: Readable
): Readable {
  // Files of an older version were kept under the name they came with.
  const name = keptName(file.name, file.kind)
  const plain = name.normalize('NFKD').replace(/[^\w. -]/g, '_')
  void reply
    .header('content-type', contentTypes[file.kind])
    .header('content-length', String(file.size))
    .header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${rfc5987(name)}`)
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; sandbox")
  return stream
}

const rfc5987 = (name: string) =>
  encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
