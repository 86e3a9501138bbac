import { expect, it } from 'vitest'
import { holidayName, isAnnounced, isWorkingDay, nextWorkingMoment } from './calendar.ts'

const at = (text: string) => Date.parse(`${text}+07:00`)

it('Tết of every year from 2023 to 2027 is a holiday on its first lunar day', () => {
  for (const day of ['2023-01-22', '2024-02-10', '2025-01-29', '2026-02-17', '2027-02-06'])
    expect(holidayName(day)).toMatch(/^Tết/)
  expect([2026, 2027, 2040].map(isAnnounced)).toEqual([true, false, false])
})

it('a Saturday worked in exchange is a working day, a Monday given for it is not', () => {
  expect(isWorkingDay('2026-08-22')).toBe(true)
  expect(isWorkingDay('2026-08-31')).toBe(false)
  expect(isWorkingDay('2026-11-22')).toBe(false)
  expect(isWorkingDay('2026-11-23')).toBe(true)
})

it('what comes at night, on a weekend or in Tết waits for the next morning of work', () => {
  expect(nextWorkingMoment(at('2026-11-23T10:00'))).toBe(at('2026-11-23T10:00'))
  expect(nextWorkingMoment(at('2026-11-23T05:00'))).toBe(at('2026-11-23T07:30'))
  expect(nextWorkingMoment(at('2026-11-20T20:00'))).toBe(at('2026-11-23T07:30'))
  expect(nextWorkingMoment(at('2026-02-13T17:00'))).toBe(at('2026-02-23T07:30'))
})
