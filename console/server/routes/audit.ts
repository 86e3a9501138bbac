import { Type } from 'typebox'
import { AuditEntry } from '#core/api.ts'
import type { App, Context } from '../context.ts'
import { manages } from '../scope.ts'
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
      const { scope } = request
      // Whoever is set over some units reads the acts of those units' people.
      const among = context.users.list().filter((user) => manages(scope, user))
      const entries = context.audit.list({
        ...filter,
        limit,
        ...(scope === undefined ? {} : { among: among.map((user) => user.username) })
      })
      return { entries, cursor: entries.length < limit ? null : String(entries.at(-1)!.id) }
    }
  )
}
