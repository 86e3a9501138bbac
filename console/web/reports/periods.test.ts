import { expect, it } from 'vitest'
import { lastPeriod } from './periods.ts'

const at = (moment: string) => Date.parse(`${moment}+07:00`)

it('a report proposes the newest period that has ended', () => {
  expect(lastPeriod('daily', at('2024-03-01T00:00:00'), 15)).toEqual({ from: '2024-02-29', to: '2024-02-29' })
  expect(lastPeriod('weekly', at('2023-11-12T23:59:59'), 15)).toEqual({ from: '2023-10-30', to: '2023-11-05' })
  expect(lastPeriod('unit_weekly', at('2023-11-13T00:00:00'), 15)).toEqual({ from: '2023-11-06', to: '2023-11-12' })
  expect(lastPeriod('monthly', at('2023-11-15T00:00:00'), 15)).toEqual({ from: '2023-10-15', to: '2023-11-14' })
  expect(lastPeriod('monthly', at('2023-11-14T12:00:00'), 15)).toEqual({ from: '2023-09-15', to: '2023-10-14' })
  expect(lastPeriod('monthly', at('2024-01-10T12:00:00'), 15)).toEqual({ from: '2023-11-15', to: '2023-12-14' })
  expect(lastPeriod('monthly', at('2024-03-31T12:00:00'), 1)).toEqual({ from: '2024-02-01', to: '2024-02-29' })
})
