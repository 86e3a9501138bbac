import type { eventsApi } from '#core/api/events.ts'
import type { Call, Query } from '../api/call.ts'

/** Search over events. */
export const searchCalls = (call: Call<typeof eventsApi>) => ({
  events: (query: Query) => call('GET /api/events', { query }),
  histogram: (query: Query) => call('GET /api/events/histogram', { query }),
  event: (id: string) => call('GET /api/events/:id', { params: { id } }),
  unmask: (id: string) => call('POST /api/events/:id/unmask', { params: { id } })
})
