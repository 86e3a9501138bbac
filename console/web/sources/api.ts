import type { deadLettersApi } from '#core/api/dead-letters.ts'
import type { NewSource, sourcesApi } from '#core/api/sources.ts'
import type { Call, Query } from '../api/call.ts'

/** Sources with their tokens, and what no parser took. */
export const sourceCalls = (call: Call<typeof sourcesApi & typeof deadLettersApi>) => ({
  sources: () => call('GET /api/sources'),
  createSource: (draft: NewSource) => call('POST /api/sources', { body: draft }),
  changeSource: (id: string, change: Partial<NewSource> & { enabled?: boolean }) =>
    call('PATCH /api/sources/:id', { params: { id }, body: change }),
  createToken: (id: string) => call('POST /api/sources/:id/tokens', { params: { id } }),
  revokeTokens: (id: string) => call('DELETE /api/sources/:id/tokens', { params: { id } }),
  deadLetters: (query: Query) => call('GET /api/dead-letters', { query }),
  replay: (ids: string[]) => call('POST /api/dead-letters/replay', { body: { ids } })
})
