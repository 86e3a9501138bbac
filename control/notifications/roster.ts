import type { Static } from 'typebox'
import type { DutyRoster, DutyShift } from '#core/api/notifications.ts'
import { SocError } from '#core/errors.ts'
import { DAY_MS, ictDay, ictDayStart } from '#core/time.ts'
import { holidayName, ictMinute, isAnnounced, weekdayOf } from '#province/calendar.ts'
import type { Control } from '#control/database/control.ts'

type Shift = Static<typeof DutyShift>
type UserIdRow = { user_id: string }
type UsersRow = { users: string }
type NameRow = { id: string; name: string }

/** One alone cannot sleep, eat or be ill. */
export const LEAST_ON_DUTY = 2
/** Pattern of holidays beside the seven weekdays. */
const HOLIDAY = 7

const DAY_MIN = 24 * 60

/** The Vietnamese day so many days later. */
const dayAfter = (day: string, days: number) => ictDay(ictDayStart(day) + days * DAY_MS)

/** The Monday of the week of a Vietnamese day. */
export function mondayOf(day: string): string {
  return ictDay(ictDayStart(day) - ((weekdayOf(day) + 6) % 7) * DAY_MS)
}

/** Who is on duty when: a weekly pattern per shift, another for holidays, and single days set apart. */
export class Roster {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Ids of enabled accounts on duty at a moment, the first in charge first. */
  onDuty(at: number): string[] {
    const users = this.#running(at).flatMap(({ day, shift }) => this.#planned(day, shift).users)
    return [...new Set(users)].filter((id) => this.#isEnabled(id))
  }

  /** The shifts that run at a moment: a key each, its name, and the enabled accounts planned for it. */
  running(at: number): { key: string; name: string; users: string[] }[] {
    const names = new Map(this.#shifts().map(({ id, name }) => [id, name]))
    return this.#running(at).map(({ day, shift }) => ({
      key: `${day}:${shift}`,
      name: names.get(shift) ?? shift,
      users: this.#planned(day, shift).users.filter((id) => this.#isEnabled(id))
    }))
  }

  #isEnabled(id: string): boolean {
    return this.#control.sql('SELECT 1 FROM users WHERE id = ? AND enabled = 1').get(id) !== undefined
  }

  week(day: string, now: number): Static<typeof DutyRoster> {
    const monday = mondayOf(day)
    const list = this.#shifts()
    const current = this.#running(now)
    const names = new Map(this.#control.all<NameRow>('SELECT id, name FROM users').map((row) => [row.id, row.name]))
    const people = (users: string[]) => users.map((id) => ({ id, name: names.get(id) ?? '?' }))
    const dates = Array.from({ length: 7 }, (_, index) => dayAfter(monday, index))
    const reached = this.#reached()
    return {
      week: monday,
      shifts: list,
      gaps: this.#gaps(dates, list),
      days: dates.map((date) => {
        return {
          day: date,
          holiday: holidayName(date) ?? '',
          cells: list.map(({ id }) => {
            const { users, by } = this.#planned(date, id)
            return {
              shift: id,
              people: people(users),
              unreachable: users.filter((user) => !reached.has(user)),
              by,
              short: users.length < LEAST_ON_DUTY,
              now: current.some((cell) => cell.day === date && cell.shift === id)
            }
          })
        }
      }),
      pattern: [1, 2, 3, 4, 5, 6, 0, HOLIDAY].map((weekday) => ({
        weekday,
        cells: list.map(({ id }) => ({ shift: id, people: people(this.#pattern(weekday, id)) }))
      })),
      calendarAnnounced: isAnnounced(Number(monday.slice(0, 4)))
    }
  }

  /** Enabled accounts with an address of any kind. */
  #reached(): Set<string> {
    const rows = this.#control.all<UserIdRow>(
      `SELECT u.id AS user_id FROM users u WHERE u.enabled = 1
         AND (u.email <> '' OR EXISTS (SELECT 1 FROM user_contacts c WHERE c.user_id = u.id))`
    )
    return new Set(rows.map((row) => row.user_id))
  }

  /** Minutes of these days that no shift with people covers; a shift over midnight covers the day after too. */
  #gaps(dates: readonly string[], shifts: readonly Shift[]): { day: string; fromMin: number; toMin: number }[] {
    const isManned = (day: string, shift: string) =>
      this.#planned(day, shift).users.some((user) => this.#isEnabled(user))
    const days = dates.map((day) => {
      const before = dayAfter(day, -1)
      const covered = shifts.flatMap(({ id, startMin, endMin }) => [
        ...(isManned(day, id) ? [[startMin, startMin < endMin ? endMin : DAY_MIN] as const] : []),
        ...(startMin > endMin && isManned(before, id) ? [[0, endMin] as const] : [])
      ])
      return { day, covered: covered.sort(([a], [b]) => a - b) }
    })
    // Nobody is planned at all: everybody is told.
    if (days.every(({ covered }) => covered.length === 0)) return []
    return days.flatMap(({ day, covered }) => {
      const gaps: { day: string; fromMin: number; toMin: number }[] = []
      let until = 0
      for (const [from, to] of [...covered, [DAY_MIN, DAY_MIN] as const]) {
        if (from > until) gaps.push({ day, fromMin: until, toMin: from })
        until = Math.max(until, to)
      }
      return gaps
    })
  }

  /** `weekday` 0 Sunday … 6 Saturday, 7 holidays. */
  setPattern(weekday: number, shift: string, users: readonly string[]): void {
    this.#checkShift(shift)
    this.#checkUsers(users)
    this.#control.transaction(() => {
      this.#control.sql('DELETE FROM duty_weekly WHERE weekday = ? AND shift = ?').run(weekday, shift)
      users.forEach((id, place) =>
        this.#control
          .sql('INSERT INTO duty_weekly (weekday, shift, place, user_id) VALUES (?, ?, ?, ?)')
          .run(weekday, shift, place, id)
      )
    })
  }

  /** One day set apart; null goes back to the pattern. */
  setDay(day: string, shift: string, users: readonly string[] | null): void {
    this.#checkShift(shift)
    if (Number.isNaN(ictDayStart(day))) throw new SocError('roster.day', 'no such day', { status: 422 })
    if (users === null) {
      this.#control.sql('DELETE FROM duty_overrides WHERE day = ? AND shift = ?').run(day, shift)
      return
    }
    this.#checkUsers(users)
    this.#control
      .sql('INSERT OR REPLACE INTO duty_overrides (day, shift, users) VALUES (?, ?, ?)')
      .run(day, shift, JSON.stringify(users))
  }

  /** Replaces the shifts; what was planned for a shift that is gone goes with it. */
  setShifts(wanted: readonly Shift[]): void {
    const ids = new Set(wanted.map(({ id }) => id))
    if (ids.size !== wanted.length || wanted.some(({ startMin, endMin }) => startMin === endMin))
      throw new SocError('roster.shifts', 'shifts need different names and a length', { status: 422 })
    this.#control.transaction(() => {
      for (const { id } of this.#shifts())
        if (!ids.has(id)) this.#control.sql('DELETE FROM duty_shifts WHERE id = ?').run(id)
      for (const { id, name, startMin, endMin } of wanted)
        this.#control
          .sql(
            `INSERT INTO duty_shifts (id, name, start_min, end_min) VALUES (?, ?, ?, ?)
               ON CONFLICT (id) DO UPDATE SET name = excluded.name, start_min = excluded.start_min, end_min = excluded.end_min`
          )
          .run(id, name, startMin, endMin)
    })
  }

  #shifts(): Shift[] {
    const rows = this.#control.all<Shift>(
      'SELECT id, name, start_min AS startMin, end_min AS endMin FROM duty_shifts ORDER BY start_min, id'
    )
    return rows.map((row) => ({ ...row }))
  }

  #pattern(weekday: number, shift: string): string[] {
    const rows = this.#control.all<UserIdRow>(
      'SELECT user_id FROM duty_weekly WHERE weekday = ? AND shift = ? ORDER BY place',
      weekday,
      shift
    )
    return rows.map((row) => row.user_id)
  }

  #planned(day: string, shift: string): { users: string[]; by: 'week' | 'holiday' | 'day' } {
    const apart = this.#control.get<UsersRow>(
      'SELECT users FROM duty_overrides WHERE day = ? AND shift = ?',
      day,
      shift
    )
    if (apart !== undefined) return { users: JSON.parse(apart.users) as string[], by: 'day' }
    if (holidayName(day) !== undefined) {
      const users = this.#pattern(HOLIDAY, shift)
      if (users.length > 0) return { users, by: 'holiday' }
    }
    return { users: this.#pattern(weekdayOf(day), shift), by: 'week' }
  }

  /** The shifts that run at a moment, each with the day it began on. */
  #running(at: number): { day: string; shift: string }[] {
    const today = ictDay(at)
    const minute = ictMinute(at)
    return this.#shifts().flatMap(({ id, startMin, endMin }) => {
      if (startMin < endMin) return minute >= startMin && minute < endMin ? [{ day: today, shift: id }] : []
      if (minute >= startMin) return [{ day: today, shift: id }]
      return minute < endMin ? [{ day: ictDay(at - DAY_MS), shift: id }] : []
    })
  }

  #checkUsers(users: readonly string[]) {
    for (const id of users)
      if (this.#control.sql('SELECT 1 FROM users WHERE id = ? AND enabled = 1').get(id) === undefined)
        throw new SocError('user.unknown', 'no such user', { status: 422, params: { id: id.slice(0, 100) } })
    if (new Set(users).size !== users.length)
      throw new SocError('roster.twice', 'the same person twice in one shift', { status: 422 })
  }

  #checkShift(shift: string) {
    if (!this.#shifts().some(({ id }) => id === shift))
      throw new SocError('roster.shift_unknown', 'no such shift', {
        status: 422,
        params: { shift: shift.slice(0, 50) }
      })
  }
}
