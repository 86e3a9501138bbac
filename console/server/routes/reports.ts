import { type ReportRow, type reportsApi } from '#core/api/reports.ts'
import { SocError } from '#core/errors.ts'
import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import { wholeProvince } from './acting.ts'
import type { Handlers } from './serve.ts'

const types = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
} as const

/** Reports: the archive, making one now, what is printed on them, and who gets them. */
export function reportHandlers(context: Context): Handlers<typeof reportsApi> {
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

  return {
    'GET /api/reports': (request) => {
      const { kind, cursor, limit = 50 } = request.query
      return reports.list({
        limit,
        ...(kind === undefined ? {} : { kind }),
        ...(cursor === undefined ? {} : { cursor }),
        ...(request.scope === undefined ? {} : { units: request.scope })
      })
    },
    'GET /api/reports/:id': (request) => readable(request.params.id, request.scope),
    'GET /api/reports/:id/files/:file': async (request, reply) => {
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
    },
    'POST /api/reports': (request) => {
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
    },
    'GET /api/reports/jobs/:id': (request) => {
      const job = reports.job(request.params.id)
      if (job === undefined) throw notFound('report', request.params.id)
      if (job.report !== null) readable(job.report.id, request.scope)
      return job
    },
    'GET /api/reports/settings': () => reports.settings(),
    'PUT /api/reports/settings': (request) => {
      wholeProvince(request.scope)
      return control.transaction(() => {
        reports.setSettings(request.body, viewerOf(request).username)
        auditAct(context, request, 'report.settings', 'reports', { ...request.body })
        return reports.settings()
      })
    },
    'GET /api/reports/subscribers': (request) =>
      reports.subscribers().filter(({ unit }) => sendable(unit?.code ?? '', request.scope)),
    'POST /api/reports/subscribers': (request) => {
      const { unit } = request.body
      if (!sendable(unit, request.scope))
        throw new SocError('unit.unknown', 'no such unit', { status: 422, params: { unit } })
      return control.transaction(() => {
        const made = reports.subscribe(request.body, viewerOf(request).username)
        auditAct(context, request, 'report.subscribed', made.id, { kind: made.kind, name: made.name })
        return made
      })
    },
    'DELETE /api/reports/subscribers/:id': (request) => {
      const { id } = request.params
      const subscriber = reports.subscribers().find((one) => one.id === id)
      if (subscriber === undefined || !sendable(subscriber.unit?.code ?? '', request.scope))
        throw new SocError('report.subscriber_not_found', 'no such subscriber', { status: 404 })
      control.transaction(() => {
        reports.unsubscribe(id)
        auditAct(context, request, 'report.unsubscribed', id)
      })
    }
  }
}
