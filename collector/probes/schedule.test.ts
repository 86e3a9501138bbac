import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Probe } from '#core/health.ts'
import { probeOf } from '#testing/probe-runs.ts'
import { dueAfter, PROBES_MAX, Schedule } from './schedule.ts'
import { SteadyClock } from './steady-clock.ts'

const START = Date.UTC(2023, 10, 30)
const target = { kind: 'tcp', host: '192.0.2.1', port: 443, slowMs: 0 } as const
const many = (count: number, change: Partial<Probe> = {}) =>
  Array.from({ length: count }, (_, index) => probeOf(target, { id: `probe-${index}`, ...change }))

/** Steps a schedule through time; every run takes `runMs`. */
function play(schedule: Schedule, from: number, to: number, stepMs = 10, runMs = 0) {
  const starts: { id: string; dueAt: number; at: number }[] = []
  const ends: { probe: Probe; at: number }[] = []
  for (let now = from; now < to; now += stepMs) {
    while (ends[0] !== undefined && ends[0].at <= now) schedule.done(ends.shift()!.probe, now)
    for (const { probe, dueAt } of schedule.take(now).starts) {
      starts.push({ id: probe.id, dueAt, at: now })
      ends.push({ probe, at: now + runMs })
    }
  }
  return starts
}

it('500 probes spread evenly over their interval and each runs once in it', () => {
  const schedule = new Schedule()
  schedule.set(many(500), START)
  play(schedule, START, START + 30_000)
  const starts = play(schedule, START + 30_000, START + 90_000)
  expect(starts.length).toBe(1_000)
  const perSecond = new Array<number>(60).fill(0)
  for (const { at } of starts) perSecond[Math.floor((at - START - 30_000) / 1_000)]!++
  expect(Math.max(...perSecond)).toBeLessThan(40)
  expect(Math.min(...perSecond)).toBeGreaterThan(3)
})

it('due times never drift, and a restart finds the same ones', () => {
  const probe = many(1)[0]!
  const schedule = new Schedule()
  schedule.set([probe], START)
  const dues = play(schedule, START, START + 3_600_000, 250, 100).map(({ dueAt }) => dueAt)
  expect(dues.length).toBe(120)
  for (let index = 1; index < dues.length; index++) expect(dues[index]! - dues[index - 1]!).toBe(30_000)
  const later = new Schedule()
  later.set([probe], START + 1_234_567)
  expect(dues).toContain(play(later, START + 1_234_567, START + 1_300_000)[0]!.dueAt)
})

it('a due time that comes while the run before is not done is passed over and counted', () => {
  const schedule = new Schedule()
  schedule.set(many(1), START)
  const starts = play(schedule, START, START + 300_000, 10, 45_000)
  expect(starts.length).toBe(5)
  expect(schedule.skipped).toBe(5)
})

it('time that went by without us: the last due time is kept, late; the earlier ones are told as missed', () => {
  const schedule = new Schedule()
  const probes = many(20)
  schedule.set(probes, START)
  const { starts, missed } = schedule.take(START + 100_000)
  expect(starts.length).toBe(20)
  for (const { probe, dueAt } of starts) expect(dueAt).toBe(dueAfter(probe, START + 100_000) - 30_000)
  for (const { probe, dueAt, count } of missed) {
    expect(dueAt).toBe(dueAfter(probe, START))
    expect(count).toBe(Math.floor((dueAfter(probe, START + 100_000) - 30_000 - dueAt) / 30_000))
  }
  expect(missed.length).toBe(20)
})

it('a clock that was set moves the due times and misses none', () => {
  const schedule = new Schedule()
  schedule.set(many(50), START)
  const forward = START + 3_600_000
  schedule.reanchor(forward)
  expect(schedule.take(forward)).toEqual({ starts: [], missed: [] })
  expect(play(schedule, forward, forward + 30_000).length).toBe(50)
  const back = START - 3_600_000
  schedule.reanchor(back)
  expect(play(schedule, back, back + 30_010).length).toBe(50)
})

