import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Renewal } from './renewal.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('a burst of causes brings one run, and the next cause another', () => {
  const work = vi.fn()
  const renewal = new Renewal(work, 1_500)
  for (let cause = 0; cause < 50; cause++) renewal.soon()
  vi.advanceTimersByTime(1_499)
  expect(work).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(work).toHaveBeenCalledTimes(1)
  renewal.soon()
  vi.advanceTimersByTime(1_500)
  expect(work).toHaveBeenCalledTimes(2)
})

it('nothing runs after it was stopped, until there is a new cause', () => {
  const work = vi.fn()
  const renewal = new Renewal(work, 100)
  renewal.soon()
  renewal.stop()
  vi.advanceTimersByTime(1_000)
  expect(work).not.toHaveBeenCalled()
  renewal.soon()
  vi.advanceTimersByTime(100)
  expect(work).toHaveBeenCalledTimes(1)
})
