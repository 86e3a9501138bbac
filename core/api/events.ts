import { Type } from 'typebox'
import { Origin, Id, limitOf, text } from './common.ts'
import type { Routes } from './routes.ts'
import { EventAdvice, EventHistogram, EventHit, EventSearch } from './sources.ts'

// Milliseconds since the epoch; ±8.64e15 is what a Date can be.
const Moment = Type.Optional(Type.Number({ minimum: 0, maximum: 8.64e15 }))
const common = { q: text(4096), from: Moment, to: Moment, unit: text(50), origin: Type.Optional(Origin) }
const SearchQuery = Type.Object({ ...common, cursor: text(2000), limit: limitOf(100, 200) })
const HistogramQuery = Type.Object({ ...common, buckets: limitOf(60, 500) })

/** Search over events, its histogram, one event, and the audited act of seeing it unmasked. */
export const eventsApi = {
  'GET /api/events': {
    who: 'events.read',
    about: 'Search, newest first',
    note: 'Owner: own units.',
    query: SearchQuery,
    answer: EventSearch
  },
  'GET /api/events/histogram': {
    who: 'events.read',
    about: 'Events over time',
    note: 'Owner: own units.',
    query: HistogramQuery,
    answer: EventHistogram
  },
  'GET /api/events/advice': {
    who: 'events.read',
    about: 'Why a search may have found nothing',
    note: 'Fields never seen in the range, with the nearest names. Owner: own units.',
    query: Type.Object(common),
    answer: EventAdvice
  },
  'GET /api/events/:id': {
    who: 'events.read',
    about: 'One event',
    note: 'Owner: own units.',
    params: Id,
    answer: EventHit
  },
  'POST /api/events/:id/unmask': {
    who: 'events.unmask',
    about: 'One event with citizens’ numbers whole; audited',
    note: 'Only people to whom the right was given (`mayUnmask`).',
    params: Id,
    answer: EventHit
  }
} satisfies Routes
