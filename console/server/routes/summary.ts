import { viewerOf, type Context } from '../context.ts'
import { buildSummary } from '../views/summary.ts'
import type { summaryApi } from '#core/api/summary.ts'
import type { Handlers } from './serve.ts'

/** Counts for rail and top bar. */
export function summaryHandlers(context: Context): Handlers<typeof summaryApi> {
  return {
    'GET /api/summary': (request) => buildSummary(context, viewerOf(request).id, request.scope)
  }
}
