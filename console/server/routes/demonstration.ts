import { auditAct, type Context } from '../context.ts'
import type { demonstrationApi } from '#core/api/demonstration.ts'
import type { Handlers } from './serve.ts'

/** Ends the demonstration and removes what it made. */
export function demonstrationHandlers(context: Context): Handlers<typeof demonstrationApi> {
  return {
    'POST /api/demonstration/end': async (request) => {
      auditAct(context, request, 'demonstration.ended', '')
      await context.demonstration.end()
      context.live.publishSummary()
    }
  }
}
