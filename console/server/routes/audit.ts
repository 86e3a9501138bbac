import { Type } from 'typebox'
import { AuditEntry } from '#core/api.ts'
import type { App, Context } from '../context.ts'
import { limitOf, text } from './query.ts'

const Query = Type.Object({
  /** Cursor of the page before. */
  before: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  limit: limitOf(100, 500),
  user: text(100),
  act: text(100)
})
const Page = Type.Object({ entries: Type.Array(AuditEntry), cursor: Type.Union([Type.String(), Type.Null()]) })

/** The log of acts, newest first. */
export function auditRoutes(app: App, context: Context): void {
  app.get(
    '/api/audit',
    { schema: { summary: 'Audit log', querystring: Query, response: { 200: Page } } },
    (request) => {
      const { limit = 100, ...filter } = request.query
      const entries = context.audit.list({ ...filter, limit })
      return { entries, cursor: entries.length < limit ? null : String(entries.at(-1)!.id) }
    }
  )
}
