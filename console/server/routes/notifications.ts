import { Type } from 'typebox'
import {
  ChannelList,
  ChannelTest,
  NotificationAct,
  NotificationDetail,
  NotificationList,
  NotificationRow,
  NotificationStatusName,
  DutyDayChange,
  DutyPatternChange,
  DutyRoster,
  DutyShifts,
  EscalationPolicy,
  EscalationPolicyChange,
  OutboxList,
  PersonContactRow,
  PersonContacts
} from '#core/api/notifications.ts'
import { oneOf } from '#core/api/common.ts'
import { SocError } from '#core/errors.ts'
import type { Priority } from '#core/notification.ts'
import { ictDay, ictDayStart } from '#core/time.ts'
import { addressKinds, channelNames, channelOf } from '#control/notifications/channel-lists.ts'
import { may } from '#control/rights/authorisation.ts'
import { auditAct, notFound, viewerOf, type App, type Context } from '../context.ts'
import { showWhole } from '#control/rights/masking.ts'
import type { Scope } from '#control/rights/scope.ts'
import { Id, limitOf, text } from './query.ts'

const Page = { cursor: text(20), limit: limitOf(50, 200) }
const NotificationQuery = Type.Object({
  ...Page,
  status: Type.Optional(NotificationStatusName),
  channel: Type.Optional(oneOf(channelNames)),
  subject: text(100)
})
const NotificationId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const PriorityId = Type.Object({ priority: Type.Integer({ minimum: 1, maximum: 4 }) })
/** The fields that the kinds of addresses ask for. */
const PersonContactChange = Type.Object({
  addresses: Type.Object(
    Object.fromEntries(
      addressKinds.map(({ name, maxLength, pattern }) => [name, Type.Optional(Type.String({ maxLength, pattern }))])
    )
  ),
  channels: Type.Array(oneOf(channelNames), { maxItems: 8 })
})
const RosterQuery = Type.Object({ day: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })) })

/** Messages and their fates, channels, the duty roster and the steps of escalation. */
export function notificationRoutes(app: App, context: Context): void {
  messageRoutes(app, context)
  channelRoutes(app, context)
  rosterRoutes(app, context)
  policyRoutes(app, context)
  peopleRoutes(app, context)
}

/** How people are reached and who is woken concerns the whole province: nobody of some units sets it. */
function wholeProvince(scope: Scope) {
  if (scope !== undefined) throw new SocError('scope.province', 'this is set for the whole province', { status: 403 })
}

function messageRoutes(app: App, context: Context): void {
  const { control, notifications } = context
  const { views } = notifications

  app.get(
    '/api/notifications',
    {
      schema: { summary: 'Messages, newest first', querystring: NotificationQuery, response: { 200: NotificationList } }
    },
    (request) => {
      const { limit = 50, ...filter } = request.query
      return views.list({ ...filter, limit, scope: request.scope })
    }
  )

  app.get(
    '/api/notifications/:id',
    {
      schema: { summary: 'One message and its history', params: NotificationId, response: { 200: NotificationDetail } }
    },
    (request) => {
      const detail = views.detail(request.params.id, request.scope)
      if (detail === undefined) throw notFound('notification', String(request.params.id))
      return detail
    }
  )

  app.post(
    '/api/notifications/:id/acts',
    {
      schema: {
        summary: 'Send again, or stop, a message',
        params: NotificationId,
        body: NotificationAct,
        response: { 200: NotificationRow }
      }
    },
    (request) => {
      const { id } = request.params
      if (views.detail(id, request.scope) === undefined) throw notFound('notification', String(id))
      return control.transaction(() => {
        const row = request.body.kind === 'resend' ? notifications.resend(id) : notifications.cancel(id)
        auditAct(context, request, `notification.${request.body.kind}`, String(id), { subject: row.subject })
        return row
      })
    }
  )

  app.get(
    '/api/notifications/outbox',
    {
      schema: {
        summary: 'Messages of the demonstration as their recipients see them',
        querystring: Type.Object(Page),
        response: { 200: OutboxList }
      }
    },
    (request) => views.outbox({ limit: 50, ...request.query, scope: request.scope })
  )
}

