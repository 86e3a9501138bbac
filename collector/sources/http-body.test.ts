import { expect, it } from 'vitest'
import { BodyBudget } from './http-body.ts'

/** A memory of 100, a share of 25, always 5; `take` resolves to false while it waits. */
function open() {
  const budget = new BodyBudget({ max: 100, always: 5 })
  const bodies = new Map<string, object>()
  const body = (name: string) => bodies.get(name) ?? bodies.set(name, { name }).get(name)!
  const taken: string[] = []
  const take = async (name: string, bytes: number) => {
    void budget.take(body(name), bytes, name[0]!).then(() => taken.push(name))
    await new Promise(setImmediate)
    return taken.includes(name)
  }
  return { take, taken, release: (name: string) => budget.release(body(name)) }
}

it('a sender that holds its share holds up nobody else', async () => {
  const { take } = open()
  // The first larger body has the place for such ones.
  expect(await take('a1', 500)).toBe(true)
  expect(await take('a2', 20)).toBe(false)
  expect(await take('b1', 20)).toBe(true)
})

it('in a full memory every sender still gets a little', async () => {
  const { take } = open()
  for (const name of ['a1', 'b1', 'c1', 'd1']) await take(name, 25)
  expect(await take('e1', 20)).toBe(true)
  expect(await take('f1', 20)).toBe(false)
  expect(await take('g1', 5)).toBe(true)
})

it('bodies larger than a share come one after the other', async () => {
  const { take, taken, release } = open()
  expect(await take('a1', 90)).toBe(true)
  expect(await take('b1', 90)).toBe(false)
  release('a1')
  await new Promise(setImmediate)
  expect(taken).toEqual(['a1', 'b1'])
})
