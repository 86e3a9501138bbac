import { expect, it } from 'vitest'
import { periodOf, readChoice, readDay, writeDay } from './period-choice.ts'

/** 01:30 on 15/11/2023 in Huế, still the 14th in UTC. */
const NOW = Date.UTC(2023, 10, 14, 18, 30)

it('named periods follow the Vietnamese day: weeks from Monday, reporting months from the 15th', () => {
  expect(periodOf({ name: 'week' }, NOW)).toEqual({ from: '2023-11-13', to: '2023-11-19' })
  expect(periodOf({ name: 'month' }, NOW)).toEqual({ from: '2023-11-01', to: '2023-11-30' })
  expect(periodOf({ name: 'lastMonth' }, NOW)).toEqual({ from: '2023-10-01', to: '2023-10-31' })
  expect(periodOf({ name: 'reportMonth' }, NOW)).toEqual({ from: '2023-11-15', to: '2023-12-14' })
  expect(periodOf({ name: 'reportMonth' }, NOW - 7_200_000)).toEqual({ from: '2023-10-15', to: '2023-11-14' })
  expect(periodOf({ name: 'lastMonth' }, Date.UTC(2024, 0, 5))).toEqual({ from: '2023-12-01', to: '2023-12-31' })
  expect(periodOf({ name: 'reportMonth' }, Date.UTC(2024, 0, 5))).toEqual({ from: '2023-12-15', to: '2024-01-14' })
})

it('days are read day first, and only when they exist', () => {
  expect(readDay('15/10/2023', NOW)).toBe('2023-10-15')
  expect(readDay(' 5-1-2024 ', NOW)).toBe('2024-01-05')
  expect(readDay('14/11', NOW)).toBe('2023-11-14')
  for (const text of ['30/02/2023', '11/15/2023', '2023-10-15', '0/1/2023', 'hôm nay', ''])
    expect(readDay(text, NOW)).toBeNull()
  expect(writeDay('2023-10-15')).toBe('15/10/2023')
})

it('what was remembered is checked; anything else is this month', () => {
  expect(readChoice('{"name":"free","from":"2023-10-15","to":"2023-11-14"}')).toEqual({
    name: 'free',
    from: '2023-10-15',
    to: '2023-11-14'
  })
  expect(readChoice('{"name":"week"}')).toEqual({ name: 'week' })
  for (const kept of [null, '', '{', '[]', '{"name":"free","from":"x","to":1}', '{"name":"year"}', '7'])
    expect(readChoice(kept)).toEqual({ name: 'month' })
})
