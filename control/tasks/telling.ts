import type { TaskAnswerKind } from '#core/api/tasks.ts'
import type { Audience, Notifier } from '#core/notification.ts'
import type { Actor } from '#control/rights/actor.ts'
import type { Clock } from '#core/clock.ts'
import type { Control } from '#control/database/control.ts'
import type { AdviceBook } from '#control/rules/advice-book.ts'
import type { Alerts } from '#control/triage/alerts.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Links } from './links.ts'
import { announcementOf, priorityOf, socMessage, unitMessage, type Occasion, type SocOccasion } from './message.ts'
import { alertsOf, type TaskRecord } from './record.ts'

/** What a task reads of alerts and incidents, and what it writes into their timelines. */
export type TaskAlerts = Pick<Alerts, 'tell' | 'giveBack' | 'detail' | 'incident' | 'act' | 'actOnIncident' | 'unitsOf'>

/** What every part of a task's life works with. */
export type TaskContext = {
  control: Control
  inventory: Inventory
  clock: Clock
  alerts: TaskAlerts
  notifier: Notifier
  links: Links
  /** First steps by rule and by ATT&CK tag. */
  advice: AdviceBook
  /** Screens hear of the record once its transaction is committed. */
  changed(record: TaskRecord): void
}

/** Who did a step: somebody of the SOC, somebody of the unit (with or without an account), or time. */
export type Doer = { side: 'soc' | 'unit' | 'system'; name: string; user?: Actor }
export const byTime: Doer = { side: 'system', name: '' }

export type EntryKind =
  | TaskAnswerKind
  | 'sent'
  | 'answer'
  | 'file'
  | 'reminder'
  | 'escalated'
  | 'extended'
  | 'reopened'
  | 'withdrawn'
  | 'link'
  | 'revoked'
export type Entry = {
  kind: EntryKind
  by: Doer
  text?: string
  link?: { id: string; nonce: string; bodyHash: string }
  params?: Record<string, string | number>
}

/** Steps that the stories of all alerts tell; the others are told of the first alert and the incident. */
const milestones = new Set<EntryKind>(['sent', 'done', 'not_ours', 'withdrawn', 'reopened'])

/** Writes a step into the task's own history and into the stories of its alerts and incident. */
export function enter(context: TaskContext, record: TaskRecord, entry: Entry): void {
  const { control, clock, alerts } = context
  const { kind, by, text = '', link, params = {} } = entry
  record.last_at = clock.now()
  control
    .sql(
      `INSERT INTO task_entries (task_id, at, kind, text, side, name, user_id, link_id, nonce, body_hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
    )
    .run(
      record.id,
      clock.now(),
      kind,
      text,
      by.side,
      by.name,
      by.user?.id ?? null,
      link?.id ?? null,
      link?.nonce ?? null,
      link?.bodyHash ?? null
    )
  const ids = alertsOf(context, record.id)
  const known = alerts.unitsOf(ids)
  const existing = ids.filter((id) => known.has(id))
  const told = existing.length > 1 && !milestones.has(kind) ? existing.slice(0, 1) : existing
  const story = {
    act: `task.${kind}`,
    unit: record.unit,
    text,
    params: { task: record.id, ...(by.side === 'unit' && by.name !== '' ? { contact: by.name } : {}), ...params },
    ...(by.user === undefined ? {} : { by: by.user })
  }
  const incident =
    record.incident_id !== null && alerts.incident(record.incident_id) !== undefined ? record.incident_id : null
  if (told.length === 0 && incident !== null) alerts.tell({ ...story, incident })
  told.forEach((alert, at) => alerts.tell({ ...story, alert, ...(at === 0 && incident !== null ? { incident } : {}) }))
}

/** To whom of a unit a message goes. */
export type Recipient = { unit: string; contact?: { id: string; name: string } }

/** Writes to the unit, with a fresh link for this occasion. The key is told once, whatever happens. */
export function writeToUnit(
  context: TaskContext,
  record: TaskRecord,
  occasion: Occasion,
  nth: string | number,
  to: Recipient = {
    unit: record.unit,
    ...(record.contact_id === null ? {} : { contact: { id: record.contact_id, name: record.contact_name } })
  }
): void {
  const unit = context.inventory.label(record.unit)
  const audience: Audience =
    to.contact === undefined ? { kind: 'unit', unit: to.unit } : { kind: 'unit', unit: to.unit, contact: to.contact.id }
  const ended = occasion === 'withdrawn'
  context.notifier.announce(
    announcementOf(record, {
      key: `task:${record.id}:${occasion}:${nth}`,
      subject: `task:${record.id}`,
      priority: ended ? 3 : priorityOf(record.level),
      to: [audience],
      ...unitMessage(occasion, { ...record, unit }),
      link: ended ? '' : `/t/${context.links.create(record.id, to.contact?.name ?? '')}`
    })
  )
}

/** Tells the analyst who asked; the desk too for what nobody should miss. */
export function writeToSoc(
  context: TaskContext,
  record: TaskRecord,
  occasion: SocOccasion,
  nth: string | number
): void {
  const asked: Audience = { kind: 'user', userId: record.created_by }
  context.notifier.announce(
    announcementOf(record, {
      key: `task:${record.id}:soc:${occasion}:${nth}`,
      // Not the unit's subject: its acknowledgement must not stop what the SOC is told.
      subject: `task:${record.id}:soc`,
      priority: priorityOf(record.level),
      to: occasion === 'done' ? [asked] : [asked, { kind: 'duty' }],
      ...socMessage(occasion, { ...record, unit: context.inventory.label(record.unit) }),
      link: `/tasks/${record.id}`
    })
  )
}
