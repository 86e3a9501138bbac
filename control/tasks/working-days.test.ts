import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addWorkingDays, isWorkingDay, taskDeadline } from './working-days.ts'

/** A moment in Asia/Ho_Chi_Minh. */
const at = (text: string) => Date.parse(`${text}:00+07:00`)

it.each([
  ['in office hours: the same time on the next working day', '2026-11-24T10:00', 1, '2026-11-25T10:00'],
  ['on Friday: Monday', '2026-11-27T16:00', 1, '2026-11-30T16:00'],
  ['at night: the end of the next working day', '2026-11-24T22:00', 1, '2026-11-25T17:00'],
  ['before opening: the end of that day', '2026-11-24T06:00', 1, '2026-11-24T17:00'],
  ['on Saturday for three days: Wednesday', '2026-11-28T09:00', 3, '2026-12-02T17:00'],
  ['on the eve of Tết: after the holidays', '2026-02-13T15:00', 1, '2026-02-23T15:00'],
  ['before Labour Day, with the days off in exchange', '2023-04-28T09:00', 1, '2023-05-04T09:00']
])('asked %s', (_what, from, days, to) => {
  expect(new Date(addWorkingDays(at(from), days)).toISOString()).toBe(new Date(at(to)).toISOString())
})

it('what burns is due by the clock, also at night', () => {
  const night = at('2026-11-28T23:30')
  expect(taskDeadline('critical', night) - night).toBe(3_600_000)
  expect(taskDeadline('high', night) - night).toBe(4 * 3_600_000)
})

it('a deadline in working days always falls into a working day, and more days are never earlier', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: at('2023-01-01T00:00'), max: at('2030-12-01T00:00') }),
      fc.integer({ min: 1, max: 5 }),
      (from, days) => {
        const due = addWorkingDays(from, days)
        expect(isWorkingDay(due)).toBe(true)
        expect(due).toBeGreaterThan(from)
        expect(addWorkingDays(from, days + 1)).toBeGreaterThan(due)
      }
    ),
    { numRuns: 300 }
  )
})
