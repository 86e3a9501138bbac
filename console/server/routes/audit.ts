import { Readable } from 'node:stream'
import { auditExport } from '../views/audit-export.ts'
import { auditAct, type Context } from '../context.ts'
import { manages, type Scope } from '#control/rights/scope.ts'
import type { AuditFilter, auditApi } from '#core/api/audit.ts'
import { ictDay } from '#core/time.ts'
import type { Handlers } from './serve.ts'

/** The log of acts, newest first, and its export. */
export function auditHandlers(context: Context): Handlers<typeof auditApi> {
  const { audit, users } = context

  /** Whoever is set over some units reads the acts of those units' people. */
  const amongOf = (scope: Scope) =>
    scope === undefined ? {} : { among: users.list().flatMap((user) => (manages(scope, user) ? [user.username] : [])) }
  const given = ({ user, act, target, from, to }: AuditFilter) =>
    Object.fromEntries(
      Object.entries({ user, act, target, from, to }).filter(([, value]) => value !== undefined && value !== '')
    )

  function namesOf(targets: readonly string[]): Record<string, string> {
    const rows = context.control.all<{ id: string; username: string }>(
      'SELECT id, username FROM users WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify([...new Set(targets)])
    )
    return Object.fromEntries(rows.map((row) => [row.id, row.username]))
  }

  return {
    'GET /api/audit': (request) => {
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
    },
    // The act of exporting is on record; nothing else changes.
    'GET /api/audit/export': (request, reply) => {
      const { format } = request.query
      const asked = given(request.query)
      const { id: upTo, hash: head } = audit.head()
      auditAct(context, request, 'audit.exported', '', { format, upTo, ...asked })
      const content = auditExport({
        format,
        page: (after, limit) => audit.page({ ...asked, ...amongOf(request.scope), after, upTo, limit }),
        head
      })
      const day = ictDay(context.clock.now())
      void reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
        .header('content-disposition', `attachment; filename="audit-${day}.${format}"`)
      return Readable.from(content, { objectMode: false })
    }
  }
}
