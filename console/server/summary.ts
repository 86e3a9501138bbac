import type { Summary } from '#core/api.ts'
import type { Context } from './context.ts'
import type { Scope } from './scope.ts'
import { sourceRows } from './source-rows.ts'
import { unitCounts } from './unit-tiles.ts'

/** Counts for rail and top bar within a scope; `mine` are the viewer's own. Numbers only, so that every role may have it. */
export function buildSummary(context: Context, userId: string, scope: Scope): Summary {
  const status = context.sources()
  const sources = sourceRows(context, scope)
  const rules = context.rules.list({ offset: 0, limit: 0 })
  return {
    ...context.alerts.summary(scope, userId),
    units: unitCounts(context, scope),
    blind: {
      silentSources: sources.filter((source) => source.state === 'silent').length,
      neverHeard: sources.filter((source) => source.state === 'never').length,
      deadLetters: sources.reduce((sum, source) => sum + source.fates.dead_lettered, 0),
      brokenRules: rules.broken,
      storeAway: status.store.away,
      ledgerImbalance: status.ledger?.balanced === false
    },
    demonstration: context.demonstration.status(),
    version: context.version
  }
}
