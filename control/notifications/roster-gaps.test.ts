import { expect, it } from 'vitest'
import { START, testNotifications } from '#testing/notifications.ts'

const WEEK = '2026-11-23'
const everyDay = [0, 1, 2, 3, 4, 5, 6]

it('hours without anybody are pointed out, also across midnight and where a shift has nobody', () => {
  const { notifications, person } = testNotifications({ drivers: [] })
  const { roster } = notifications
  expect(roster.week(WEEK, START).gaps).toEqual([])
  const one = person('analyst', { email: 'a@example.test' })
  roster.setShifts([
    { id: 'day', name: 'Ca ngày', startMin: 471, endMin: 1140 },
    { id: 'night', name: 'Ca đêm', startMin: 1140, endMin: 300 }
  ])
  for (const weekday of everyDay) for (const shift of ['day', 'night']) roster.setPattern(weekday, shift, [one])
  const gaps = roster.week(WEEK, START).gaps
  expect(gaps).toHaveLength(7)
  expect(gaps[0]).toEqual({ day: WEEK, fromMin: 300, toMin: 471 })
  roster.setDay('2026-11-24', 'night', [])
  expect(roster.week(WEEK, START).gaps.filter(({ fromMin }) => fromMin !== 300)).toEqual([
    { day: '2026-11-24', fromMin: 1140, toMin: 1440 },
    { day: '2026-11-25', fromMin: 0, toMin: 471 }
  ])
})

it('people in a shift whom nothing can reach are named, those of closed accounts too', () => {
  const { notifications, person, control } = testNotifications({ drivers: [] })
  const [reached, silent, gone] = [
    person('analyst', { zaloChat: 'a' }),
    person('analyst'),
    person('analyst', { phone: '0912345678' })
  ]
  for (const weekday of everyDay) notifications.roster.setPattern(weekday, 'day', [reached, silent, gone])
  control.sql('UPDATE users SET enabled = 0 WHERE id = ?').run(gone)
  const [cell] = notifications.roster.week(WEEK, START).days[0]!.cells
  expect(cell!.unreachable).toEqual([silent, gone])
})
