import type { postureApi } from '#core/api/posture.ts'
import type { Call, Query } from '../api/call.ts'

/** Figures of a period. */
export const postureCalls = (call: Call<typeof postureApi>) => ({
  posture: (query: Query) => call('GET /api/posture', { query }),
  postureUnit: (code: string, query: Query) => call('GET /api/posture/units/:code', { params: { code }, query })
})
