import type { Static } from 'typebox'
import type { DutyRoster, DutyShift } from '#core/api/notifications.ts'
import { SocError } from '#core/errors.ts'
import { DAY_MS, ICT_OFFSET_MS, ictDay, ictDayStart } from '#core/time.ts'
import { holidayName, ictMinute, isAnnounced, weekdayOf } from '#province/calendar.ts'
import type { Control } from '#control/database/control.ts'

type Shift = Static<typeof DutyShift>
type Row = { shift: string; user_id: string }

/** One alone cannot sleep, eat or be ill. */
export const LEAST_ON_DUTY = 2
/** Pattern of holidays beside the seven weekdays. */
const HOLIDAY = 7

/** The Monday of the week of a Vietnamese day. */
export function mondayOf(day: string): string {
  return ictDay(ictDayStart(day) - ((weekdayOf(day) + 6) % 7) * DAY_MS)
}

/** Who is on duty when: a weekly pattern per shift, another for holidays, and single days set apart. */
export function createRoster(control: Control) {
  const shifts = () =>
    control
      .sql('SELECT id, name, start_min AS startMin, end_min AS endMin FROM duty_shifts ORDER BY start_min, id')
      .all()
      .map((row) => ({ ...row })) as Shift[]

  function pattern(weekday: number, shift: string): string[] {
    const rows = control
      .sql('SELECT user_id FROM duty_weekly WHERE weekday = ? AND shift = ? ORDER BY place')
      .all(weekday, shift) as Row[]
    return rows.map((row) => row.user_id)
  }

  function of(day: string, shift: string): { users: string[]; by: 'week' | 'holiday' | 'day' } {
    const apart = control.sql('SELECT users FROM duty_overrides WHERE day = ? AND shift = ?').get(day, shift) as
      { users: string } | undefined
    if (apart !== undefined) return { users: JSON.parse(apart.users) as string[], by: 'day' }
    if (holidayName(day) !== undefined) {
      const users = pattern(HOLIDAY, shift)
      if (users.length > 0) return { users, by: 'holiday' }
    }
    return { users: pattern(weekdayOf(day), shift), by: 'week' }
  }

  /** The shifts that run at a moment, each with the day it began on. */
  function running(at: number): { day: string; shift: string }[] {
    const today = ictDay(at)
    const minute = ictMinute(at)
    return shifts().flatMap(({ id, startMin, endMin }) => {
      if (startMin < endMin) return minute >= startMin && minute < endMin ? [{ day: today, shift: id }] : []
      if (minute >= startMin) return [{ day: today, shift: id }]
      return minute < endMin ? [{ day: ictDay(at - DAY_MS), shift: id }] : []
    })
  }

  function known(users: readonly string[]) {
    for (const id of users)
      if (control.sql('SELECT 1 FROM users WHERE id = ? AND enabled = 1').get(id) === undefined)
        throw new SocError('user.unknown', 'no such user', { status: 422, params: { id: id.slice(0, 100) } })
    if (new Set(users).size !== users.length)
      throw new SocError('roster.twice', 'the same person twice in one shift', { status: 422 })
  }
  function checkShift(shift: string) {
    if (!shifts().some(({ id }) => id === shift))
      throw new SocError('roster.shift_unknown', 'no such shift', {
        status: 422,
        params: { shift: shift.slice(0, 50) }
      })
  }

  return {
    /** Ids of enabled accounts on duty at a moment, the first in charge first. */
    onDuty(at: number): string[] {
      const users = running(at).flatMap(({ day, shift }) => of(day, shift).users)
      return [...new Set(users)].filter(
        (id) => control.sql('SELECT 1 FROM users WHERE id = ? AND enabled = 1').get(id) !== undefined
      )
    },
    week(day: string, now: number): Static<typeof DutyRoster> {
      const monday = mondayOf(day)
      const list = shifts()
      const current = running(now)
      const names = new Map(
        (control.sql('SELECT id, name FROM users').all() as { id: string; name: string }[]).map((row) => [
          row.id,
          row.name
        ])
      )
      const people = (users: string[]) => users.map((id) => ({ id, name: names.get(id) ?? '?' }))
      return {
        week: monday,
        shifts: list,
        days: Array.from({ length: 7 }, (_, index) => {
          const date = new Date(ictDayStart(monday) + index * DAY_MS + ICT_OFFSET_MS).toISOString().slice(0, 10)
          return {
            day: date,
            holiday: holidayName(date) ?? '',
            cells: list.map(({ id }) => {
              const { users, by } = of(date, id)
              return {
                shift: id,
                people: people(users),
                by,
                short: users.length < LEAST_ON_DUTY,
                now: current.some((cell) => cell.day === date && cell.shift === id)
              }
            })
          }
        }),
        pattern: [1, 2, 3, 4, 5, 6, 0, HOLIDAY].map((weekday) => ({
          weekday,
          cells: list.map(({ id }) => ({ shift: id, people: people(pattern(weekday, id)) }))
        })),
        calendarAnnounced: isAnnounced(Number(monday.slice(0, 4)))
      }
    },
    /** `weekday` 0 Sunday … 6 Saturday, 7 holidays. */
    setPattern(weekday: number, shift: string, users: readonly string[]): void {
      checkShift(shift)
      known(users)
      control.transaction(() => {
        control.sql('DELETE FROM duty_weekly WHERE weekday = ? AND shift = ?').run(weekday, shift)
        users.forEach((id, place) =>
          control
            .sql('INSERT INTO duty_weekly (weekday, shift, place, user_id) VALUES (?, ?, ?, ?)')
            .run(weekday, shift, place, id)
        )
      })
    },
    /** One day set apart; null goes back to the pattern. */
    setDay(day: string, shift: string, users: readonly string[] | null): void {
      checkShift(shift)
      if (Number.isNaN(ictDayStart(day))) throw new SocError('roster.day', 'no such day', { status: 422 })
      if (users === null) {
        control.sql('DELETE FROM duty_overrides WHERE day = ? AND shift = ?').run(day, shift)
        return
      }
      known(users)
      control
        .sql('INSERT OR REPLACE INTO duty_overrides (day, shift, users) VALUES (?, ?, ?)')
        .run(day, shift, JSON.stringify(users))
    },
    /** Replaces the shifts; what was planned for a shift that is gone goes with it. */
    setShifts(wanted: readonly Shift[]): void {
      const ids = new Set(wanted.map(({ id }) => id))
      if (ids.size !== wanted.length || wanted.some(({ startMin, endMin }) => startMin === endMin))
        throw new SocError('roster.shifts', 'shifts need different names and a length', { status: 422 })
      control.transaction(() => {
        for (const { id } of shifts()) if (!ids.has(id)) control.sql('DELETE FROM duty_shifts WHERE id = ?').run(id)
        for (const { id, name, startMin, endMin } of wanted)
          control
            .sql(
              `INSERT INTO duty_shifts (id, name, start_min, end_min) VALUES (?, ?, ?, ?)
               ON CONFLICT (id) DO UPDATE SET name = excluded.name, start_min = excluded.start_min, end_min = excluded.end_min`
            )
            .run(id, name, startMin, endMin)
      })
    }
  }
}

export type Roster = ReturnType<typeof createRoster>
