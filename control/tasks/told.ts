import type { NotificationStatus } from '#core/notification.ts'
import { MINUTE_MS } from '#core/time.ts'
import { saveTask, taskById, type TaskRecord } from './record.ts'
import { startRound } from './reminders.ts'
import { byTime, enter, type TaskContext } from './telling.ts'

/** A deadline that was set while nobody knew of the task moves by less than this without a word. */
const LATE_TOLD_MS = 5 * MINUTE_MS

/**
 * Somebody of the unit knows of the task from now on: lateness counts from here. Who hears of it late has as long as was
 * meant for him.
 */
export function nowKnown(context: TaskContext, record: TaskRecord): void {
  if (record.told_at !== null) return
  const now = context.clock.now()
  record.told_at = now
  const lost = now - record.round_at
  if (lost <= LATE_TOLD_MS || record.ended_at !== null) return
  startRound(record, now, record.deadline + lost)
  enter(context, record, { kind: 'extended', by: byTime, params: { deadline: record.deadline } })
}

/** A message has changed its fate: once one of a task has reached a person, the task is known. */
export function hear(context: TaskContext, { subject, status }: { subject: string; status: NotificationStatus }): void {
  if (!subject.startsWith('task:') || !arrived.has(status)) return
  const record = taskById(context, subject.slice('task:'.length))
  if (record === undefined || record.told_at !== null) return
  const person = context.control.get<{ id: number }>(
    `SELECT n.id FROM announcements a JOIN notifications n ON n.announcement_id = a.id WHERE a.subject = ?
       AND n.status IN ('accepted', 'delivered', 'read', 'answered') AND n.recipient NOT LIKE 'nobody:%' LIMIT 1`,
    subject
  )
  if (person === undefined) return
  context.control.transaction(() => {
    nowKnown(context, record)
    saveTask(context, record)
    context.changed(record)
  })
}

const arrived: ReadonlySet<NotificationStatus> = new Set(['accepted', 'delivered', 'read', 'answered'])
