import type { MaintenanceDraft, MaintenanceRow } from '#core/api/health.ts'
import type { MaintenanceWindow } from '#core/health.ts'
import { randomId } from '#core/ids.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS } from '#core/time.ts'
import { refuse } from '#core/errors.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import type { Fact } from './history.ts'
import { maintenanceKey } from './states.ts'

const WEEK_MS = 7 * DAY_MS
const MAX_LENGTH_MS = 31 * DAY_MS
const MAX_AHEAD_MS = 366 * DAY_MS
/** Windows that are not over; further ones are refused. */
const MAX_WINDOWS = 500
/** Windows that are over and still listed. */
const LISTED_OVER = 200

type Record_ = {
  id: string
  origin: Origin
  systems: string
  from_at: number
  to_at: number
  reason: string
  by: string
  created_at: number
  cancelled_at: number | null
  cancelled_by: string | null
  weekly_until: number | null
}

/** Planned work of one origin. Windows may overlap: a system is in maintenance while any of its windows runs. */
export type Maintenance = ReturnType<typeof openMaintenance>

export function openMaintenance(control: Control, origin: Origin, inventory: () => Inventory) {
  /** Windows that are not over: at most MAX_WINDOWS. */
  let windows: MaintenanceWindow[] = []

  const windowOf = (row: Record_): MaintenanceWindow => ({
    id: row.id,
    systems: JSON.parse(row.systems) as string[],
    from: row.from_at,
    to: row.to_at,
    reason: row.reason,
    by: row.by,
    origin,
    cancelledAt: row.cancelled_at,
    weeklyUntil: row.weekly_until
  })
  const covered = (system: string, at: number) =>
    windows.some((window) => window.systems.includes(system) && running(window, at))

  function statusOf(window: MaintenanceWindow, now: number): MaintenanceRow['status'] {
    if (window.cancelledAt !== null && window.cancelledAt <= window.from) return 'cancelled'
    if (running(window, now)) return 'running'
    if (now < endOf(window)) return 'planned'
    return window.cancelledAt === null || window.cancelledAt >= lastEndOf(window) ? 'over' : 'cancelled'
  }

  const rowOf = (window: MaintenanceWindow, now: number): MaintenanceRow => ({
    id: window.id,
    systems: window.systems.map((id) => ({ id, name: inventory().system(id)?.name ?? id })),
    ...occurrenceAt(window, now),
    weeklyUntil: window.weeklyUntil,
    reason: window.reason,
    by: window.by,
    status: statusOf(window, now)
  })

  return {
    load(now: number) {
      const rows = control.all<Record_>(
        'SELECT * FROM health_maintenance WHERE origin = ? AND coalesce(weekly_until, to_at) > ? AND cancelled_at IS NULL',
        origin,
        now
      )
      windows = rows.map(windowOf)
    },
    /** Beginnings and ends in (from, to], as facts in order of time. */
    facts(from: number, to: number): Fact[] {
      const facts: Fact[] = []
      for (const window of windows) {
        for (const at of edgesOf(window, from, to)) {
          for (const system of window.systems) {
            facts.push({ at, key: maintenanceKey(system), state: covered(system, at) ? 'MAINTENANCE' : 'UP' })
          }
        }
      }
      windows = windows.filter((window) => endOf(window) > to)
      return facts.sort((a, b) => a.at - b.at)
    },
    /** Systems in maintenance at a moment, as facts. */
    current(now: number): [string, 'MAINTENANCE'][] {
      const systems = new Set(windows.filter((window) => running(window, now)).flatMap((window) => window.systems))
      return [...systems].map((system) => [maintenanceKey(system), 'MAINTENANCE'])
    },
    /** End of the running window of a system, the latest of several. */
    until(system: string, now: number): number | null {
      const ends = windows
        .filter((window) => running(window, now) && window.systems.includes(system))
        .map((window) => Math.min(occurrenceAt(window, now).to, window.cancelledAt ?? Infinity))
      return ends.length === 0 ? null : Math.max(...ends)
    },
    list(now: number): MaintenanceRow[] {
      const rows = control.all<Record_>(
        `SELECT * FROM health_maintenance WHERE origin = ? AND coalesce(weekly_until, to_at) > ? ORDER BY to_at DESC`,
        origin,
        now
      )
      const over = control.all<Record_>(
        `SELECT * FROM health_maintenance WHERE origin = ? AND coalesce(weekly_until, to_at) <= ? ORDER BY to_at DESC LIMIT ${LISTED_OVER}`,
        origin,
        now
      )
      return [...rows, ...over].map((row) => rowOf(windowOf(row), now))
    },
    /**
     * Plans work. Refused with 422: `maintenance.system`, `maintenance.order`, `maintenance.past`, `maintenance.too_long`,
     * `maintenance.too_far`, `maintenance.too_many`, `maintenance.weekly`. What is said to have begun begins now: history is not rewritten.
     */
    add(draft: MaintenanceDraft, by: string, now: number): MaintenanceRow {
      const { systems, from, to, weeklyUntil } = checkedWindow(draft, now, (id) => inventory().system(id) !== undefined)
      if (windows.length >= MAX_WINDOWS) {
        refuse(422, 'maintenance.too_many', 'too many windows are planned', { most: MAX_WINDOWS })
      }
      const window: MaintenanceWindow = {
        id: randomId(9),
        systems,
        from,
        to,
        reason: draft.reason,
        by,
        origin,
        cancelledAt: null,
        weeklyUntil
      }
      control
        .sql(
          `INSERT INTO health_maintenance (id, origin, systems, from_at, to_at, reason, by, created_at, weekly_until)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
        )
        .run(window.id, origin, JSON.stringify(systems), from, to, window.reason, by, now, weeklyUntil)
      windows.push(window)
      return rowOf(window, now)
    },
    /** Calls a window off, or ends a running one now. Throws 404 `maintenance.unknown`, 409 `maintenance.over`. */
    cancel(id: string, by: string, now: number): { row: MaintenanceRow; facts: Fact[] } {
      const row = control.get<Record_>('SELECT * FROM health_maintenance WHERE id = ? AND origin = ?', id, origin)
      if (row === undefined) refuse(404, 'maintenance.unknown', `there is no window ${id}`, { id })
      const status = statusOf(windowOf(row), now)
      if (status === 'over' || status === 'cancelled') {
        refuse(409, 'maintenance.over', 'the window is over', { id })
      }
      control.sql('UPDATE health_maintenance SET cancelled_at = ?, cancelled_by = ? WHERE id = ?').run(now, by, id)
      windows = windows.filter((window) => window.id !== id)
      const window = { ...windowOf(row), cancelledAt: now }
      const facts: Fact[] = []
      for (const system of status === 'running' ? window.systems : []) {
        if (!covered(system, now)) facts.push({ at: now, key: maintenanceKey(system), state: 'UP' })
      }
      return { row: rowOf(window, now), facts }
    }
  }
}

/** The systems and the times of a draft as they will count; throws 422 for what cannot be planned. */
function checkedWindow(
  draft: MaintenanceDraft,
  now: number,
  isKnown: (system: string) => boolean
): { systems: string[]; from: number; to: number; weeklyUntil: number | null } {
  const systems = [...new Set(draft.systems)]
  if (systems.length === 0) refuse(422, 'maintenance.system', 'no system is named')
  for (const id of systems) {
    if (!isKnown(id)) refuse(422, 'maintenance.system', `system ${id} is unknown`, { system: id })
  }
  const from = Math.max(Math.floor(draft.from), now)
  const to = Math.floor(draft.to)
  if (!(draft.to > draft.from)) refuse(422, 'maintenance.order', 'the window ends before it begins')
  if (to <= now) refuse(422, 'maintenance.past', 'the window is already over')
  if (to - from > MAX_LENGTH_MS) refuse(422, 'maintenance.too_long', 'a window lasts 31 days at most', { days: 31 })
  if (from - now > MAX_AHEAD_MS) refuse(422, 'maintenance.too_far', 'a window begins within a year')
  return { systems, from, to, weeklyUntil: checkedWeeks(draft, from, to, now) }
}

/** Until when it comes back; each time has to be over before the next one. */
function checkedWeeks(draft: MaintenanceDraft, from: number, to: number, now: number): number | null {
  const until = draft.weeklyUntil ?? null
  if (until === null) return null
  if (to - from >= WEEK_MS || until <= to)
    refuse(422, 'maintenance.weekly', 'weekly work is shorter than a week, and comes back at least once')
  if (until - now > MAX_AHEAD_MS) refuse(422, 'maintenance.too_far', 'weekly work ends within a year')
  return Math.floor(until)
}

/** Vietnamese time has no summer time: the same hour of next week is seven days later. */
const weeksTo = (window: MaintenanceWindow, at: number) =>
  window.weeklyUntil === null ? 0 : Math.max(0, Math.floor((at - window.from) / WEEK_MS))

/** How many times it comes back: as often as it begins before its last day is over. */
const lastWeekOf = (window: MaintenanceWindow) =>
  window.weeklyUntil === null ? 0 : Math.max(0, Math.ceil((window.weeklyUntil - window.from) / WEEK_MS) - 1)

const lastEndOf = (window: MaintenanceWindow) => window.to + lastWeekOf(window) * WEEK_MS

const endOf = (window: MaintenanceWindow) => Math.min(lastEndOf(window), window.cancelledAt ?? Infinity)

/** The time that runs at a moment, else the next one, else the last. */
function occurrenceAt(window: MaintenanceWindow, at: number): { from: number; to: number } {
  const begun = weeksTo(window, at)
  const week = Math.min(lastWeekOf(window), window.to + begun * WEEK_MS > at ? begun : begun + 1)
  return { from: window.from + week * WEEK_MS, to: window.to + week * WEEK_MS }
}

function running(window: MaintenanceWindow, at: number): boolean {
  const { from, to } = occurrenceAt(window, at)
  return from <= at && at < Math.min(to, window.cancelledAt ?? Infinity)
}

/** Beginnings and ends in (from, to]; a long sleep of the machine reads a year of weeks at most. */
function edgesOf(window: MaintenanceWindow, from: number, to: number): number[] {
  const last = Math.min(lastWeekOf(window), weeksTo(window, to))
  const edges: number[] = []
  for (let week = Math.max(0, weeksTo(window, from) - 1); week <= last; week++)
    edges.push(window.from + week * WEEK_MS, Math.min(window.to + week * WEEK_MS, window.cancelledAt ?? Infinity))
  return edges.filter((at) => from < at && at <= to)
}
