import { notFound, type Context } from '../context.ts'
import type { rulesApi } from '#core/api/rules.ts'
import type { Handlers } from './serve.ts'

/** The rules as the detector loaded them, the broken ones with their reason. */
export function ruleHandlers(context: Context): Handlers<typeof rulesApi> {
  return {
    'GET /api/rules': (request) => {
      const { offset = 0, limit = 100, ...filter } = request.query
      return context.rules.list({ ...filter, offset, limit })
    },
    'GET /api/rules/:id': (request) => {
      const detail = context.rules.detail(request.params.id)
      if (detail === undefined) throw notFound('rule', request.params.id)
      return detail
    }
  }
}
