import { Readable } from 'node:stream'
import { Type, type Static } from 'typebox'
import { AuditEntry } from '#core/api/people.ts'
import { auditExport } from '../views/audit-export.ts'
import { auditAct, type App, type Context } from '../context.ts'
import { manages, type Scope } from '#control/rights/scope.ts'
import { limitOf, text } from './query.ts'

const moment = Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const filter = {
  user: text(100),
  /** An act, or the first words of its name. */
  act: text(100),
  target: text(400),
  from: moment,
  /** Not included. */
  to: moment
}
const Query = Type.Object({
  ...filter,
  /** Cursor of the page before. */
  before: moment,
  limit: limitOf(100, 500)
})
const ExportQuery = Type.Object({ ...filter, format: Type.Enum(['csv', 'jsonl']) })
const Page = Type.Object({
  entries: Type.Array(AuditEntry),
  cursor: Type.Union([Type.String(), Type.Null()]),
  /** Every act that was ever written, for the choice on the screen. */
  acts: Type.Array(Type.String()),
  /** User names of the accounts that entries aim at, by id: an id says nothing to a reader. */
  names: Type.Record(Type.String(), Type.String())
})

/** The log of acts, newest first, and its export. */
export function auditRoutes(app: App, context: Context): void {
  const { audit, users } = context

  /** Whoever is set over some units reads the acts of those units' people. */
  const amongOf = (scope: Scope) =>
    scope === undefined ? {} : { among: users.list().flatMap((user) => (manages(scope, user) ? [user.username] : [])) }
  const given = ({ user, act, target, from, to }: Static<typeof ExportQuery> | Static<typeof Query>) =>
    Object.fromEntries(
      Object.entries({ user, act, target, from, to }).filter(([, value]) => value !== undefined && value !== '')
    )

  function namesOf(targets: readonly string[]): Record<string, string> {
    const rows = context.control
      .sql('SELECT id, username FROM users WHERE id IN (SELECT value FROM json_each(?))')
      .all(JSON.stringify([...new Set(targets)])) as { id: string; username: string }[]
    return Object.fromEntries(rows.map((row) => [row.id, row.username]))
  }

  app.get(
    '/api/audit',
    { schema: { summary: 'Audit log', querystring: Query, response: { 200: Page } } },
    (request) => {
      const { limit = 100, before } = request.query
      const entries = audit.list({
        ...given(request.query),
        ...amongOf(request.scope),
        ...(before === undefined ? {} : { before }),
        limit
      })
      return {
        entries,
        cursor: entries.length < limit ? null : String(entries.at(-1)!.id),
        acts: audit.acts(),
        names: namesOf(entries.map((entry) => entry.target))
      }
    }
  )

  // The act of exporting is on record; nothing else changes.
  app.get(
    '/api/audit/export',
    {
      schema: {
        summary: 'Audit log as CSV or JSON lines; the last line carries the SHA-256 of what is above it',
        querystring: ExportQuery,
        response: { 200: Type.Unsafe<Readable>({ type: 'string' }) }
      }
    },
    (request, reply) => {
      const { format } = request.query
      const asked = given(request.query)
      const { id: upTo, hash: head } = audit.head()
      auditAct(context, request, 'audit.exported', '', { format, upTo, ...asked })
      const content = auditExport({
        format,
        page: (after, limit) => audit.page({ ...asked, ...amongOf(request.scope), after, upTo, limit }),
        head
      })
      const day = new Date(context.clock.now() + 7 * 3_600_000).toISOString().slice(0, 10)
      void reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="audit-${day}.${format}"`)
      return Readable.from(content, { objectMode: false })
    }
  )
}
