import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startJobs } from './timers.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('runs every job at its own pace until it is stopped', async () => {
  const ran: string[] = []
  const stop = startJobs(
    [
      { name: 'fast', everyMs: 250, run: () => void ran.push('fast') },
      { name: 'slow', everyMs: 1_000, run: () => void ran.push('slow') }
    ],
    { error: () => undefined }
  )
  await vi.advanceTimersByTimeAsync(1_000)
  expect(ran.toSorted()).toEqual(['fast', 'fast', 'fast', 'fast', 'slow'])
  stop()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(ran).toHaveLength(5)
})

it('logs a run that fails, by its name, and runs again', async () => {
  const log = { error: vi.fn() }
  const run = vi.fn(() => {
    throw new Error('the disk is full')
  })
  const stop = startJobs([{ name: 'reports', everyMs: 1_000, run }], log)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(run).toHaveBeenCalledTimes(2)
  expect(log.error).toHaveBeenCalledWith({ err: new Error('the disk is full') }, 'reports')
  stop()
})

it('does not start a second run beside one that still lasts', async () => {
  const done = Promise.withResolvers<void>()
  const run = vi.fn(() => done.promise)
  const stop = startJobs([{ name: 'retention', everyMs: 1_000, run }], { error: () => undefined })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(run).toHaveBeenCalledTimes(1)
  done.resolve()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(run).toHaveBeenCalledTimes(2)
  stop()
})

it('keeps a schedule by the clock of Asia/Ho_Chi_Minh', async () => {
  vi.setSystemTime(Date.UTC(2026, 10, 29, 18, 9, 30))
  const run = vi.fn()
  const stop = startJobs([{ name: 'retention', cron: '10 1 * * *', run }], { error: () => undefined })
  await vi.advanceTimersByTimeAsync(90_000)
  expect(run).toHaveBeenCalledTimes(1)
  stop()
})
