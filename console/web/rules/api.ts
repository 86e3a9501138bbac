import type { rulesApi } from '#core/api/rules.ts'
import type { Call, Query } from '../api/call.ts'

/** Rules as the detector loaded them. */
export const ruleCalls = (call: Call<typeof rulesApi>) => ({
  rules: (query: Query) => call('GET /api/rules', { query }),
  rule: (id: string) => call('GET /api/rules/:id', { params: { id } })
})
