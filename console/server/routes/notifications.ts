import type { notificationsApi } from '#core/api/notifications.ts'
import { channelOf, checkChannels } from '#control/notifications/channel-lists.ts'
import { may } from '#control/rights/permissions.ts'
import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { wholeProvince } from './acting.ts'
import type { Handlers } from './serve.ts'

/** Messages and their fates, and the channels they go through. */
export function notificationHandlers(context: Context): Handlers<typeof notificationsApi> {
  const { control, notifications } = context
  const { views } = notifications

  return {
    'GET /api/notifications': (request) => {
      const { limit = 50, ...filter } = request.query
      if (filter.channel !== undefined) checkChannels([filter.channel])
      return views.list({ ...filter, limit, scope: request.scope })
    },
    'GET /api/notifications/:id': (request) => {
      const detail = views.detail(request.params.id, request.scope)
      if (detail === undefined) throw notFound('notification', String(request.params.id))
      return detail
    },
    'POST /api/notifications/:id/acts': (request) => {
      const { id } = request.params
      if (views.detail(id, request.scope) === undefined) throw notFound('notification', String(id))
      return control.transaction(() => {
        const row = request.body.kind === 'resend' ? notifications.resend(id) : notifications.cancel(id)
        auditAct(context, request, `notification.${request.body.kind}`, String(id), { subject: row.subject })
        return row
      })
    },
    'GET /api/notifications/outbox': (request) => views.outbox({ limit: 50, ...request.query, scope: request.scope }),
    'GET /api/notifications/channels': (request) => {
      const whole = may(viewerOf(request), 'notifications.write') && request.scope === undefined
      const list = notifications.channelHealth(whole)
      // Whose addresses fail is for those who mend them.
      return whole ? list : { ...list, unreachable: [] }
    },
    'POST /api/notifications/channels/:id/test': (request) => {
      wholeProvince(request.scope)
      const channel = request.params.id
      if (channelOf(channel) === undefined) throw notFound('channel', channel)
      return control.transaction(() => {
        const name = viewerOf(request).name
        const row = notifications.test(channel, request.body.to, name)
        auditAct(context, request, 'channel.tested', channel)
        return row
      })
    }
  }
}
