import fc from 'fast-check'
import { expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { createDetector } from './detector.ts'
import { actionEngine, actionRule, correlationRule, heard } from '#testing/events.ts'

const make = (gte: number) =>
  createDetector({
    ...actionEngine,
    rules: [
      actionRule('fail'),
      correlationRule({ id: 'many', condition: [{ op: 'gte', value: gte }], generate: true })
    ],
    clock: manualClock(0)
  })
const folded = (repeated: number) => ({
  event: { id: `r${repeated}`, created: '', action: 'fail', dataset: 'system.auth' },
  system: { auth: { repeated } }
})

it('an event that stands for several counts as many, in windows and in the count of a plain match', () => {
  const detector = make(10)
  const events = [heard({ at: 1 }), heard({ at: 2 }, folded(5)), heard({ at: 3 }), heard({ at: 4 }, folded(5))]
  const folds = detector.judge(events, 0, 9).folds
  expect(folds.find((fold) => fold.correlated)).toMatchObject({ count: 12, fresh: 12 })
  expect(folds.find((fold) => !fold.correlated)!.count).toBe(12)
})

it('what an event stands for outlives a restart', () => {
  const first = make(7)
  first.judge([heard({ at: 1 }, folded(5)), heard({ at: 2 })], 0, 1)
  const second = make(7)
  second.restore(first.checkpoint())
  const folds = second.judge([heard({ at: 3 })], 2, 2).folds
  expect(folds.find((fold) => fold.correlated)).toMatchObject({ count: 7 })
})

it('"last message repeated" stands for the last line of its host and program, at its own time', () => {
  const fields = (host: string, message: string, name = 'sshd') => ({
    host: { name: host },
    process: { name },
    message
  })
  const silent = { action: 'other' }
  const count = (...events: ReturnType<typeof heard>[]) => {
    const fold = make(5)
      .judge(events, 0, 9)
      .folds.find((fold) => fold.correlated)
    return fold && { count: fold.count, last: fold.lastSeen, event: fold.evidence.at(-1)!.eventId }
  }
  const failed = heard({ at: 1 }, fields('a', 'failed'))
  const again = (host: string, name: string, text = 'last message repeated 4 times') =>
    heard({ at: 9, ...silent, id: 'again' }, fields(host, text, name))
  expect(count(failed, again('a', 'sshd'))).toEqual({ count: 5, last: 9_000, event: 'again' })
  expect(count(failed, again('a', '', '--- last message repeated 4 times ---'))?.count).toBe(5)
  expect(count(failed, again('a', 'syslogd'))?.count).toBe(5)
  expect(count(failed, again('b', 'sshd'))).toBeUndefined()
  expect(count(failed, again('a', 'cron'))).toBeUndefined()
  expect(count(failed, heard({ at: 2, ...silent }, fields('a', 'x')), again('a', ''))).toBeUndefined()
})

it('what folds report anew adds up to a plain recount of the events in windows that held, however batches are cut', () => {
  const steps = fc.array(fc.record({ step: fc.integer({ min: 0, max: 40 }), weight: fc.constantFrom(1, 1, 1, 3) }), {
    maxLength: 60
  })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 }), (list, gte, cut) => {
      let at = 0
      const events = list.map(({ step, weight }, index) => {
        at += step
        return { at, weight, judged: heard({ at, id: `e${index}` }, weight === 1 ? {} : folded(weight)) }
      })
      const detector = make(gte)
      let fresh = 0
      for (let from = 0; from < events.length; from += cut) {
        const part = events.slice(from, from + cut).map((one) => one.judged)
        for (const fold of detector.judge(part, from, from + part.length - 1).folds) fresh += fold.fresh ?? 0
      }
      // A window ends at an event and holds those of the minute before that have come until then.
      const told = new Set<number>()
      events.forEach((end, place) => {
        const inside = events.slice(0, place + 1).flatMap((one, index) => (one.at > end.at - 60 ? [index] : []))
        if (inside.reduce((sum, index) => sum + events[index]!.weight, 0) >= gte)
          inside.forEach((index) => told.add(index))
      })
      expect(fresh).toBe([...told].reduce((sum, index) => sum + events[index]!.weight, 0))
    }),
    { numRuns: 300, seed: 9 }
  )
})
