import { expect, it } from 'vitest'
import { dayAfter, monthOf, reportMonthOf, weekOf } from './period.ts'

it('weeks run from Monday to Sunday, also across a year', () => {
  expect(weekOf('2023-11-19')).toEqual({ from: '2023-11-13', to: '2023-11-19' })
  expect(weekOf('2024-01-01', 1)).toEqual({ from: '2023-12-25', to: '2023-12-31' })
  expect(dayAfter('2024-02-28', 1)).toBe('2024-02-29')
})

it('months end with their own last day, and the month before January is December', () => {
  expect(monthOf('2024-02-10')).toEqual({ from: '2024-02-01', to: '2024-02-29' })
  expect(monthOf('2024-01-31', 1)).toEqual({ from: '2023-12-01', to: '2023-12-31' })
})

it('a reporting month begins on its day; one that begins on the 1st is the calendar month', () => {
  expect(reportMonthOf('2024-01-14', 15)).toEqual({ from: '2023-12-15', to: '2024-01-14' })
  expect(reportMonthOf('2024-01-15', 15, 1)).toEqual({ from: '2023-12-15', to: '2024-01-14' })
  expect(reportMonthOf('2024-03-31', 1, 1)).toEqual({ from: '2024-02-01', to: '2024-02-29' })
})
