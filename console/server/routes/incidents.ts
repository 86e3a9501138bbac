import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { incidentHeader, incidentView } from '../views/incident-view.ts'
import { narrow } from '#control/rights/scope.ts'
import { assignable, incidentToActOn } from './acting.ts'
import type { incidentsApi } from '#core/api/incidents.ts'
import type { Handlers } from './serve.ts'

/** Incidents: list, page and acts. */
export function incidentHandlers(context: Context): Handlers<typeof incidentsApi> {
  return {
    'GET /api/incidents': (request) => {
      const { unit, limit = 100, ...filter } = request.query
      const list = context.alerts.incidents({
        ...filter,
        limit,
        scope: narrow(request.scope, unit, context.inventory)
      })
      const items = list.items.flatMap((row) => incidentHeader(context, row, request.scope) ?? [])
      return { ...list, items }
    },
    'GET /api/incidents/:id': (request) => {
      const detail = context.alerts.incident(request.params.id)
      const view = detail === undefined ? undefined : incidentView(context, detail, request.scope)
      if (view === undefined) throw notFound('incident', request.params.id)
      return view
    },
    'POST /api/incidents/:id/acts': (request) => {
      const { id, name } = viewerOf(request)
      const act = request.body
      const target = request.params.id
      incidentToActOn(context, request.scope, target)
      if (act.kind === 'assign' && act.userId !== null) assignable(context, request.scope, act.userId)
      if (act.kind === 'merge' || act.kind === 'unmerge') incidentToActOn(context, request.scope, act.from)
      return context.control.transaction(() => {
        const done = context.alerts.actOnIncident(target, act, { id, name })
        auditAct(context, request, `incident.${act.kind}`, target, {
          ...(act.kind === 'status' ? { status: act.status } : {}),
          ...(act.kind === 'status' && act.status === 'closed' && act.verdict ? { verdict: act.verdict } : {}),
          ...(act.kind === 'assign' ? { userId: act.userId } : {}),
          ...(act.kind === 'merge' || act.kind === 'unmerge' ? { from: act.from } : {}),
          ...(act.kind === 'release' ? { alerts: act.alerts, into: act.into } : {})
        })
        return done
      })
    }
  }
}
