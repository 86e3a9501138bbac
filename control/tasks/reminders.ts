import { MINUTE_MS } from '#core/time.ts'
import { byTime, enter, writeToSoc, writeToUnit, type Recipient, type TaskContext } from './telling.ts'
import { contactsOf, saveTask, type TaskRecord } from './record.ts'

/** Tasks looked at in one go; the rest follow with the next call, seconds later. */
const MAX_PER_TICK = 50
/** A deadline a few minutes away leaves no room for a reminder before it. */
const MIN_HALF_MS = 20 * MINUTE_MS
/** How long after the deadline the next contact, then the head of the unit is written to, at least. */
const MIN_NEXT_MS = 15 * MINUTE_MS
const MIN_HEAD_MS = 30 * MINUTE_MS

/** What follows a request, in its order: reminders to who was asked, then somebody else. */
const ladder = ['half', 'due', 'next', 'head'] as const
type Rung = (typeof ladder)[number]

function timeOf(rung: Rung, from: number, deadline: number): number {
  const allotted = Math.max(0, deadline - from)
  switch (rung) {
    case 'half':
      return from + allotted / 2
    case 'due':
      return deadline
    case 'next':
      return deadline + Math.max(MIN_NEXT_MS, allotted / 4)
    case 'head':
      return deadline + Math.max(MIN_HEAD_MS, allotted / 2)
  }
}

/** Starts the ladder of a new deadline: what an older one has already said is not said again. */
export function startRound(record: TaskRecord, now: number, deadline: number): void {
  record.round += 1
  record.round_at = now
  record.deadline = deadline
  record.step = deadline - now < MIN_HALF_MS ? 1 : 0
  planNext(record)
}

/** Nothing more is said of a task that has ended. */
export function stopRound(record: TaskRecord): void {
  record.next_at = null
}

function planNext(record: TaskRecord) {
  const rung = ladder[record.step]
  record.next_at = rung === undefined ? null : Math.ceil(timeOf(rung, record.round_at, record.deadline))
}

/**
 * Sends what is due by now. Each rung is marked in the transaction that announces it, so a restart neither repeats nor
 * forgets one; when several came due while the platform was down, only the last is sent.
 */
export function remind(context: TaskContext): number {
  const now = context.clock.now()
  const due = context.control.all<TaskRecord>(
    `SELECT * FROM tasks WHERE next_at IS NOT NULL AND next_at <= ? AND told_at IS NOT NULL ORDER BY next_at LIMIT ${MAX_PER_TICK}`,
    now
  )
  for (const record of due) {
    context.control.transaction(() => {
      let rung: Rung | undefined
      let overdue = false
      for (; record.next_at !== null && record.next_at <= now; planNext(record)) {
        rung = ladder[record.step]
        overdue ||= rung === 'due'
        record.step += 1
      }
      if (rung !== undefined) climb(context, record, rung)
      if (overdue) writeToSoc(context, record, 'overdue', record.round)
      saveTask(context, record)
      context.changed(record)
    })
  }
  return due.length
}

function climb(context: TaskContext, record: TaskRecord, rung: Rung) {
  const to = rung === 'half' || rung === 'due' ? undefined : (rung === 'next' ? nextContact : headOf)(context, record)
  writeToUnit(context, record, rung, record.round, to)
  enter(context, record, {
    kind: to === undefined ? 'reminder' : 'escalated',
    by: byTime,
    params: { rung, ...(to === undefined ? {} : { to: to.contact?.name ?? context.inventory.label(to.unit).name }) }
  })
}

/** The contact after the one who was asked; when there is no other, who was asked hears it again. */
function nextContact(context: TaskContext, record: TaskRecord): Recipient | undefined {
  const contacts = contactsOf(context, record.unit)
  const at = contacts.findIndex(({ id, name }) => id === record.contact_id || name === record.contact_name)
  const contact = record.contact_name === '' ? contacts[0] : contacts[at + 1]
  return contact === undefined ? undefined : { unit: record.unit, contact }
}

/** Words in a contact's role that mean the head of a unit or a deputy. */
const headWords = /chủ tịch|giám đốc|trưởng|thủ trưởng|lãnh đạo|bí thư|head|director|chair/i

/** The head of the unit when its contacts name one, else the unit above. */
function headOf(context: TaskContext, record: TaskRecord): Recipient | undefined {
  const head = contactsOf(context, record.unit).find(
    ({ role, id }) => id !== record.contact_id && headWords.test(role) && !/phó|deputy/i.test(role)
  )
  if (head !== undefined) return { unit: record.unit, contact: head }
  const parent = context.inventory.unit(record.unit)?.parent
  return parent === undefined || contactsOf(context, parent).length === 0 ? undefined : { unit: parent }
}
