import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SlidingWindow, type Measure } from './window.ts'

type Heard = { time: number; value: string; weight: number }

/** The oracle: recounts every window that holds the newest heard event, from scratch. */
function recount(heard: Heard[], spanMs: number, distinct: boolean, holds: (count: number) => boolean) {
  const { time } = heard.at(-1)!
  let greatest: Measure | undefined
  for (const end of new Set(heard.map((one) => one.time).filter((end) => end >= time && end < time + spanMs))) {
    const inside = heard.filter((one) => one.time > end - spanMs && one.time <= end)
    const count = distinct
      ? new Set(inside.map((one) => one.value)).size
      : inside.reduce((sum, one) => sum + one.weight, 0)
    if (!holds(count) || (greatest && (greatest.count > count || (greatest.count === count && greatest.last < end))))
      continue
    greatest = { count, first: Math.min(...inside.map((one) => one.time)), last: end }
  }
  return greatest
}

const anyOrder = fc.array(
  fc.record({
    time: fc.integer({ min: 0, max: 60 }),
    value: fc.constantFrom('a', 'b', 'c'),
    weight: fc.constantFrom(1, 1, 1, 4)
  }),
  {
    maxLength: 60
  }
)
const conditions: ((count: number) => boolean)[] = [
  (count) => count >= 3,
  (count) => count === 2,
  (count) => count < 4,
  () => true
]

it.each([false, true])('a window equals a naive recount for any order of events (distinct: %s)', (distinct) => {
  fc.assert(
    fc.property(anyOrder, fc.integer({ min: 1, max: 30 }), fc.constantFrom(...conditions), (heard, span, holds) => {
      const window = new SlidingWindow(span, distinct)
      heard.forEach((one, index) => {
        expect(window.add(one.time, index, one.value, holds, one.weight)).toEqual(
          recount(heard.slice(0, index + 1), span, distinct, holds)
        )
      })
      expect(window.size).toBe(heard.length)
    }),
    { numRuns: 300 }
  )
})

it.each([false, true])(
  'a window that forgets never counts more than there was, nor less than is left (distinct: %s)',
  (distinct) => {
    fc.assert(
      fc.property(anyOrder, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 8 }), (heard, span, most) => {
        let window = new SlidingWindow(span, distinct)
        const left: (Heard & { arrival: number })[] = []
        heard.forEach((one, arrival) => {
          while (left.length > 0 && left[0]!.arrival <= arrival - 20) left.shift()
          window.forget(arrival - 20)
          while (window.size >= most) {
            window.forgetOldest()
            left.shift()
          }
          const { count } = window.add(one.time, arrival, one.value, () => true, one.weight)!
          expect(count).toBeLessThanOrEqual(recount(heard.slice(0, arrival + 1), span, distinct, () => true)!.count)
          const own = left.filter((other) => other.time > one.time - span && other.time <= one.time)
          expect(count).toBeGreaterThanOrEqual(recount([...own, one], span, distinct, () => true)!.count)
          const place = left.findIndex((other) => other.time > one.time)
          left.splice(place < 0 ? left.length : place, 0, { ...one, arrival })
          expect(window.entries().map((entry) => entry.time)).toEqual(left.map((entry) => entry.time))
          // Saved and put back it is the same.
          const again = new SlidingWindow(span, distinct)
          again.resume(window.entries(), window.forgottenTo)
          window = again
        })
      }),
      { numRuns: 300 }
    )
  }
)

it('a window that was emptied of most of its entries gives their memory back and still counts right', () => {
  const window = new SlidingWindow(10, true)
  for (let time = 0; time < 5_000; time++) {
    window.forget(time - 50)
    const measured = window.add(time, time, `value ${time % 7}`, () => true)
    if (time > 20) expect(measured).toEqual({ count: 7, first: time - 9, last: time })
  }
  expect(window.size).toBe(50)
})

it('events in order cost the same however many are remembered', () => {
  const window = new SlidingWindow(1e9, true)
  let asked = 0
  for (let time = 0; time < 20_000; time++) {
    window.add(time, time, `v${time % 100}`, () => {
      asked++
      return true
    })
  }
  expect(asked).toBe(20_000)
  expect(window.newest).toBe(19_999)
})