function channelRoutes(app: App, context: Context): void {
  const { control, notifications } = context

  app.get(
    '/api/notifications/channels',
    { schema: { summary: 'Health of the channels', response: { 200: ChannelList } } },
    (request) => {
      const whole = may(viewerOf(request), 'notifications.write') && request.scope === undefined
      const list = notifications.channelHealth(whole)
      // Whose addresses fail is for those who mend them.
      return whole ? list : { ...list, unreachable: [] }
    }
  )

  app.post(
    '/api/notifications/channels/:id/test',
    { schema: { summary: 'Send a test message', params: Id, body: ChannelTest, response: { 200: NotificationRow } } },
    (request) => {
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
  )
}

function rosterRoutes(app: App, context: Context): void {
  const { control } = context
  const { roster } = context.notifications

  function weekOf(day: string | undefined) {
    const asked = day ?? ictDay(context.clock.now())
    if (Number.isNaN(ictDayStart(asked))) throw new SocError('roster.day', 'no such day', { status: 422 })
    return roster.week(asked, context.clock.now())
  }

  app.get(
    '/api/notifications/roster',
    { schema: { summary: 'Duty roster of a week', querystring: RosterQuery, response: { 200: DutyRoster } } },
    (request) => weekOf(request.query.day)
  )

  app.put(
    '/api/notifications/roster/pattern',
    {
      schema: { summary: 'Set a shift of the weekly pattern', body: DutyPatternChange, response: { 200: DutyRoster } }
    },
    (request) => {
      wholeProvince(request.scope)
      const { weekday, shift, users } = request.body
      return control.transaction(() => {
        roster.setPattern(weekday, shift, users)
        auditAct(context, request, 'roster.pattern', `${weekday}:${shift}`, { users })
        return weekOf(undefined)
      })
    }
  )

  app.put(
    '/api/notifications/roster/day',
    { schema: { summary: 'Set a shift of one day apart', body: DutyDayChange, response: { 200: DutyRoster } } },
    (request) => {
      wholeProvince(request.scope)
      const { day, shift, users } = request.body
      return control.transaction(() => {
        roster.setDay(day, shift, users)
        auditAct(context, request, 'roster.day', `${day}:${shift}`, { users: users ?? 'pattern' })
        return weekOf(day)
      })
    }
  )

  app.put(
    '/api/notifications/roster/shifts',
    { schema: { summary: 'Replace the shifts', body: DutyShifts, response: { 200: DutyRoster } } },
    (request) => {
      wholeProvince(request.scope)
      return control.transaction(() => {
        roster.setShifts(request.body)
        auditAct(context, request, 'roster.shifts', '', { shifts: request.body.map(({ id }) => id).join(' ') })
        return weekOf(undefined)
      })
    }
  )
}

function policyRoutes(app: App, context: Context): void {
  const { control } = context
  const { policies } = context.notifications

  app.get(
    '/api/notifications/policy',
    { schema: { summary: 'Steps of escalation', response: { 200: Type.Array(EscalationPolicy) } } },
    () => policies.list()
  )

  app.put(
    '/api/notifications/policy/:priority',
    {
      schema: {
        summary: 'Set the steps of a priority',
        params: PriorityId,
        body: EscalationPolicyChange,
        response: { 200: EscalationPolicy }
      }
    },
    (request) => {
      wholeProvince(request.scope)
      const priority = request.params.priority as Priority
      if (Math.min(...request.body.steps.map(({ afterMin }) => afterMin)) !== 0)
        throw new SocError('policy.first_step', 'the first step comes at once', { status: 422 })
      return control.transaction(() => {
        auditAct(context, request, 'escalation.changed', `P${priority}`, { steps: request.body.steps.length })
        return policies.set(priority, request.body)
      })
    }
  )

  app.delete(
    '/api/notifications/policy/:priority',
    { schema: { summary: 'Back to the built-in steps', params: PriorityId, response: { 200: EscalationPolicy } } },
    (request) => {
      wholeProvince(request.scope)
      const priority = request.params.priority as Priority
      return control.transaction(() => {
        auditAct(context, request, 'escalation.reset', `P${priority}`)
        return policies.reset(priority)
      })
    }
  )
}

function peopleRoutes(app: App, context: Context): void {
  const { control } = context
  const { people } = context.notifications

  app.get(
    '/api/notifications/people',
    {
      schema: { summary: 'How people with an account are reached', response: { 200: PersonContacts } }
    },
    (request) => {
      wholeProvince(request.scope)
      // An official's number at work, there to be corrected by who keeps the list.
      return showWhole(people.list())
    }
  )

  app.put(
    '/api/notifications/people/:id',
    {
      schema: {
        summary: 'Set how a person is reached',
        params: Id,
        body: PersonContactChange,
        response: { 200: PersonContactRow }
      }
    },
    (request) => {
      wholeProvince(request.scope)
      const { id } = request.params
      if (people.get(id) === undefined) throw notFound('user', id)
      return control.transaction(() => {
        people.set(id, request.body)
        // Which ways, not the numbers themselves.
        const { addresses, channels } = request.body
        const ways = addressKinds.map(({ name }) => name).filter((kind) => (addresses[kind] ?? '') !== '')
        if (channels.length > 0) ways.push('channels')
        auditAct(context, request, 'person.contact', id, { ways: ways.join(' ') })
        return showWhole(people.get(id)!)
      })
    }
  )
}
