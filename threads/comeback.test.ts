import { expect, it } from 'vitest'
import { Comeback } from './comeback.ts'

it('a thread that ends again and again comes back more slowly, and not at all after a minute', () => {
  let now = 0
  const comeback = new Comeback(() => now)
  comeback.started()
  const pauses: (number | undefined)[] = []
  for (let last: number | undefined = 0; last !== undefined;) {
    pauses.push((last = comeback.ended()))
    now += (last ?? 0) + 1_000
    comeback.started()
  }
  expect(pauses.slice(0, 4)).toEqual([100, 200, 400, 800])
  expect(pauses.at(-2)).toBe(10_000)
  expect(pauses.at(-1)).toBeUndefined()
  expect(now).toBeLessThan(90_000)
})

it('a thread that ran for long has a new trouble when it ends', () => {
  let now = 0
  const comeback = new Comeback(() => now)
  for (let hour = 1; hour <= 50; hour++) {
    comeback.started()
    now = hour * 3_600_000
    expect(comeback.ended()).toBe(100)
  }
})
