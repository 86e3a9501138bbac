import { expect, it } from 'vitest'
import { BodyBudget } from './http-body.ts'

it('bodies share a memory: the oldest goes on, the others wait until it gives back', async () => {
  const budget = new BodyBudget(100)
  const [oldest, younger, youngest] = [{ name: 1 }, { name: 2 }, { name: 3 }]
  const done: string[] = []
  await budget.take(oldest, 60)
  await budget.take(younger, 30)
  const waiting = budget.take(younger, 30).then(() => done.push('younger'))
  const last = budget.take(youngest, 90).then(() => done.push('youngest'))
  // Over the ceiling, and still not stopped: otherwise nobody would ever finish.
  await budget.take(oldest, 500)
  expect(done).toEqual([])
  budget.release(oldest)
  await waiting
  expect(done).toEqual(['younger'])
  budget.release(younger)
  await last
  budget.release(youngest)
  await budget.take({}, 100)
})
