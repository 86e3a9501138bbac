import { Type } from 'typebox'
import { SocError } from '#core/errors.ts'
import type { App, Context } from '../context.ts'

/** A provider's call is some fields; a batch of receipts is still small. */
const MAX_BODY = 32 * 1024
const MAX_PER_MINUTE = 1200

const Channel = Type.Object({ channel: Type.String({ minLength: 1, maxLength: 30 }) })
const Taken = Type.Object({ ok: Type.Boolean() })

/**
 * Where providers tell what became of a message. Public: the call's own signature or key is the right, and who has none
 * learns nothing. The body stays bytes, since the signature is over them.
 */
export function notificationHookRoutes(app: App, context: Context): void {
  const flat = (values: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : undefined])
    )
  const take = (channel: string, headers: object, query: unknown, body: unknown) => {
    const taken = context.notifications.providerReceipt(channel, {
      headers: flat({ ...headers }),
      query: flat({ ...(query as object) }),
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0)
    })
    if (taken === 'unknown') throw new SocError('hook.refused', 'not signed', { status: 403 })
    // The same answer whether something changed or not: a repeated receipt is no fault.
    return { ok: true }
  }
  void app.register(async (hooks) => {
    hooks.removeAllContentTypeParsers()
    hooks.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, done) =>
      done(null, body)
    )
    const config = { rateLimit: { max: MAX_PER_MINUTE, timeWindow: 60_000 } }
    const schema = { summary: 'A provider’s receipt', params: Channel, response: { 200: Taken } }
    hooks.post('/hooks/notifications/:channel', { config, bodyLimit: MAX_BODY, schema }, (request) =>
      take((request.params as { channel: string }).channel, request.headers, request.query, request.body)
    )
    // Some SMS gateways call back with GET; the key in the address is asked all the same.
    hooks.get('/hooks/notifications/:channel', { config, schema }, (request) =>
      take((request.params as { channel: string }).channel, request.headers, request.query, undefined)
    )
  })
}
