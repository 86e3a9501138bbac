import { type SourceRow, type sourcesApi } from '#core/api/sources.ts'
import { SocError } from '#core/errors.ts'
import { senderSnippets } from '#control/senders/snippets.ts'
import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { showWhole } from '#control/rights/masking.ts'
import { carriesWithin, checkGiven } from '#control/senders/giving.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import { sourceList, sourceRow } from '#control/senders/source-rows.ts'
import type { Handlers } from './serve.ts'

/** Sources with the ledger, and the accounts and tokens of senders. */
export function sourceHandlers(context: Context): Handlers<typeof sourcesApi> {
  const { control, senders, tokens, live } = context

  function mine(id: string, scope: Scope) {
    const sender = senders.get(id)
    if (sender === undefined || !inScope(scope, sender.unit)) throw notFound('source', id)
    // Whoever holds its token speaks for all its units: a token is theirs only who are set over every one of them.
    if (!carriesWithin(scope, sender))
      throw new SocError('source.beyond', 'this source speaks for units of others', { status: 403 })
    return sender
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

  return {
    'GET /api/sources': (request) => sourceList(context, request.scope),
    'POST /api/sources': (request) => {
      const { name, unit, networks, speaksFor, utcOffsetMinutes } = request.body
      const made = control.transaction(() => {
        checkGiven(request.scope, { unit, networks, speaksFor }, senders.list())
        const sender = senders.create({ name, unit, networks, speaksFor, utcOffsetMinutes })
        auditAct(context, request, 'source.created', sender.id, { name, unit, networks: sender.networks, speaksFor })
        return sender
      })
      return changed(made.id)
    },
    'PATCH /api/sources/:id': (request) => {
      const { id } = request.params
      const { name, unit, networks, speaksFor, utcOffsetMinutes, enabled } = request.body
      const old = mine(id, request.scope)
      const change = Object.fromEntries(
        Object.entries({ name, unit, networks, speaksFor, utcOffsetMinutes, enabled }).filter(
          ([, value]) => value !== undefined
        )
      ) as typeof request.body
      control.transaction(() => {
        const others = senders.list().filter((sender) => sender.id !== id)
        checkGiven(request.scope, change, others, old.networks)
        senders.change(id, change)
        auditAct(context, request, 'source.changed', id, change)
      })
      return changed(id)
    },
    'POST /api/sources/:id/tokens': (request) => {
      const { id } = request.params
      mine(id, request.scope)
      const token = control.transaction(() => {
        const made = senders.newToken(id, viewerOf(request).username, request.query.days)
        auditAct(context, request, 'token.created', id)
        return made
      })
      const source = changed(id)
      return showWhole({ source, token, snippets: senderSnippets({ token, ...context.intake() }) })
    },
    'GET /api/sources/:id/tokens': (request) => {
      mine(request.params.id, request.scope)
      return tokens.ofSender(request.params.id)
    },
    'DELETE /api/sources/:id/tokens/:token': (request) => {
      const { id, token } = request.params
      mine(id, request.scope)
      control.transaction(() => {
        if (!tokens.revoke(id, token)) throw notFound('token', token)
        auditAct(context, request, 'token.revoked', id, { token })
      })
      changed(id)
    },
    'DELETE /api/sources/:id/tokens': (request) => {
      const { id } = request.params
      mine(id, request.scope)
      control.transaction(() => {
        const revoked = senders.revokeTokens(id)
        auditAct(context, request, 'token.revoked', id, { revoked })
      })
      changed(id)
    }
  }
}