it('a new or changed probe runs at once, an unchanged one keeps its time, a removed one is gone', () => {
  const schedule = new Schedule()
  const [first, second] = many(2, { intervalMs: 3_600_000 })
  schedule.set([first!], START)
  const before = schedule.nextAt()
  expect(before).toBeLessThanOrEqual(START + 30_000)
  expect(schedule.set([structuredClone(first!), second!], START)).toEqual({ gone: [], refused: 0 })
  expect(schedule.take(START).starts.map(({ probe }) => probe.id)).toEqual([second!.id])
  expect(schedule.nextAt()).toBe(before)
  expect(schedule.set([{ ...first!, timeoutMs: 1 }], START).gone.sort()).toEqual([first!.id, second!.id])
  expect(schedule.take(START).starts.map(({ probe }) => probe.timeoutMs)).toEqual([1])
  // The removed probe's run ends: nothing comes of it.
  expect(schedule.done(second!, START)).toBeUndefined()
})

it('an asked-for run comes beside the regular ones, and once more after a running one', () => {
  const schedule = new Schedule()
  const probe = many(1)[0]!
  schedule.set([probe], START)
  const next = schedule.nextAt()
  expect(schedule.soon([probe.id, 'unknown'], START + 1)).toEqual([{ probe, dueAt: START + 1 }])
  expect(schedule.soon([probe.id, probe.id], START + 2)).toEqual([])
  expect(schedule.done(probe, START + 3)).toEqual({ probe, dueAt: START + 3 })
  expect(schedule.done(probe, START + 4)).toBeUndefined()
  expect(schedule.nextAt()).toBe(next)
})

it('switched-off probes and heartbeats are not run, and more than the ceiling are refused', () => {
  const schedule = new Schedule()
  const beat = probeOf({ kind: 'heartbeat', everyMs: 60_000, graceMs: 0, officeHours: false }, { id: 'beat' })
  expect(schedule.set([beat, ...many(1, { enabled: false })], START)).toEqual({ gone: [], refused: 0 })
  expect(schedule.size).toBe(0)
  expect(schedule.set(many(PROBES_MAX + 3), START).refused).toBe(3)
  expect(schedule.size).toBe(PROBES_MAX)
})

it('whatever the intervals and however unevenly time passes, no due time runs twice and none is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 5_000, max: 120_000 }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 60 }),
      (intervals, steps) => {
        const schedule = new Schedule()
        const probes = intervals.map((intervalMs, index) => probeOf(target, { id: `p${index}`, intervalMs }))
        schedule.set(probes, START)
        const reported = new Map(probes.map(({ id }) => [id, new Set<number>()]))
        let now = START
        for (const step of steps) {
          now += step
          const { starts, missed } = schedule.take(now)
          for (const { probe, dueAt, count } of missed) {
            for (let index = 0; index < count; index++) reported.get(probe.id)!.add(dueAt + index * probe.intervalMs)
          }
          for (const { probe, dueAt } of starts) {
            expect(reported.get(probe.id)!.has(dueAt)).toBe(false)
            reported.get(probe.id)!.add(dueAt)
            schedule.done(probe, now)
          }
        }
        for (const probe of probes) {
          for (let due = dueAfter(probe, START); due <= now; due += probe.intervalMs) {
            // A first run out of turn may stand for the first regular one that passed in the same step.
            const seen = [...reported.get(probe.id)!].some((at) => at > due - probe.intervalMs && at <= due)
            expect(seen).toBe(true)
          }
        }
      }
    )
  )
})

it('steady time runs evenly, follows slow corrections and tells steps', () => {
  let wall = START
  let monotonic = 0
  const clock = new SteadyClock(
    () => wall,
    () => monotonic
  )
  wall += 1_010
  monotonic += 1_000
  expect(clock.now()).toBe(START + 1_000)
  expect(clock.follow()).toBe(0)
  expect(clock.now()).toBe(START + 1_010)
  wall -= 3_600_000
  expect(clock.now()).toBe(START + 1_010)
  expect(clock.follow()).toBe(-3_600_000)
  expect(clock.now()).toBe(wall)
})
