import { SocError } from '#core/errors.ts'
import { DAY_MS } from '#core/time.ts'
import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { eventView, mayReadEvent } from '../views/event-view.ts'
import { showWhole } from '#control/rights/masking.ts'
import { narrow, type Scope } from '#control/rights/scope.ts'
import { adviceOn } from './event-advice.ts'
import { createSearching } from './searching.ts'
import type { eventsApi } from '#core/api/events.ts'
import type { Handlers } from './serve.ts'

/** Milliseconds a person waits for a search before it answers with what it has. */
const SEARCH_BUDGET = { deadlineMs: 3000 }

/** The same for each question of the advice on an empty answer. */
const ADVICE_MS = 1000

const budgetOf = (request: Parameters<typeof viewerOf>[0]) => ({ ...SEARCH_BUDGET, caller: viewerOf(request).id })

type Asked = { q?: string; from?: number; to?: number; unit?: string; origin?: 'real' | 'demonstration' | 'canary' }

/** Search over events, its histogram, one event, and the audited act of seeing it unmasked. */
export function eventHandlers(context: Context): Handlers<typeof eventsApi> {
  type Seen = Parameters<typeof viewerOf>[0]

  const searching = createSearching(context)
  function requestOf(asked: Asked, request: Seen) {
    const { scope } = request
    const to = asked.to ?? context.clock.now() + 1
    const from = asked.from ?? to - DAY_MS
    if (from >= to) throw new SocError('query.time_range', 'the range ends before it begins', { status: 400 })
    const units = narrow(scope, asked.unit, context.inventory)
    return {
      query: asked.q ?? '',
      ...searching(request, asked.q ?? '', units),
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
        budgetOf(request)
      )
      return {
        // The store has filtered by unit; asking again costs nothing and holds if it ever errs.
        hits: answer.hits.filter((hit) => mayReadEvent(hit.event, request.scope)).map((hit) => eventView(context, hit)),
        cursor: answer.cursor ?? null,
        partial: answer.partial,
        damagedDays: answer.damagedDays ?? [],
        tookMs: answer.tookMs
      }
    },
    'GET /api/events/histogram': (request) =>
      context.search.histogram(requestOf(request.query, request), request.query.buckets ?? 60, budgetOf(request)),
    'GET /api/events/advice': (request) => {
      const { query, ...asked } = requestOf(request.query, request)
      return adviceOn(query, (text, limit) =>
        context.search.search({ ...asked, query: text, limit }, { ...budgetOf(request), deadlineMs: ADVICE_MS })
      )
    },
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
