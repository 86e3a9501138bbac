import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DAY_MS, ICT_OFFSET_MS } from '#core/time.ts'
import { cutTime } from './histogram.ts'

it('covers the whole stretch with no more buckets than asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000_000 }),
      fc.integer({ min: 1, max: 400 * DAY_MS }),
      fc.integer({ min: 2, max: 200 }),
      (from, length, buckets) => {
        const { intervalMs, starts } = cutTime(from, from + length, buckets)
        expect(starts.length).toBeLessThanOrEqual(buckets)
        expect(starts[0]).toBeLessThanOrEqual(from)
        expect(starts[0]! + intervalMs).toBeGreaterThan(from)
        expect(starts.at(-1)! + intervalMs).toBeGreaterThanOrEqual(from + length)
        expect(starts.every((start, index) => index === 0 || start - starts[index - 1]! === intervalMs)).toBe(true)
      }
    )
  )
})

it('begins days where Vietnamese days begin', () => {
  const { intervalMs, starts } = cutTime(Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 20), 30)
  expect(intervalMs).toBe(DAY_MS)
  expect(starts.every((start) => (start + ICT_OFFSET_MS) % DAY_MS === 0)).toBe(true)
})

it('cuts nothing out of an empty or backward stretch', () => {
  expect(cutTime(5, 5, 10).starts).toEqual([])
  expect(cutTime(9, 5, 10).starts).toEqual([])
})
