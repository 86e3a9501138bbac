import type { dutyApi } from '#core/api/duty.ts'
import { SocError } from '#core/errors.ts'
import type { Priority } from '#core/notification.ts'
import { ictDay, ictDayStart } from '#core/time.ts'
import { addressKinds, checkAddresses, checkChannels } from '#control/notifications/channel-lists.ts'
import { showWhole } from '#control/rights/masking.ts'
import { auditAct, notFound, type Context } from '../context.ts'
import { wholeProvince } from './acting.ts'
import type { Handlers } from './serve.ts'

/** Who is on duty, the steps of escalation, and how people are reached. Set for the whole province, by nobody of some units. */
export function dutyHandlers(context: Context): Handlers<typeof dutyApi> {
  const { control, notifications } = context
  const { roster, policies, people } = notifications

  function weekOf(day: string | undefined) {
    const asked = day ?? ictDay(context.clock.now())
    if (Number.isNaN(ictDayStart(asked))) throw new SocError('roster.day', 'no such day', { status: 422 })
    return roster.week(asked, context.clock.now())
  }

  return {
    'GET /api/notifications/roster': (request) => weekOf(request.query.day),
    'PUT /api/notifications/roster/pattern': (request) => {
      wholeProvince(request.scope)
      const { weekday, shift, users } = request.body
      return control.transaction(() => {
        roster.setPattern(weekday, shift, users)
        auditAct(context, request, 'roster.pattern', `${weekday}:${shift}`, { users })
        return weekOf(undefined)
      })
    },
    'PUT /api/notifications/roster/day': (request) => {
      wholeProvince(request.scope)
      const { day, shift, users } = request.body
      return control.transaction(() => {
        roster.setDay(day, shift, users)
        auditAct(context, request, 'roster.day', `${day}:${shift}`, { users: users ?? 'pattern' })
        return weekOf(day)
      })
    },
    'PUT /api/notifications/roster/shifts': (request) => {
      wholeProvince(request.scope)
      return control.transaction(() => {
        roster.setShifts(request.body)
        auditAct(context, request, 'roster.shifts', '', { shifts: request.body.map(({ id }) => id).join(' ') })
        return weekOf(undefined)
      })
    },
    'GET /api/notifications/policy': () => policies.list(),
    'PUT /api/notifications/policy/:priority': (request) => {
      wholeProvince(request.scope)
      const priority = request.params.priority as Priority
      if (Math.min(...request.body.steps.map(({ afterMin }) => afterMin)) !== 0)
        throw new SocError('policy.first_step', 'the first step comes at once', { status: 422 })
      return control.transaction(() => {
        auditAct(context, request, 'escalation.changed', `P${priority}`, { steps: request.body.steps.length })
        return policies.set(priority, request.body)
      })
    },
    'DELETE /api/notifications/policy/:priority': (request) => {
      wholeProvince(request.scope)
      const priority = request.params.priority as Priority
      return control.transaction(() => {
        auditAct(context, request, 'escalation.reset', `P${priority}`)
        return policies.reset(priority)
      })
    },
    'GET /api/notifications/people': (request) => {
      wholeProvince(request.scope)
      // An official's number at work, there to be corrected by who keeps the list.
      return showWhole(people.list())
    },
    'PUT /api/notifications/people/:id': (request) => {
      wholeProvince(request.scope)
      const { id } = request.params
      if (people.get(id) === undefined) throw notFound('user', id)
      const { addresses, channels } = request.body
      checkAddresses(addresses)
      checkChannels(channels)
      return control.transaction(() => {
        people.set(id, request.body)
        // Which ways, not the numbers themselves.
        const ways = addressKinds.map(({ name }) => name).filter((kind) => (addresses[kind] ?? '') !== '')
        if (channels.length > 0) ways.push('channels')
        auditAct(context, request, 'person.contact', id, { ways: ways.join(' ') })
        return showWhole(people.get(id)!)
      })
    }
  }
}
