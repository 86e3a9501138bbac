import { Summary } from '#core/api/sources.ts'
import { viewerOf, type App, type Context } from '../context.ts'
import { buildSummary } from '../views/summary.ts'

/** Counts for rail and top bar. */
export function summaryRoutes(app: App, context: Context): void {
  app.get(
    '/api/summary',
    { schema: { summary: 'Counts of the viewer’s scope', response: { 200: Summary } } },
    (request) => buildSummary(context, viewerOf(request).id, request.scope)
  )
}
