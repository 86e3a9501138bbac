import { auditAct, type App, type Context } from '../context.ts'
import { Nothing } from './query.ts'

/** Ends the demonstration and removes what it made. */
export function demonstrationRoutes(app: App, context: Context): void {
  app.post(
    '/api/demonstration/end',
    { schema: { summary: 'End the demonstration', response: { 204: Nothing } } },
    async (request, reply) => {
      auditAct(context, request, 'demonstration.ended', '')
      await context.demonstration.end()
      context.live.publishSummary()
      void reply.code(204)
      return null
    }
  )
}
