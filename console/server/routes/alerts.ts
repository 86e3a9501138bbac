import { type AlertAct, type alertsApi } from '#core/api/alerts.ts'
import { SocError } from '#core/errors.ts'
import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { inScope, narrow } from '#control/rights/scope.ts'
import { assignable, incidentToActOn } from './acting.ts'
import { createSearching } from './searching.ts'
import type { Handlers } from './serve.ts'

/** The triage queue: list, one alert, and acts on one or many. */
export function alertHandlers(context: Context): Handlers<typeof alertsApi> {
  const searching = createSearching(context)
  return {
    'GET /api/alerts': (request) => {
      const { tab = 'new', unit, limit = 100, ...filter } = request.query
      const scope = narrow(request.scope, unit, context.inventory)
      return context.alerts.list({
        ...filter,
        ...searching(request, `${filter.q ?? ''} ${filter.entity ?? ''}`.trim(), scope),
        tab,
        limit,
        userId: viewerOf(request).id,
        scope
      })
    },
    'GET /api/alerts/:id': (request) => {
      const detail = context.alerts.detail(request.params.id, request.scope)
      if (detail === undefined || !inScope(request.scope, detail.alert.unit.code))
        throw notFound('alert', request.params.id)
      return { ...detail, related: detail.related.filter((alert) => inScope(request.scope, alert.unit.code)) }
    },
    'POST /api/alerts/acts': (request) => {
      const { id, name } = viewerOf(request)
      const { act } = request.body
      const ids = [...new Set(request.body.ids)]
      const units = context.alerts.unitsOf(ids)
      for (const alert of ids) {
        const unit = units.get(alert)
        if (unit === undefined || !inScope(request.scope, unit)) throw notFound('alert', alert)
      }
      if (act.kind === 'assign') assignable(context, request.scope, act.userId)
      if (act.kind === 'merge' && act.incident !== null) incidentToActOn(context, request.scope, act.incident)
      // Who watches hears of it from the alerts themselves, once this is committed.
      return context.control.transaction(() => {
        const done = context.alerts.act({ ids, act }, { id, name })
        const params = { ids: ids.slice(0, 20), count: ids.length, ...wordsOf(act) }
        auditAct(context, request, `alert.${act.kind}`, ids.length === 1 ? ids[0]! : `${ids.length} alerts`, params)
        return done
      })
    }
  }
}

/** What of an act goes into the audit log: what was decided, not the text of notes, which the story keeps. */
function wordsOf(act: AlertAct['act']): Record<string, string | null> {
  switch (act.kind) {
    case 'assign':
      return { userId: act.userId }
    case 'verdict':
      return { verdict: act.verdict }
    case 'merge':
      return { incident: act.incident }
    case 'acknowledge':
    case 'note':
    case 'reopen':
    case 'wait':
    case 'archive':
    case 'undo':
      return {}
    default:
      throw new SocError('request.invalid', 'unknown act', { status: 400 })
  }
}
