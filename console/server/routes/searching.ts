import { MINUTE_MS } from '#core/time.ts'
import type { Scope } from '#control/rights/scope.ts'
import { searchesNumber, seesNumbers } from '#control/rights/searched-numbers.ts'
import { auditAct, viewerOf, type Context } from '../context.ts'

/** How long one search of somebody is on record for, and searches remembered; at the ceiling all are forgotten and recorded anew. */
const RECORDED_MS = 10 * MINUTE_MS
const MAX_RECORDED = 2000

/**
 * Says whether whoever searches a scope sees numbers whole in all of it, and puts a search of a number on record before anything is
 * looked up. People who page and look at the bars ask the same again: it is on record once in a while.
 */
export function createSearching(context: Context) {
  const recorded = new Map<string, number>()
  return (request: Parameters<typeof viewerOf>[0], query: string, scope: Scope): { masked: boolean } => {
    const viewer = viewerOf(request)
    const whole = seesNumbers(viewer.assignments, scope, context.inventory)
    if (!searchesNumber(query, whole)) return { masked: !whole }
    const now = context.clock.now()
    const key = `${viewer.id} ${query}`
    if (now - (recorded.get(key) ?? -Infinity) >= RECORDED_MS) {
      if (recorded.size >= MAX_RECORDED) recorded.clear()
      recorded.set(key, now)
      auditAct(context, request, 'event.number_searched', '', { q: query.slice(0, 1000), whole })
    }
    return { masked: !whole }
  }
}
