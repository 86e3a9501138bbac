import { expect, it } from 'vitest'
import { endsAttempt, fenced } from './fence.ts'

it('what an event of an attempt throws ends that attempt alone; what is thrown elsewhere ends none', async () => {
  const ended: string[] = []
  const attempt = (name: string) =>
    fenced(
      (error) => ended.push(`${name}: ${String(error)}`),
      () => new Promise<boolean>((resolve) => setImmediate(() => resolve(endsAttempt(`thrown in ${name}`))))
    )
  expect(await Promise.all([attempt('a'), attempt('b')])).toEqual([true, true])
  expect(ended.sort()).toEqual(['a: thrown in a', 'b: thrown in b'])
  expect(endsAttempt('elsewhere')).toBe(false)
})
