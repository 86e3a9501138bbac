import type { Level } from '#core/match.ts'
import type { Reads } from '#control/database/reads.ts'

/** A task asked of a unit, as it stood at a moment. */
export type TaskFact = {
  id: string
  unit: string
  level: Level
  incident: string | null
  /** The first alert it is about. */
  alert: string | null
  sentAt: number
  deadline: number
  /** When somebody of the unit first knew of it; null: nobody does, so nobody is late. */
  toldAt: number | null
  /** First answer of the unit, whatever it said. */
  answeredAt: number | null
  /** That answer came before the deadline that held then. */
  inTime: boolean
  /** Over: done, not theirs, or taken back by the SOC. */
  over: boolean
}

type Row = Omit<TaskFact, 'answeredAt' | 'inTime' | 'over'>

/** Tasks sent before `at`, of one origin: told from the entries of their history, not from how they stand today. */
export function tasksAt(database: Reads, origin: string, at: number): TaskFact[] {
  const rows = database.all<Row>(
    `SELECT t.id, t.unit, t.level, t.incident_id AS incident, a.alert_id AS alert, t.created_at AS sentAt, t.deadline, t.told_at AS toldAt
       FROM tasks t LEFT JOIN task_alerts a ON a.task_id = t.id AND a.place = 0
       WHERE t.origin = ? AND t.created_at < ? ORDER BY t.seq`,
    origin,
    at
  )
  const tasks = new Map(
    rows.map((row) => [row.id, { ...row, answeredAt: null, inTime: false, over: false } as TaskFact])
  )
  if (tasks.size === 0) return []
  const set = deadlinesBefore(database, at)
  for (const [id, fact] of tasks) fact.deadline = set.get(id)?.at(-1)?.deadline ?? fact.deadline
  const entries = database.each<{ task: string; at: number; kind: string }>(
    `SELECT e.task_id AS task, e.at, e.kind FROM task_entries e JOIN tasks t ON t.id = e.task_id
       WHERE t.origin = ? AND e.at < ? ORDER BY e.id`,
    origin,
    at
  )
  for (const { task, at: moment, kind } of entries) {
    const fact = tasks.get(task)
    if (fact === undefined) continue
    if (answers.has(kind) && fact.answeredAt === null) {
      fact.answeredAt = moment
      const held = set.get(task)?.findLast((change) => change.at <= moment)?.deadline ?? fact.deadline
      fact.inTime = moment <= held
    }
    if (endings.has(kind)) fact.over = true
    else if (kind === 'reopened') fact.over = false
  }
  return [...tasks.values()]
}

/** Every deadline of every task that was set before `at`, oldest first. */
function deadlinesBefore(database: Reads, at: number): Map<string, { at: number; deadline: number }[]> {
  const rows = database.each<{ at: number; params: string }>(
    `SELECT at, params FROM timeline WHERE act IN ('task.sent', 'task.extended', 'task.reopened') AND at < ? ORDER BY id`,
    at
  )
  const set = new Map<string, { at: number; deadline: number }[]>()
  for (const row of rows) {
    const { task = '', deadline } = JSON.parse(row.params) as { task?: string; deadline?: number }
    if (deadline === undefined) continue
    const known = set.get(task)
    if (known === undefined) set.set(task, [{ at: row.at, deadline }])
    else known.push({ at: row.at, deadline })
  }
  return set
}

const answers: ReadonlySet<string> = new Set(['received', 'doing', 'done', 'not_ours', 'question'])
const endings: ReadonlySet<string> = new Set(['done', 'not_ours', 'withdrawn'])

/** Past its deadline and not over. */
export const isOverdue = (task: TaskFact, at: number): boolean =>
  !task.over && task.toldAt !== null && task.toldAt <= at && task.deadline < at
