import type { demonstrationApi } from '#core/api/demonstration.ts'
import type { summaryApi } from '#core/api/summary.ts'
import type { Call } from '../api/call.ts'

/** What the frame of every page asks. */
export const shellCalls = (call: Call<typeof summaryApi & typeof demonstrationApi>) => ({
  summary: () => call('GET /api/summary'),
  endDemonstration: () => call('POST /api/demonstration/end')
})
