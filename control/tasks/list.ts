import type { TaskList, TaskView } from '#core/api/tasks.ts'
import { SocError } from '#core/errors.ts'
import type { Origin } from '#core/origin.ts'
import type { Reads } from '#control/database/reads.ts'
import type { Scope } from '#control/rights/scope.ts'
import { taskRow, type TaskRecord } from './record.ts'
import type { TaskContext } from './telling.ts'

export type TaskFilter = {
  view: TaskView
  scope: Scope
  alert?: string
  incident?: string
  cursor?: string
  limit: number
}

/** Order and condition of each view; `:at` and `:seq` are where the page before ended. */
const views: Record<TaskView, { where: string; sort: keyof TaskRecord; down: boolean }> = {
  open: { where: 't.ended_at IS NULL', sort: 'deadline', down: false },
  overdue: {
    where: 't.ended_at IS NULL AND t.told_at IS NOT NULL AND t.deadline < :now',
    sort: 'deadline',
    down: false
  },
  ended: { where: 't.ended_at IS NOT NULL', sort: 'ended_at', down: true },
  all: { where: ':now IS NOT NULL', sort: 'seq', down: true }
}

/** One page of tasks within a scope. Throws 400 `cursor.invalid`. */
export function listTasks(context: TaskContext, filter: TaskFilter): TaskList {
  const { where, sort, down } = views[filter.view]
  const after = readCursor(filter.cursor)
  const units = JSON.stringify(filter.scope === undefined ? null : [...filter.scope])
  const conditions = [where, inScope]
  const values: Record<string, string | number> = { units, limit: filter.limit + 1 }
  if (where.includes(':now')) values['now'] = context.clock.now()
  if (filter.alert !== undefined) {
    conditions.push('t.id IN (SELECT task_id FROM task_alerts WHERE alert_id = :alert)')
    values['alert'] = filter.alert
  }
  if (filter.incident !== undefined) {
    conditions.push('t.incident_id = :incident')
    values['incident'] = filter.incident
  }
  if (after !== undefined) {
    conditions.push(`(t.${sort}, t.seq) ${down ? '<' : '>'} (:at, :seq)`)
    Object.assign(values, after)
  }
  const turn = down ? 'DESC' : 'ASC'
  const found = context.control.all<TaskRecord>(
    `SELECT t.* FROM tasks t WHERE ${conditions.join(' AND ')} ORDER BY t.${sort} ${turn}, t.seq ${turn} LIMIT :limit`,
    values
  )
  const page = found.slice(0, filter.limit)
  const last = page.at(-1)
  return {
    items: page.map((record) => taskRow(context, record)),
    counts: counts(context, units),
    cursor: found.length > page.length && last !== undefined ? `${String(last[sort])}.${last.seq}` : null
  }
}

const inScope = `(:units = 'null' OR t.unit IN (SELECT value FROM json_each(:units)))`

function counts(context: TaskContext, units: string): TaskList['counts'] {
  return context.control.single<TaskList['counts']>(
    `SELECT count(*) AS open, coalesce(sum(t.deadline < :now AND t.told_at IS NOT NULL), 0) AS overdue FROM tasks t
       WHERE t.ended_at IS NULL AND ${inScope}`,
    { units, now: context.clock.now() }
  )
}

function readCursor(cursor: string | undefined): { at: number; seq: number } | undefined {
  if (cursor === undefined) return undefined
  const parts = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor)
  if (parts === null) throw new SocError('cursor.invalid', 'this is no cursor of ours', { status: 400 })
  return { at: Number(parts[1]), seq: Number(parts[2]) }
}

/** Tasks of an origin per unit that somebody there knows of, past their deadline and not over. */
export function overdueByUnit(control: Reads, origin: Origin, now: number): Map<string, number> {
  const rows = control.all<{ unit: string; n: number }>(
    `SELECT unit, COUNT(*) AS n FROM tasks
       WHERE ended_at IS NULL AND told_at IS NOT NULL AND deadline < ? AND origin = ? GROUP BY unit`,
    now,
    origin
  )
  return new Map(rows.map(({ unit, n }) => [unit, n]))
}
