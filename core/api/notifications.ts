import { Type, type Static } from 'typebox'
import { notificationStatuses } from '../notification.ts'
import { Bilingual, Millis, oneOf, Origin, UnitRef, Id, limitOf, text } from './common.ts'
import type { Routes } from './routes.ts'

/** A channel's name; the table of channels says which there are. */
export const ChannelName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,29}$' })
export const NotificationStatusName = oneOf(notificationStatuses)
export const Priority = Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Literal(4)])
const Nullable = Type.Union([Millis, Type.Null()])
const Named = Type.Object({ id: Type.String(), name: Type.String() })

/** One message to one recipient through one channel, and how far it came. */
export const NotificationRow = Type.Object({
  id: Type.Number(),
  revision: Type.Number(),
  status: NotificationStatusName,
  /** Why it stands where it stands: a provider's code or ours; '' when there is nothing to say. */
  code: Type.String(),
  channel: ChannelName,
  /** Differs from `channel` in the local outbox: what the recipient would have got it by. */
  composedAs: ChannelName,
  recipient: Type.String(),
  address: Type.String(),
  topic: Type.String(),
  priority: Priority,
  origin: Origin,
  subject: Type.String(),
  subjectCode: Type.String(),
  unit: Type.Union([UnitRef, Type.Null()]),
  title: Bilingual,
  step: Type.Number(),
  attempts: Type.Number(),
  queuedAt: Millis,
  sentAt: Nullable,
  changedAt: Millis,
  /** Next try, for what is queued or deferred. */
  dueAt: Nullable,
  /** Notification whose digest carries it. */
  foldedInto: Type.Union([Type.Number(), Type.Null()])
})
export type NotificationRow = Static<typeof NotificationRow>
export const NotificationList = Type.Object({
  items: Type.Array(NotificationRow),
  cursor: Type.Union([Type.String(), Type.Null()]),
  counts: Type.Record(Type.String(), Type.Number())
})
export type NotificationList = Static<typeof NotificationList>
export const NotificationDetail = Type.Object({
  notification: NotificationRow,
  /** As the recipient sees it; a private link of a real message is left out. */
  text: Type.String(),
  heading: Type.String(),
  /** Path on the console; only of the demonstration's messages. */
  link: Type.String(),
  detail: Type.String(),
  messageId: Type.String(),
  next: Type.Array(ChannelName),
  attachments: Type.Array(Type.Object({ name: Type.String(), bytes: Type.Number() })),
  history: Type.Array(
    Type.Object({ at: Millis, status: NotificationStatusName, code: Type.String(), detail: Type.String() })
  ),
  /** The other messages of the same announcement. */
  siblings: Type.Array(NotificationRow)
})
export type NotificationDetail = Static<typeof NotificationDetail>
export const NotificationAct = Type.Object({ kind: oneOf(['resend', 'cancel'] as const) })

/** One message in the demonstration's outbox, as its recipient would see it. */
export const OutboxMessage = Type.Object({
  notification: NotificationRow,
  heading: Type.String(),
  text: Type.String(),
  link: Type.String()
})
export type OutboxMessage = Static<typeof OutboxMessage>
export const OutboxList = Type.Object({
  items: Type.Array(OutboxMessage),
  cursor: Type.Union([Type.String(), Type.Null()])
})

export type OutboxList = Static<typeof OutboxList>

export const ChannelHealth = Type.Object({
  channel: ChannelName,
  label: Bilingual,
  /** Words for its provider's codes, by their beginning: `sms` stands for `sms.101` too. */
  codes: Type.Record(Type.String(), Bilingual),
  /** It goes to a program with one address from the settings, never to a person. */
  forMachines: Type.Boolean(),
  /** It reaches whoever has a phone number or a mail address, without an id of its provider. */
  forEverybody: Type.Boolean(),
  configured: Type.Boolean(),
  receipts: Type.Boolean(),
  lastSuccessAt: Nullable,
  lastFailureAt: Nullable,
  lastCode: Type.String(),
  lastClass: Type.String(),
  /** Until then others take over: its settings were refused. */
  blockedUntil: Nullable,
  sentToday: Type.Number(),
  dailyMax: Type.Union([Type.Number(), Type.Null()]),
  /** As the provider last said. */
  quotaLeft: Type.Union([Type.Number(), Type.Null()]),
  tokenRenewedAt: Nullable,
  tokenExpiresAt: Nullable,
  quietHours: Type.Union([Type.Object({ from: Type.Number(), to: Type.Number() }), Type.Null()]),
  waiting: Type.Number(),
  /** Address to give the provider for its receipts, with its key; administrators only, else ''. */
  receiptUrl: Type.String()
})
export type ChannelHealth = Static<typeof ChannelHealth>
export const UnreachableAddress = Type.Object({
  channel: ChannelName,
  address: Type.String(),
  code: Type.String(),
  at: Millis
})
export const ChannelList = Type.Object({
  channels: Type.Array(ChannelHealth),
  unreachable: Type.Array(UnreachableAddress),
  /** Base address of links; '' when SOC_PUBLIC_URL is not set. */
  publicUrl: Type.String(),
  /** Settings without which no message goes to a unit, by name. */
  missing: Type.Array(Type.String())
})
export type ChannelList = Static<typeof ChannelList>
export const ChannelTest = Type.Object({ to: Type.String({ minLength: 1, maxLength: 300 }) })

