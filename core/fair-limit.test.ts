import { expect, it } from 'vitest'
import { fairLimit } from './fair-limit.ts'

const settings = { running: 1, runningPerCaller: 1, waiting: 6, waitingPerCaller: 4 }
const open = (more = {}) => {
  const done: string[] = []
  const limit = fairLimit({ ...settings, busy: (own) => new Error(own ? 'own' : 'all'), ...more })
  const ask = (caller: string, first = false) =>
    limit(
      caller,
      async () => {
        await Promise.resolve()
        done.push(caller)
      },
      first
    ).catch((error: Error) => void done.push(`${caller}!${error.message}`))
  return { done, ask }
}

it('callers take turns, however much one of them asks', async () => {
  const { done, ask } = open()
  await Promise.all(['a', 'a', 'a', 'a', 'b', 'c', 'b'].map((caller) => ask(caller)))
  expect(done).toEqual(['a', 'a', 'b', 'c', 'a', 'b', 'a'])
})

it('a caller may let only so much wait', async () => {
  const { done, ask } = open()
  await Promise.all(['a', 'a', 'a', 'a', 'a', 'a', 'b'].map((caller) => ask(caller)))
  expect(done.filter((entry) => entry === 'a!own')).toHaveLength(1)
  expect(done).toContain('b')
})

it('a full room loses the newest of whoever waits with most', async () => {
  const { done, ask } = open()
  await Promise.all(['a', 'a', 'a', 'a', 'a', 'b', 'b', 'c'].map((caller) => ask(caller)))
  expect(done.filter((entry) => entry === 'a!own')).toHaveLength(1)
  expect(done).toContain('c')
})

it('those who come first are served before others, and find a place in a full room', async () => {
  const { done, ask } = open()
  await Promise.all([...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((caller) => ask(caller)), ask('known', true)])
  expect(done.filter((entry) => !entry.includes('!')).slice(0, 2)).toEqual(['a', 'known'])
})

it('one caller never runs more than its share at once', async () => {
  let [most, now] = [0, 0]
  const limit = fairLimit({ ...settings, running: 4, busy: () => new Error('busy') })
  await Promise.all(
    [1, 2, 3].map(() =>
      limit('a', async () => {
        most = Math.max(most, ++now)
        await Promise.resolve()
        now--
      })
    )
  )
  expect(most).toBe(1)
})
