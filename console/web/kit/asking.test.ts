import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Asking, ASKING_MS } from './asking.svelte.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('nothing is deleted without the second answer, and one answer deletes once', () => {
  const asking = new Asking()
  const act = vi.fn()
  asking.answer(act)
  expect(act).not.toHaveBeenCalled()
  asking.ask()
  asking.answer(act)
  asking.answer(act)
  expect(act).toHaveBeenCalledTimes(1)
  expect(asking.open).toBe(false)
})

it('a question that nobody answers takes itself back, each time with its whole time', () => {
  const asking = new Asking()
  asking.ask()
  vi.advanceTimersByTime(ASKING_MS - 1)
  expect(asking.open).toBe(true)
  asking.keep()
  asking.ask()
  vi.advanceTimersByTime(ASKING_MS - 1)
  expect(asking.open).toBe(true)
  vi.advanceTimersByTime(1)
  expect(asking.open).toBe(false)
  const act = vi.fn()
  asking.answer(act)
  expect(act).not.toHaveBeenCalled()
})

it('a question without a limit stands until it is answered', () => {
  const asking = new Asking(null)
  asking.ask()
  vi.advanceTimersByTime(100 * ASKING_MS)
  expect(asking.open).toBe(true)
  const act = vi.fn()
  asking.answer(act)
  expect([act.mock.calls.length, asking.open]).toEqual([1, false])
})
