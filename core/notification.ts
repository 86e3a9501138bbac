import type { Bilingual } from './match.ts'
import type { Origin } from './origin.ts'

/** Name of a channel: of those in control/notifications/channels/, or of one that was there when a row was written. */
export type ChannelName = string

/** P1 wakes people, P2 is for the shift, P3 for working hours, P4 for digests. */
export type Priority = 1 | 2 | 3 | 4

/** Where a message's fate stands; `accepted` (a relay took it) is never shown as `delivered`. */
export const notificationStatuses = [
  'queued',
  'sending',
  'accepted',
  'delivered',
  'read',
  'answered',
  'deferred',
  'failed',
  'cancelled'
] as const
export type NotificationStatus = (typeof notificationStatuses)[number]

/** Why nothing of an announcement goes out any more; only the first is a person's answer. */
export type Ending = 'acknowledged' | 'recovered' | 'over' | 'merged'

/** To whom: the SOC's duty roster, the contacts of a unit, accounts, or subscribers of a report by address. */
export type Audience =
  | { kind: 'duty' }
  /** Every contact of a unit, or only the one named when the unit still has it. */
  | { kind: 'unit'; unit: string; contact?: string }
  | { kind: 'user'; userId: string }
  | { kind: 'address'; channel: 'email'; address: string; name: string }
  | { kind: 'role'; role: 'leader' | 'admin' }

/**
 * Something to be told. Written into the outbox inside the transaction of the change it announces; told once per key and
 * recipient. Texts carry no personal data, addresses or weaknesses: they leave the house.
 */
export type Announcement = {
  /** `incident:VL-0001:opened`; the same key is never announced twice. */
  key: string
  topic: 'incident' | 'task' | 'report' | 'account' | 'platform' | 'health'
  priority: Priority
  origin: Origin
  /** What an acknowledgement stops: every message and step with the same subject, e.g. `incident:VL-0001`, `task:NV-0001`. */
  subject: string
  /** Affected unit; '' for none. */
  unit: string
  to: Audience[]
  /** One line; the SMS is made from it (unaccented, at most 160 characters with the code). */
  title: Bilingual
  /** A few sentences. */
  body: Bilingual
  /** Short code people can say on the phone: VL-0231, NV-0007. */
  code: string
  /** Path on the console (`/incidents/VL-0231`, `/t/<token>`); '' for none. The base address is a setting. */
  link: string
  /** Escalate by the policy of the priority until acknowledged. */
  escalates: boolean
  /**
   * Something is over: its messages and escalation stop, for this reason, and whoever was told of it before is told this too.
   * `subject` where it is another one than this announcement's: what it was merged into goes on under its own.
   */
  resolves?: { as: Ending; subject?: string }
  /** The sentence of an SMS, in Vietnamese, where the title says too little to somebody outside the SOC. */
  sms?: string
  /** Files by archive id; only channels that can carry files send them, the others send the link. */
  attachments?: { name: string; type: string; bytes: Uint8Array }[]
}

/** The outbox as other parts of the console use it. */
export type Notifier = {
  /** Writes the outbox rows; call it inside the transaction of the change. A key that was announced before does nothing. */
  announce(announcement: Announcement): void
  /** Somebody has taken it up: nothing queued or to be escalated with this subject goes out any more. Returns how many were stopped. */
  acknowledge(subject: string, by: string): number
  /** Drops what is queued of an origin: the end of a demonstration. */
  forget(origin: Origin): void
}
