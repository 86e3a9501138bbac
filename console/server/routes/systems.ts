import { Type } from 'typebox'
import { SystemDetail, SystemRow } from '#core/api/health.ts'
import { notFound, viewerOf, type App, type Context } from '../context.ts'
import { systemView } from '../views/health-view.ts'
import { Id } from './query.ts'

/** The systems of the catalogue: how each is by itself, how it is with what it stands on, and what it takes down. */
export function systemRoutes(app: App, context: Context): void {
  app.get(
    '/api/systems',
    { schema: { summary: 'Systems with their states', response: { 200: Type.Array(SystemRow) } } },
    () => context.health.shown().systems()
  )

  app.get(
    '/api/systems/:id',
    { schema: { summary: 'One system', params: Id, response: { 200: SystemDetail } } },
    (request) => {
      const detail = context.health.shown().system(request.params.id)
      if (detail === undefined) throw notFound('system', request.params.id)
      return systemView(context, detail, { role: viewerOf(request).role, scope: request.scope })
    }
  )
}
