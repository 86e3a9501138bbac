import type { Summary } from '#core/api/sources.ts'
import type { Context } from '../context.ts'
import type { Scope } from '#control/rights/scope.ts'
import { sourceRows } from '#control/senders/source-rows.ts'
import { feedCounts, unitCounts } from './unit-tiles.ts'

/** Every summary asks; the rules part counts over all its rules and health over all its models, and both change seldom. */
const COUNT_KEPT_MS = 5000
const countOf = new WeakMap<object, { at: number; count: number }>()

/** A count of a part, at most {@link COUNT_KEPT_MS} old. */
function kept(part: object, now: number, count: () => number): number {
  const known = countOf.get(part)
  if (known !== undefined && Math.abs(now - known.at) < COUNT_KEPT_MS) return known.count
  const fresh = { at: now, count: count() }
  countOf.set(part, fresh)
  return fresh.count
}

/** Counts for rail and top bar within a scope; `mine` are the viewer's own. Numbers only, so that every role may have it. */
export function buildSummary(context: Context, userId: string, scope: Scope): Summary {
  const status = context.sources()
  const now = context.clock.now()
  const { rules, health } = context
  const sources = sourceRows(context, scope)
  const feeds = feedCounts(context, scope)
  return {
    ...context.alerts.summary(scope, userId),
    units: unitCounts(context, scope),
    blind: {
      silentSources: sources.filter((source) => source.state === 'silent').length,
      neverHeard: sources.filter((source) => source.state === 'never').length,
      deadLetters: sources.reduce((sum, source) => sum + source.fates.dead_lettered, 0),
      unitsSilent: feeds.silent,
      unitsNotConnected: feeds.none,
      modelsWithoutData: scope === undefined ? health.shown().counts().UNKNOWN : 0,
      nothingReceived: sources.every((source) => source.received === 0),
      brokenRules: kept(rules, now, () => rules.list({ offset: 0, limit: 0 }).broken),
      storeAway: status.store.away,
      storeLosses: status.store.losses.length,
      storageAway: context.control.storage.away?.why ?? null,
      threadsDown: status.threadsDown,
      matchesHeld: status.matchesHeld,
      ledgerImbalance: status.ledger?.balanced === false
    },
    demonstration: context.demonstration.status(),
    unsentForSettings: scope === undefined ? context.notifications.unsentForSettings() : 0,
    version: context.version
  }
}
