import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { MatchBatch } from '#core/match.ts'
import { Commits } from './commits.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const batchOf = (from: number, to: number) => ({ partition: 0, from, to, folds: [] }) as unknown as MatchBatch

it('what cannot be committed is tried again in order, told once it is held and once it is free', () => {
  const committed: number[] = []
  const held: (string | null)[] = []
  let full = true
  const commits = new Commits({
    commit: ({ to }) => {
      if (full) throw new Error('database or disk is full')
      committed.push(to)
    },
    done: () => undefined,
    held: (reason) => held.push(reason)
  })
  commits.take(batchOf(0, 9))
  commits.take(batchOf(10, 19))
  vi.advanceTimersByTime(60_000)
  expect(committed).toEqual([])
  expect(held.every((reason) => reason === 'database or disk is full')).toBe(true)
  full = false
  vi.advanceTimersByTime(15_000)
  commits.take(batchOf(20, 29))
  expect(committed).toEqual([9, 19, 29])
  expect(held.at(-1)).toBe(null)
  expect(held.filter((reason) => reason === null)).toHaveLength(1)
})

it('what a thread that is gone had sent is forgotten', () => {
  let tries = 0
  const commits = new Commits({
    commit: () => {
      tries++
      throw new Error('disk I/O error')
    },
    done: () => undefined,
    held: () => undefined
  })
  commits.take(batchOf(0, 9))
  commits.forget()
  vi.advanceTimersByTime(60_000)
  expect(tries).toBe(1)
})
