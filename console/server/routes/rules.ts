import { Type } from 'typebox'
import { oneOf } from '#core/api/common.ts'
import { RuleDetail, RuleList } from '#core/api/sources.ts'
import { notFound, type App, type Context } from '../context.ts'
import { Id, limitOf, text } from './query.ts'

const Query = Type.Object({
  q: text(),
  state: Type.Optional(oneOf(['live', 'off', 'broken'] as const)),
  offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 })),
  limit: limitOf(100, 500)
})

/** The rules as the detector loaded them, the broken ones with their reason. */
export function ruleRoutes(app: App, context: Context): void {
  app.get(
    '/api/rules',
    { schema: { summary: 'Rules', querystring: Query, response: { 200: RuleList } } },
    (request) => {
      const { offset = 0, limit = 100, ...filter } = request.query
      return context.rules.list({ ...filter, offset, limit })
    }
  )

  app.get(
    '/api/rules/:id',
    { schema: { summary: 'One rule with its text', params: Id, response: { 200: RuleDetail } } },
    (request) => {
      const detail = context.rules.detail(request.params.id)
      if (detail === undefined) throw notFound('rule', request.params.id)
      return detail
    }
  )
}
