import type { notificationHooksApi } from '#core/api/notification-hooks.ts'
import { SocError } from '#core/errors.ts'
import type { Context } from '../context.ts'
import type { Handlers } from './serve.ts'

/** A provider's call is some fields; a batch of receipts is still small. */
const MAX_BODY = 32 * 1024
const MAX_PER_MINUTE = 1200

/**
 * Where providers tell what became of a message. Public: the call's own signature or key is the right, and who has none
 * learns nothing. The body stays bytes, since the signature is over them.
 */
export function notificationHookHandlers(context: Context): Handlers<typeof notificationHooksApi> {
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

  return {
    'POST /hooks/notifications/:channel': {
      bodies: 'bytes',
      maxBytes: MAX_BODY,
      perMinute: MAX_PER_MINUTE,
      handle: ({ params, headers, query, body }) => take(params.channel, headers, query, body)
    },
    // Some SMS gateways call back with GET; the key in the address is asked all the same.
    'GET /hooks/notifications/:channel': {
      perMinute: MAX_PER_MINUTE,
      handle: ({ params, headers, query }) => take(params.channel, headers, query, undefined)
    }
  }
}
