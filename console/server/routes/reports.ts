import { Type } from 'typebox'
import { oneOf } from '#core/api/common.ts'
import {
  NewReport,
  NewSubscriber,
  ReportJob,
  ReportList,
  ReportRow,
  ReportSettings,
  ReportSubscriber,
  reportKinds
} from '#core/api/reports.ts'
import { SocError } from '#core/errors.ts'
import { auditAct, notFound, viewerOf, type App, type Context } from '../context.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import { Id, limitOf, Nothing, text } from './query.ts'

const Query = Type.Object({ kind: Type.Optional(oneOf(reportKinds)), cursor: text(30), limit: limitOf(50, 200) })
const FileId = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 40 }),
  file: Type.Enum(['pdf', 'docx'])
})
const types = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
} as const

/** Reports: the archive, making one now, what is printed on them, and who gets them. */
export function reportRoutes(app: App, context: Context): void {
  const { control, reports } = context

  /** The report when it is within the scope; one of the province is for those who see the province. */
  function readable(id: string, scope: Scope): ReportRow {
    const report = reports.get(id)
    const allowed =
      report !== undefined && (scope === undefined || (report.unit !== null && scope.has(report.unit.code)))
    if (!allowed) throw notFound('report', id)
    return report
  }

  /** Who gets what goes out: within the scope only reports of its own units. */
  function sendable(unit: string, scope: Scope): boolean {
    return scope === undefined || (unit !== '' && scope.has(unit))
  }

  app.get(
    '/api/reports',
    { schema: { summary: 'Archived reports', querystring: Query, response: { 200: ReportList } } },
    (request) => {
      const { kind, cursor, limit = 50 } = request.query
      return reports.list({
        limit,
        ...(kind === undefined ? {} : { kind }),
        ...(cursor === undefined ? {} : { cursor }),
        ...(request.scope === undefined ? {} : { units: request.scope })
      })
    }
  )

  app.get(
    '/api/reports/:id',
    { schema: { summary: 'One report', params: Id, response: { 200: ReportRow } } },
    (request) => readable(request.params.id, request.scope)
  )

  app.get(
    '/api/reports/:id/files/:file',
    {
      schema: {
        summary: 'A report as PDF or Word',
        params: FileId,
        response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) }
      }
    },
    async (request, reply) => {
      const { id, file } = request.params
      const report = readable(id, request.scope)
      const bytes = reports.file(id, file)
      auditAct(context, request, 'report.read', id, { file })
      return reply
        .header('content-type', types[file])
        .header(
          'content-disposition',
          `attachment; filename="${report.id}-${report.period.from}-${report.period.to}.${file}"`
        )
        .header('x-content-type-options', 'nosniff')
        .send(Buffer.from(bytes))
    }
  )

  app.post(
    '/api/reports',
    { schema: { summary: 'Make a report', body: NewReport, response: { 200: ReportJob } } },
    (request) => {
      const asked = request.body
      if (request.scope !== undefined && (asked.unit === '' || !inScope(request.scope, asked.unit))) {
        throw new SocError('unit.unknown', 'no such unit', { status: 422, params: { unit: asked.unit } })
      }
      const job = reports.make(asked, viewerOf(request).username)
      auditAct(context, request, 'report.made', `${asked.kind}:${asked.period.from}:${asked.period.to}`, {
        unit: asked.unit,
        ...(asked.reason === undefined ? {} : { reason: asked.reason })
      })
      return job
    }
  )

  app.get(
    '/api/reports/jobs/:id',
    { schema: { summary: 'How far a report is', params: Id, response: { 200: ReportJob } } },
    (request) => {
      const job = reports.job(request.params.id)
      if (job === undefined) throw notFound('report', request.params.id)
      if (job.report !== null) readable(job.report.id, request.scope)
      return job
    }
  )

  app.get(
    '/api/reports/settings',
    { schema: { summary: 'What is printed on reports', response: { 200: ReportSettings } } },
    () => reports.settings()
  )

  app.put(
    '/api/reports/settings',
    {
      schema: { summary: 'Change what is printed on reports', body: ReportSettings, response: { 200: ReportSettings } }
    },
    (request) => {
      if (request.scope !== undefined)
        throw new SocError('scope.province', 'this is set for the whole province', { status: 403 })
      return control.transaction(() => {
        reports.setSettings(request.body, viewerOf(request).username)
        auditAct(context, request, 'report.settings', 'reports', { ...request.body })
        return reports.settings()
      })
    }
  )

  app.get(
    '/api/reports/subscribers',
    { schema: { summary: 'Who gets reports', response: { 200: Type.Array(ReportSubscriber) } } },
    (request) => reports.subscribers().filter(({ unit }) => sendable(unit?.code ?? '', request.scope))
  )

  app.post(
    '/api/reports/subscribers',
    { schema: { summary: 'Send reports to somebody', body: NewSubscriber, response: { 200: ReportSubscriber } } },
    (request) => {
      const { unit } = request.body
      if (!sendable(unit, request.scope))
        throw new SocError('unit.unknown', 'no such unit', { status: 422, params: { unit } })
      return control.transaction(() => {
        const made = reports.subscribe(request.body, viewerOf(request).username)
        auditAct(context, request, 'report.subscribed', made.id, { kind: made.kind, name: made.name })
        return made
      })
    }
  )

  app.delete(
    '/api/reports/subscribers/:id',
    { schema: { summary: 'Stop sending', params: Id, response: { 204: Nothing } } },
    async (request, reply) => {
      const { id } = request.params
      const subscriber = reports.subscribers().find((one) => one.id === id)
      if (subscriber === undefined || !sendable(subscriber.unit?.code ?? '', request.scope))
        throw new SocError('report.subscriber_not_found', 'no such subscriber', { status: 404 })
      control.transaction(() => {
        reports.unsubscribe(id)
        auditAct(context, request, 'report.unsubscribed', id)
      })
      return reply.status(204).send(null)
    }
  )
}
