import { SocError } from '#core/errors.ts'
import { DAY_MS, MINUTE_MS } from '#core/time.ts'
import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { eventView, mayReadEvent } from '../views/event-view.ts'
import { showWhole } from '#control/rights/masking.ts'
import { narrow, type Scope } from '#control/rights/scope.ts'
import { searchesNumber, seesNumbers } from '#control/rights/searched-numbers.ts'
import type { eventsApi } from '#core/api/events.ts'
import type { Handlers } from './serve.ts'

/** Milliseconds a person waits for a search before it answers with what it has. */
const SEARCH_BUDGET = { deadlineMs: 3000 }

/** How long one search of somebody is on record for, and searches remembered; at the ceiling all are forgotten and recorded anew. */
const RECORDED_MS = 10 * MINUTE_MS
const MAX_RECORDED = 2000

type Asked = { q?: string; from?: number; to?: number; unit?: string; origin?: 'real' | 'demonstration' | 'canary' }

/** Search over events, its histogram, one event, and the audited act of seeing it unmasked. */
export function eventHandlers(context: Context): Handlers<typeof eventsApi> {
  type Seen = Parameters<typeof viewerOf>[0]

  /** People who page and look at the bars ask the same again: on record once in a while. */
  const recorded = new Map<string, number>()
  function record(request: Seen, query: string, whole: boolean) {
    if (!searchesNumber(query, whole)) return
    const now = context.clock.now()
    const key = `${viewerOf(request).id} ${query}`
    if (now - (recorded.get(key) ?? -Infinity) < RECORDED_MS) return
    if (recorded.size >= MAX_RECORDED) recorded.clear()
    recorded.set(key, now)
    auditAct(context, request, 'event.number_searched', '', { q: query.slice(0, 1000), whole })
  }

  function requestOf(asked: Asked, request: Seen) {
    const { scope } = request
    const to = asked.to ?? context.clock.now() + 1
    const from = asked.from ?? to - DAY_MS
    if (from >= to) throw new SocError('query.time_range', 'the range ends before it begins', { status: 400 })
    const units = narrow(scope, asked.unit, context.inventory)
    const whole = seesNumbers(viewerOf(request).assignments, units, context.inventory)
    // On record before anything is looked up.
    record(request, asked.q ?? '', whole)
    return {
      query: asked.q ?? '',
      masked: !whole,
      from,
      to,
      ...(units === undefined ? {} : { units: [...units] }),
      // Canaries are for rule proofs; people see them when they ask for them.
      origins: asked.origin === undefined ? (['real', 'demonstration'] as const).slice() : [asked.origin]
    }
  }

  async function find(id: string, scope: Scope) {
    const hit = await context.search.byId(id)
    if (hit === undefined || !mayReadEvent(hit.event, scope)) throw notFound('event', id)
    return hit
  }

  return {
    'GET /api/events': async (request) => {
      const { cursor, limit = 100 } = request.query
      const answer = await context.search.search(
        { ...requestOf(request.query, request), limit, ...(cursor === undefined ? {} : { cursor }) },
        SEARCH_BUDGET
      )
      return {
        // The store has filtered by unit; asking again costs nothing and holds if it ever errs.
        hits: answer.hits.filter((hit) => mayReadEvent(hit.event, request.scope)).map((hit) => eventView(context, hit)),
        cursor: answer.cursor ?? null,
        partial: answer.partial,
        tookMs: answer.tookMs
      }
    },
    'GET /api/events/histogram': (request) =>
      context.search.histogram(requestOf(request.query, request), request.query.buckets ?? 60, SEARCH_BUDGET),
    'GET /api/events/:id': async (request) => eventView(context, await find(request.params.id, request.scope)),
    'POST /api/events/:id/unmask': async (request) => {
      const hit = await find(request.params.id, request.scope)
      // On record before anything is shown.
      auditAct(context, request, 'event.unmasked', hit.id, { unit: hit.event.organization.id })
      // A copy is marked: the store may hand the same object to the next reader.
      return { ...eventView(context, hit), event: showWhole({ ...hit.event }) }
    }
  }
}