export const DutyShift = Type.Object({
  id: Type.String({ pattern: '^[a-z0-9-]{1,30}$' }),
  name: Type.String({ minLength: 1, maxLength: 60 }),
  startMin: Type.Integer({ minimum: 0, maximum: 1439 }),
  endMin: Type.Integer({ minimum: 0, maximum: 1439 })
})
export const DutyRoster = Type.Object({
  /** Monday of the week shown. */
  week: Type.String(),
  shifts: Type.Array(DutyShift),
  days: Type.Array(
    Type.Object({
      day: Type.String(),
      /** Name of the public holiday; '' on other days. */
      holiday: Type.String(),
      cells: Type.Array(
        Type.Object({
          shift: Type.String(),
          people: Type.Array(Named),
          /** Ids of those of them whom no message can reach: they have no address, or no account any more. */
          unreachable: Type.Array(Type.String()),
          by: oneOf(['week', 'holiday', 'day'] as const),
          /** Fewer than two people. */
          short: Type.Boolean(),
          now: Type.Boolean()
        })
      )
    })
  ),
  /** Times of the week in which nobody is on duty, minutes after midnight; none while nobody is planned at all. */
  gaps: Type.Array(Type.Object({ day: Type.String(), fromMin: Type.Number(), toMin: Type.Number() })),
  /** 1 Monday … 6 Saturday, 0 Sunday, 7 holidays. */
  pattern: Type.Array(
    Type.Object({
      weekday: Type.Number(),
      cells: Type.Array(Type.Object({ shift: Type.String(), people: Type.Array(Named) }))
    })
  ),
  /** Whether the year's days off are announced. */
  calendarAnnounced: Type.Boolean()
})
export type DutyRoster = Static<typeof DutyRoster>
const UserIds = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 10 })
export const DutyPatternChange = Type.Object({
  weekday: Type.Integer({ minimum: 0, maximum: 7 }),
  shift: Type.String({ maxLength: 50 }),
  users: UserIds
})
export const DutyDayChange = Type.Object({
  day: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
  shift: Type.String({ maxLength: 50 }),
  /** null goes back to the weekly pattern. */
  users: Type.Union([UserIds, Type.Null()])
})
export const DutyShifts = Type.Array(DutyShift, { minItems: 1, maxItems: 6 })

export const EscalationPolicy = Type.Object({
  priority: Priority,
  /** An administrator has set it; else it is the built-in one. */
  changed: Type.Boolean(),
  when: oneOf(['always', 'working_hours', 'digest'] as const),
  steps: Type.Array(
    Type.Object({
      afterMin: Type.Integer({ minimum: 0, maximum: 1440 }),
      to: oneOf(['first', 'next', 'all', 'head'] as const),
      by: Type.Array(oneOf(['chat', 'sms', 'email'] as const), { minItems: 1, maxItems: 3 })
    }),
    { minItems: 1, maxItems: 8 }
  ),
  repeatEveryMin: Type.Integer({ minimum: 0, maximum: 1440 }),
  /** Rounds after the last step; five at most, then it would be noise. */
  repeats: Type.Integer({ minimum: 0, maximum: 5 })
})
export type EscalationPolicy = Static<typeof EscalationPolicy>
export const EscalationPolicyChange = Type.Omit(EscalationPolicy, ['priority', 'changed'])

/** One kind of address a person can have, with its field in the form. */
export const AddressKind = Type.Object({
  name: Type.String(),
  label: Bilingual,
  input: oneOf(['email', 'text'] as const),
  maxLength: Type.Number()
})
export type AddressKind = Static<typeof AddressKind>

/** How a person with an account is reached. */
export const PersonContact = Type.Object({
  /** By kind of address; '' for none. */
  addresses: Type.Record(Type.String(), Type.String({ maxLength: 300 })),
  /** Preferred order; empty: as the steps say. */
  channels: Type.Array(ChannelName, { maxItems: 8 })
})
export type PersonContact = Static<typeof PersonContact>
export const PersonContactRow = Type.Object({
  user: Named,
  role: Type.String(),
  contact: PersonContact
})
export type PersonContactRow = Static<typeof PersonContactRow>
export const PersonContacts = Type.Object({
  kinds: Type.Array(AddressKind),
  /** Channels a person may prefer. */
  channels: Type.Array(Type.Object({ name: ChannelName, label: Bilingual })),
  people: Type.Array(PersonContactRow)
})
export type PersonContacts = Static<typeof PersonContacts>

const Page = { cursor: text(20), limit: limitOf(50, 200) }
const NotificationQuery = Type.Object({
  ...Page,
  status: Type.Optional(NotificationStatusName),
  channel: Type.Optional(ChannelName),
  subject: text(100)
})
const NotificationId = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

/** Messages and their fates, and the channels they go through. */
export const notificationsApi = {
  'GET /api/notifications': {
    who: 'notifications.read',
    about: 'Messages, newest first',
    note: 'Scoped.',
    query: NotificationQuery,
    answer: NotificationList
  },
  'GET /api/notifications/:id': {
    who: 'notifications.read',
    about: 'One message and its history',
    note: 'No link of a real message.',
    params: NotificationId,
    answer: NotificationDetail
  },
  'POST /api/notifications/:id/acts': {
    who: 'notifications.write',
    about: 'Send again, or stop, a message',
    params: NotificationId,
    body: NotificationAct,
    answer: NotificationRow
  },
  'GET /api/notifications/outbox': {
    who: 'notifications.read',
    about: 'Messages of the demonstration as their recipients see them',
    query: Type.Object(Page),
    answer: OutboxList
  },
  'GET /api/notifications/channels': {
    who: 'notifications.read',
    about: 'Health of the channels',
    note: 'Receipt addresses and failing addresses only for an admin of the province.',
    answer: ChannelList
  },
  'POST /api/notifications/channels/:id/test': {
    who: 'notifications.write',
    about: 'Send a test message',
    note: 'Administrators of the whole province.',
    params: Id,
    body: ChannelTest,
    answer: NotificationRow
  }
} satisfies Routes
