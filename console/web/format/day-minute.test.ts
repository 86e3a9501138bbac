import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dayMinute, fromDayMinute } from './day-minute.ts'

it('a minute is read as it is written: day before month, Vietnamese time', () => {
  expect(fromDayMinute('16:00 30/11/2023')).toBe(Date.UTC(2023, 10, 30, 9, 0))
  expect(fromDayMinute(' 30/11/2023 16:00 ')).toBe(Date.UTC(2023, 10, 30, 9, 0))
  expect(fromDayMinute('8h05 1/2/2024')).toBe(Date.UTC(2024, 1, 1, 1, 5))
})

it('what is no minute is refused, not moved to another day', () => {
  for (const text of [
    '',
    '16:00',
    '31/02/2024 10:00',
    '25:00 01/01/2024',
    '10:60 01/01/2024',
    '2024-01-01 10:00',
    '11/30/2023 16:00'
  ])
    expect(fromDayMinute(text), text).toBeNaN()
})

it('every minute survives being written and read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 * 24 * 365 * 100 }), (minutes) => {
      const ms = minutes * 60_000
      expect(fromDayMinute(dayMinute(ms))).toBe(ms)
    })
  )
})
