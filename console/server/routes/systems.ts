import { notFound, viewerOf, type Context } from '../context.ts'
import { systemView } from '../views/health-view.ts'
import type { systemsApi } from '#core/api/systems.ts'
import type { Handlers } from './serve.ts'

/** The systems of the catalogue: how each is by itself, how it is with what it stands on, and what it takes down. */
export function systemHandlers(context: Context): Handlers<typeof systemsApi> {
  return {
    'GET /api/systems': () => context.health.shown().systems(),
    'GET /api/systems/:id': (request) => {
      const detail = context.health.shown().system(request.params.id)
      if (detail === undefined) throw notFound('system', request.params.id)
      return systemView(context, detail, { role: viewerOf(request).role, scope: request.scope })
    }
  }
}
