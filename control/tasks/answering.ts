import type { TaskAnswerKind } from '#core/api/tasks.ts'
import { SocError } from '#core/errors.ts'
import { stopRound } from './reminders.ts'
import { alertsOf, saveTask, type TaskRecord } from './record.ts'
import { enter, writeToSoc, type Doer, type Entry, type TaskContext } from './telling.ts'
import { nowKnown } from './told.ts'

/** Steps one task may collect: a unit that keeps talking is called, not written to. Withdrawing is always possible. */
const MAX_ENTRIES = 300

export const isOpen = (record: TaskRecord): boolean => record.ended_at === null

/** Throws when the unit can no longer add anything to this task. */
export function checkRoom(context: TaskContext, record: TaskRecord): void {
  if (!isOpen(record))
    throw new SocError('task.ended', 'this task has ended', { status: 409, params: { state: record.state } })
  const { n } = context.control.single<{
    n: number
  }>('SELECT count(*) AS n FROM task_entries WHERE task_id = ?', record.id)
  if (n >= MAX_ENTRIES) throw new SocError('task.too_many', 'too many entries: call the SOC', { status: 429 })
}

const order = { sent: 0, received: 1, doing: 2 } as const

/**
 * One answer of the unit, in the caller's transaction. Saying again what is so changes nothing and leaves no entry, except
 * with a text. Any answer stops the messages on their way; the last ones end the task and give the alerts back.
 */
export function takeAnswer(
  context: TaskContext,
  record: TaskRecord,
  answer: { kind: TaskAnswerKind; text?: string },
  by: Doer,
  link?: Entry['link']
): void {
  checkRoom(context, record)
  nowKnown(context, record)
  const text = (answer.text ?? '').trim()
  if (answer.kind === 'question' && text === '')
    throw new SocError('task.question_empty', 'a question needs words', { status: 422 })
  const ends = answer.kind === 'done' || answer.kind === 'not_ours'
  const moves = answer.kind !== 'question' && (ends || order[answer.kind as 'doing'] > order[record.state as 'sent'])
  // With a link the entry stands even when nothing moved: it is what makes its nonce single.
  if (answer.kind !== 'question' && !moves && text === '' && link === undefined) return
  if (moves) record.state = answer.kind as TaskRecord['state']
  if (answer.kind === 'question') record.questions += 1
  enter(context, record, { kind: answer.kind, by, text, ...(link === undefined ? {} : { link }) })
  context.notifier.acknowledge(`task:${record.id}`, by.name === '' ? record.unit : by.name)
  if (answer.kind === 'question') writeToSoc(context, record, 'question', lastEntry(context, record))
  if (ends) {
    record.ended_at = context.clock.now()
    record.questions = 0
    stopRound(record)
    giveBack(context, record)
    writeToSoc(context, record, answer.kind as 'done', lastEntry(context, record))
  }
  saveTask(context, record)
  context.changed(record)
}

/** Alerts and incident are their analyst's again, unless another open task still asks about them. */
export function giveBack(context: TaskContext, record: TaskRecord): void {
  const asked = context.control.sql(
    `SELECT 1 FROM task_alerts a JOIN tasks t ON t.id = a.task_id
     WHERE a.alert_id = ? AND t.id <> ? AND t.ended_at IS NULL LIMIT 1`
  )
  const incidentAsked = context.control.sql(
    'SELECT 1 FROM tasks WHERE incident_id = ? AND id <> ? AND ended_at IS NULL LIMIT 1'
  )
  const incident = record.incident_id
  context.alerts.giveBack({
    alerts: alertsOf(context, record.id).filter((alert) => asked.get(alert, record.id) === undefined),
    incident: incident === null || incidentAsked.get(incident, record.id) !== undefined ? null : incident,
    params: { task: record.id, state: record.state }
  })
}

const lastEntry = ({ control }: TaskContext, { id }: TaskRecord): number =>
  control.single<{ id: number }>('SELECT max(id) AS id FROM task_entries WHERE task_id = ?', id).id
