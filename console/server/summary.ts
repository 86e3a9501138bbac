import type { Summary } from '#core/api.ts'
import type { Context } from './context.ts'
import type { Scope } from './scope.ts'
import { sourceRows } from './source-rows.ts'
import { unitCounts } from './unit-tiles.ts'

/** The rules part counts over all its rules; every summary asks, and rules change seldom. */
const BROKEN_RULES_KEPT_MS = 5000
const brokenRulesOf = new WeakMap<Context['rules'], { at: number; broken: number }>()

function brokenRules({ rules, clock }: Pick<Context, 'rules' | 'clock'>): number {
  const known = brokenRulesOf.get(rules)
  if (known !== undefined && clock.now() - known.at < BROKEN_RULES_KEPT_MS) return known.broken
  const { broken } = rules.list({ offset: 0, limit: 0 })
  brokenRulesOf.set(rules, { at: clock.now(), broken })
  return broken
}

/** Counts for rail and top bar within a scope; `mine` are the viewer's own. Numbers only, so that every role may have it. */
export function buildSummary(context: Context, userId: string, scope: Scope): Summary {
  const status = context.sources()
  const sources = sourceRows(context, scope)
  return {
    ...context.alerts.summary(scope, userId),
    units: unitCounts(context, scope),
    blind: {
      silentSources: sources.filter((source) => source.state === 'silent').length,
      neverHeard: sources.filter((source) => source.state === 'never').length,
      deadLetters: sources.reduce((sum, source) => sum + source.fates.dead_lettered, 0),
      brokenRules: brokenRules(context),
      storeAway: status.store.away,
      ledgerImbalance: status.ledger?.balanced === false
    },
    demonstration: context.demonstration.status(),
    version: context.version
  }
}
