import { Type } from 'typebox'
import { IncidentAct, IncidentDetail, IncidentRow, incidentStatuses } from '#core/api/alerts.ts'
import { oneOf } from '#core/api/common.ts'
import { auditAct, notFound, viewerOf, type App, type Context } from '../context.ts'
import { incidentHeader, incidentView } from '../views/incident-view.ts'
import { narrow } from '#control/rights/scope.ts'
import { assignable, incidentToActOn } from './acting.ts'
import { Id, limitOf, text } from './query.ts'

const Query = Type.Object({
  /** `open`: everything that is not closed. */
  status: Type.Optional(oneOf([...incidentStatuses, 'open'])),
  unit: text(50),
  cursor: text(500),
  limit: limitOf(100, 500)
})
const IncidentList = Type.Object({
  items: Type.Array(IncidentRow),
  total: Type.Number(),
  cursor: Type.Union([Type.String(), Type.Null()])
})

/** Incidents: list, page and acts. */
export function incidentRoutes(app: App, context: Context): void {
  app.get(
    '/api/incidents',
    { schema: { summary: 'Incidents', querystring: Query, response: { 200: IncidentList } } },
    (request) => {
      const { unit, limit = 100, ...filter } = request.query
      const list = context.alerts.incidents({
        ...filter,
        limit,
        scope: narrow(request.scope, unit, context.inventory)
      })
      const items = list.items.flatMap((row) => incidentHeader(row, request.scope) ?? [])
      return { ...list, items }
    }
  )

  app.get(
    '/api/incidents/:id',
    { schema: { summary: 'One incident', params: Id, response: { 200: IncidentDetail } } },
    (request) => {
      const detail = context.alerts.incident(request.params.id)
      const view = detail === undefined ? undefined : incidentView(detail, request.scope)
      if (view === undefined) throw notFound('incident', request.params.id)
      return view
    }
  )

  app.post(
    '/api/incidents/:id/acts',
    { schema: { summary: 'Work on an incident', params: Id, body: IncidentAct, response: { 200: IncidentDetail } } },
    (request) => {
      const { id, name } = viewerOf(request)
      const act = request.body
      const target = request.params.id
      incidentToActOn(context, request.scope, target)
      if (act.kind === 'assign' && act.userId !== null) assignable(context, act.userId)
      if (act.kind === 'merge' || act.kind === 'unmerge') incidentToActOn(context, request.scope, act.from)
      return context.control.transaction(() => {
        const done = context.alerts.actOnIncident(target, act, { id, name })
        auditAct(context, request, `incident.${act.kind}`, target, {
          ...(act.kind === 'status' ? { status: act.status } : {}),
          ...(act.kind === 'assign' ? { userId: act.userId } : {}),
          ...(act.kind === 'merge' || act.kind === 'unmerge' ? { from: act.from } : {}),
          ...(act.kind === 'release' ? { alerts: act.alerts, into: act.into } : {})
        })
        return done
      })
    }
  )
}
