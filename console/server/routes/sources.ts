import { Type } from 'typebox'
import { NewSource, NewToken, SourceList, SourceRow } from '#core/api/sources.ts'
import { SocError } from '#core/errors.ts'
import { senderSnippets } from '#control/senders/snippets.ts'
import { auditAct, notFound, viewerOf, type App, type Context } from '../context.ts'
import { showWhole } from '#control/rights/masking.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import { sourceList, sourceRow } from '#control/senders/source-rows.ts'
import { Id, Nothing } from './query.ts'

const SourceChange = Type.Partial(Type.Object({ ...NewSource.properties, enabled: Type.Boolean() }))

/** Sources with the ledger, and the accounts and tokens of senders. */
export function sourceRoutes(app: App, context: Context): void {
  const { control, senders, live } = context

  function mine(id: string, scope: Scope) {
    const sender = senders.get(id)
    if (sender === undefined || !inScope(scope, sender.unit)) throw notFound('source', id)
    return sender
  }
  function mayPlace(unit: string, scope: Scope) {
    if (!inScope(scope, unit)) throw new SocError('unit.unknown', 'no such unit', { status: 422, params: { unit } })
  }
  /** After a change has been committed: the data plane and every screen hear of it. */
  function changed(id: string): SourceRow {
    context.changes.emit('snapshot')
    const row = sourceRow(context, id, undefined)
    if (row === undefined) throw notFound('source', id)
    live.publishSource(row)
    live.publishSummary()
    return row
  }

  app.get(
    '/api/sources',
    { schema: { summary: 'Sources with the ledger', response: { 200: SourceList } } },
    (request) => sourceList(context, request.scope)
  )

  app.post(
    '/api/sources',
    { schema: { summary: 'New source', body: NewSource, response: { 200: SourceRow } } },
    (request) => {
      const { name, unit, networks, speaksFor, utcOffsetMinutes } = request.body
      mayPlace(unit, request.scope)
      const made = control.transaction(() => {
        const sender = senders.create({ name, unit, networks, speaksFor, utcOffsetMinutes })
        auditAct(context, request, 'source.created', sender.id, { name, unit, networks: sender.networks, speaksFor })
        return sender
      })
      return changed(made.id)
    }
  )

  app.patch(
    '/api/sources/:id',
    { schema: { summary: 'Change a source', params: Id, body: SourceChange, response: { 200: SourceRow } } },
    (request) => {
      const { id } = request.params
      const { name, unit, networks, speaksFor, utcOffsetMinutes, enabled } = request.body
      mine(id, request.scope)
      if (unit !== undefined) mayPlace(unit, request.scope)
      const change = Object.fromEntries(
        Object.entries({ name, unit, networks, speaksFor, utcOffsetMinutes, enabled }).filter(
          ([, value]) => value !== undefined
        )
      ) as typeof request.body
      control.transaction(() => {
        senders.change(id, change)
        auditAct(context, request, 'source.changed', id, change)
      })
      return changed(id)
    }
  )

  app.post(
    '/api/sources/:id/tokens',
    { schema: { summary: 'New token, shown once', params: Id, response: { 200: NewToken } } },
    (request) => {
      const { id } = request.params
      mine(id, request.scope)
      const token = control.transaction(() => {
        const made = senders.newToken(id, viewerOf(request).username)
        auditAct(context, request, 'token.created', id)
        return made
      })
      const source = changed(id)
      return showWhole({ source, token, snippets: senderSnippets({ token, ...context.intake() }) })
    }
  )

  app.delete(
    '/api/sources/:id/tokens',
    { schema: { summary: 'Revoke all tokens', params: Id, response: { 204: Nothing } } },
    (request, reply) => {
      const { id } = request.params
      mine(id, request.scope)
      control.transaction(() => {
        const revoked = senders.revokeTokens(id)
        auditAct(context, request, 'token.revoked', id, { revoked })
      })
      changed(id)
      void reply.code(204)
      return null
    }
  )
}
