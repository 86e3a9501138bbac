import type { TaskEntry, TaskFile, TaskRow, TaskState } from '#core/api/tasks.ts'
import type { Bilingual, Level } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'

/** One row of the table `tasks`; texts as JSON. */
export type TaskRecord = {
  seq: number
  id: string
  revision: number
  unit: string
  origin: Origin
  level: Level
  title: string
  what: string
  steps: string
  state: TaskState
  incident_id: string | null
  contact_id: string | null
  contact_name: string
  contact_role: string
  created_at: number
  created_by: string
  last_at: number
  deadline: number
  ended_at: number | null
  round: number
  round_at: number
  step: number
  next_at: number | null
  questions: number
  /** When the first message reached somebody of the unit; null: nobody knows of it yet. */
  told_at: number | null
}

/** What the tasks stand on. */
export type Tables = { control: Control; inventory: Inventory }

export const bilingual = (json: string): Bilingual => JSON.parse(json) as Bilingual

/** Entries of one task that are shown, newest kept: more than a task can collect within its own limits. */
const MAX_SHOWN = 400

export function taskById({ control }: Tables, id: string): TaskRecord | undefined {
  return control.get<TaskRecord>('SELECT * FROM tasks WHERE id = ?', id)
}

const columns = [
  'state',
  'contact_id',
  'contact_name',
  'contact_role',
  'last_at',
  'deadline',
  'ended_at',
  'round',
  'round_at',
  'step',
  'next_at',
  'questions',
  'told_at'
] as const satisfies readonly (keyof TaskRecord)[]
const UPDATE = `UPDATE tasks SET revision = revision + 1, ${columns.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`

/** Writes what changes in the life of a task; the revision grows. */
export function saveTask({ control }: Tables, record: TaskRecord): void {
  control.sql(UPDATE).run(...columns.map((name) => record[name]), record.id)
  record.revision += 1
}

export function alertsOf({ control }: Tables, id: string): string[] {
  const rows = control.all<{ alert_id: string }>(
    'SELECT alert_id FROM task_alerts WHERE task_id = ? ORDER BY place',
    id
  )
  return rows.map((row) => row.alert_id)
}

/** The row as screens show it, unmasked. */
export function taskRow(tables: Tables, record: TaskRecord): TaskRow {
  const { control, inventory } = tables
  const by = control.get<{ name: string }>('SELECT name FROM users WHERE id = ?', record.created_by)
  const { files } = control.single<{
    files: number
  }>('SELECT count(*) AS files FROM task_files WHERE task_id = ?', record.id)
  return {
    id: record.id,
    revision: record.revision,
    unit: inventory.label(record.unit),
    origin: record.origin,
    level: record.level,
    title: bilingual(record.title),
    state: record.state,
    deadline: record.deadline,
    incident: record.incident_id,
    alerts: alertsOf(tables, record.id),
    contact: record.contact_name === '' ? null : { name: record.contact_name, role: record.contact_role },
    questions: record.questions,
    unsent: unsentOf(tables, record),
    files,
    createdAt: record.created_at,
    by: { id: record.created_by, name: by?.name ?? record.created_by },
    lastAt: record.last_at,
    endedAt: record.ended_at
  }
}

/** Why nobody of the unit knows of an open task; '' when somebody does, or when nobody need know any more. */
function unsentOf({ control }: Tables, record: TaskRecord): TaskRow['unsent'] {
  if (record.told_at !== null || record.ended_at !== null) return ''
  const last = control.get<{ recipient: string; status: string; code: string }>(
    `SELECT n.recipient, n.status, n.code FROM announcements a JOIN notifications n ON n.announcement_id = a.id
       WHERE a.subject = ? ORDER BY n.id DESC LIMIT 1`,
    `task:${record.id}`
  )
  if (last === undefined || last.code === 'channel.none') return last === undefined ? 'contacts' : 'channel'
  if (last.recipient.startsWith('nobody:')) return 'contacts'
  if (last.code.startsWith('setting.')) return 'settings'
  return last.status === 'failed' ? 'failed' : 'waiting'
}

export function entriesOf({ control }: Tables, id: string): TaskEntry[] {
  const rows = control.all<Omit<TaskEntry, 'id'> & { id: number }>(
    `SELECT id, at, kind, text, side, name FROM task_entries WHERE task_id = ? ORDER BY id DESC LIMIT ${MAX_SHOWN}`,
    id
  )
  return rows.reverse().map((row) => ({ ...row, id: String(row.id) }))
}

export function filesOf({ control }: Tables, id: string): TaskFile[] {
  return control.all<TaskFile>(
    'SELECT id, at, name, kind, size, sha256, sent_by AS by FROM task_files WHERE task_id = ? ORDER BY at, id',
    id
  )
}

/** Contacts of a unit in the order in which they are kept: the first is asked first. */
export function contactsOf({ control }: Tables, unit: string): { id: string; name: string; role: string }[] {
  return control.all<{
    id: string
    name: string
    role: string
  }>('SELECT id, name, role FROM contacts WHERE unit = ? ORDER BY rowid', unit)
}
