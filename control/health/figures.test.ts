import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { healthStates, type HealthState, type ProbeResult } from '#core/health.ts'
import { DAY_MS, ictDay, ictDayStart } from '#core/time.ts'
import { openControl } from '#control/database/control.ts'
import { openDays, uptimeOf, windowStart } from './days.ts'
import { createHealth } from './health.ts'
import { createHistory, type Fact, type Judge } from './history.ts'
import { addMillis, noMillis, openIntervals, sumStates, worstPerStep, type Entry } from './intervals.ts'
import { inventory, result, START, tcpDraft } from '#testing/health.ts'

/** One database for every run of a property: opening one costs more than what is tried. */
const control = openControl(':memory:')
afterAll(() => control.close())
function emptied() {
  for (const name of ['intervals', 'days', 'probes', 'outages', 'life', 'integrations']) {
    control.sql(`DELETE FROM health_${name}`).run()
  }
  return control
}

const entries = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 * DAY_MS }), fc.constantFrom(...healthStates)), { maxLength: 60 })
  .map((steps) => {
    let at = START
    return steps.map(([gap, state]): Entry => {
      at += gap
      return { from: at, since: at, state, root: null, because: null }
    })
  })
const moments = fc.array(fc.integer({ min: START - DAY_MS, max: START + 100 * DAY_MS }), {
  minLength: 2,
  maxLength: 12
})

it('however a window is split, the sums are the same and add up to its length', () => {
  fc.assert(
    fc.property(entries, moments, (rows, cuts) => {
      const sorted = [...cuts].sort((a, b) => a - b)
      const from = sorted[0] ?? 0
      const to = sorted.at(-1) ?? 0
      const whole = sumStates(rows, from, to)
      const merged = noMillis()
      sorted.forEach((cut, place) => addMillis(merged, sumStates(rows, cut, sorted[place + 1] ?? cut)))
      expect(merged).toEqual(whole)
      expect(healthStates.reduce((sum, state) => sum + whole[state], 0)).toBe(to - from)
    }),
    { numRuns: 200 }
  )
})

it('finished days and edges are exactly the intervals, for every window', () => {
  fc.assert(
    fc.property(entries, moments, (rows, cuts) => {
      const intervals = openIntervals(emptied(), 'real')
      const days = openDays(control, 'real', intervals)
      control.sql(`INSERT INTO health_life (origin, alive_at) VALUES ('real', 0)`).run()
      days.load()
      intervals.replace('system:x', 0, rows)
      const now = START + 95 * DAY_MS + 12_345
      days.finish(now - 40 * DAY_MS, ['system:x'], ictDay(START))
      days.finish(now, ['system:x'], ictDay(START))
      const sorted = [...cuts, windowStart(now, 30), now].sort((a, b) => a - b)
      sorted.forEach((from, place) => {
        for (const to of sorted.slice(place)) expect(days.sums('system:x', from, to)).toEqual(sumStates(rows, from, to))
      })
      for (const { day, ms } of days.list('system:x', now, 90)) {
        const begin = ictDayStart(day)
        expect(ms).toEqual(sumStates(rows, begin, Math.min(now, begin + DAY_MS)))
      }
    }),
    { numRuns: 25 }
  )
})

it('no figure is given when less than nine tenths of the time is known; planned work asks for nothing', () => {
  const ms = (more: Partial<Record<HealthState, number>>) => ({ ...noMillis(), ...more })
  expect(uptimeOf(0, 1000, ms({ UP: 800, DEGRADED: 100, DOWN: 100 }))).toMatchObject({ uptime: 0.9, coverage: 1 })
  expect(uptimeOf(0, 1000, ms({ UP: 899, UNKNOWN: 101 }))).toMatchObject({ uptime: null, coverage: 0.899 })
  expect(uptimeOf(0, 1000, ms({ UP: 900, UNKNOWN: 100 }))).toMatchObject({ uptime: 1 })
  expect(uptimeOf(0, 1000, ms({ UP: 100, MAINTENANCE: 900 }))).toMatchObject({ uptime: 1, coverage: 1 })
  expect(uptimeOf(0, 1000, ms({ MAINTENANCE: 1000 }))).toMatchObject({ uptime: null, coverage: 0 })
  expect(uptimeOf(0, 0, noMillis())).toMatchObject({ uptime: null, coverage: 0 })
})

it('a bar shows the worst of its step, and what is not known is never green', () => {
  const at = (from: number, state: HealthState) => ({ from, state })
  expect(worstPerStep([at(100, 'UP'), at(250, 'DOWN'), at(260, 'UP'), at(390, 'UNKNOWN')], 0, 400, 4)).toEqual([
    'UNKNOWN',
    'UP',
    'DOWN',
    'UNKNOWN'
  ])
})

type Step = {
  wait: number
  kind: 'results' | 'tick' | 'back' | 'restart'
  picks: [number, ProbeResult['outcome'], number][]
}
const outcomes = fc.constantFrom<ProbeResult['outcome']>('up', 'up', 'up', 'degraded', 'down', 'unknown')
const step: fc.Arbitrary<Step> = fc.record({
  wait: fc.oneof(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: 6 * 3_600_000 })),
  kind: fc.constantFrom<Step['kind']>('results', 'results', 'results', 'results', 'results', 'tick', 'back', 'restart'),
  picks: fc.array(fc.tuple(fc.nat({ max: 5 }), outcomes, fc.integer({ min: -60_000, max: 5_000 })), { maxLength: 6 })
})
const measured = ['hue-s', 'vi-hue-s', 'ndxp', 'lgsp', 'tien-nuoc', 'uplink']

/** An engine of its own that lives through the steps. */
function live(steps: readonly Step[]) {
  emptied()
  let now = START
  const make = () =>
    createHealth({
      control,
      inventory: () => inventory,
      clock: { now: () => now },
      origin: 'real',
      raise: () => undefined,
      resolve: () => undefined,
      alertOf: () => undefined,
      recheck: () => undefined,
      onProbesChanged: () => undefined,
      onWallChanged: () => undefined
    })
  let health = make()
  health.start(now)
  const ids = measured.map((system) => health.addProbe(tcpDraft(system)).id)
  for (const { wait, kind, picks } of steps) {
    now += kind === 'back' ? -Math.min(wait, 3_600_000) : wait
    if (kind === 'restart') {
      health = make()
      health.start(now)
    }
    const results = picks.map(([probe, outcome, skew]) => result(ids[probe] ?? '', now + skew, outcome))
    health.take(results)
    // The same results come twice, as after an answer that was lost.
    health.take(results)
    health.tick()
  }
  now += 60_000
  health.tick()
  const named = (node: string) => ids.reduce((name, id, place) => name.replace(id, `${place}`), node)
  const rows = control
    .all<{
      node: string
      from_at: number
      state: HealthState
    }>('SELECT node, from_at, state FROM health_intervals ORDER BY node, from_at')
    .map((row) => ({ ...row, node: named(row.node) }))
  return { health, rows }
}

it('the same results, ticks and clock give the same states to the millisecond, and never a hole or an overlap', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const a = live(steps)
      const b = live(steps)
      expect(b.rows.sort(byNode)).toEqual(a.rows.sort(byNode))
      const first = new Map<string, number>()
      for (const row of a.rows) first.set(row.node, Math.min(first.get(row.node) ?? Infinity, row.from_at))
      expect(new Set(first.values())).toEqual(new Set([START]))
      // Rows are keyed by their beginning: two of one node never begin together, and each lasts until the next.
      expect(new Set(a.rows.map(({ node, from_at }) => `${node} ${from_at}`)).size).toBe(a.rows.length)
    }),
    { numRuns: 15 }
  )
})

const byNode = (a: { node: string; from_at: number }, b: { node: string; from_at: number }) =>
  a.node < b.node ? -1 : a.node > b.node ? 1 : a.from_at - b.from_at

it('states do not depend on the order in which facts arrive', () => {
  const bad: HealthState[] = ['DOWN', 'DEGRADED', 'UP']
  const fact = fc.record({
    at: fc.integer({ min: START + 1, max: START + 600_000 }),
    key: fc.constantFrom('a', 'b', 'c'),
    state: fc.constantFrom(...bad)
  })
  const worst: Judge = {
    *judge(facts) {
      yield ['n', { state: bad.find((state) => [...facts.values()].includes(state)) ?? 'UP', root: null }]
      for (const key of ['a', 'b', 'c']) yield [key, { state: facts.get(key) ?? 'UP', root: null }]
    },
    because: () => null
  }
  const announced = (arriving: readonly Fact[]) => {
    const intervals = openIntervals(emptied(), 'real')
    const history = createHistory(worst)
    const write = (dirty: Map<string, number>) => {
      for (const [node, from] of dirty) intervals.replace(node, from, history.entriesFrom(node, from))
    }
    write(history.begin(START, new Map()))
    for (const a of arriving) write(history.take([a], START + 600_000))
    const rows = ['a', 'b', 'c', 'n'].map((node) => intervals.within(node, 0, START + 600_000))
    return rows
  }
  const distinct = fc.uniqueArray(fact, { selector: ({ at }) => at, maxLength: 25 })
  fc.assert(
    fc.property(distinct, fc.infiniteStream(fc.nat()), (facts, order) => {
      const inTime = [...facts].sort((a, b) => a.at - b.at)
      const shuffled = facts.map((a) => ({ a, by: order.next().value as number }))
      shuffled.sort((a, b) => a.by - b.by)
      expect(announced(shuffled.map(({ a }) => a))).toEqual(announced(inTime))
    }),
    { numRuns: 40 }
  )
})

it('90 days of results live and replayed are equal to the millisecond, and windows equal their intervals', () => {
  const random = fc.sample(step, { numRuns: 150, seed: 4 })
  const steps = random.map((a) => ({
    ...a,
    wait: Math.max(1, Math.floor((a.wait * 90 * DAY_MS) / total(random)))
  }))
  const a = live(steps)
  for (const id of [22, 23, 24, 26]) {
    const detail = a.health.model(id)
    expect(detail).toBeDefined()
    for (const window of Object.values(detail?.windows ?? {})) {
      const rows = a.rows
        .filter(({ node }) => node === `model:${id}`)
        .map(({ from_at, state }) => ({ from: from_at, state }))
      expect(window.ms).toEqual(sumStates(rows, window.from, window.to))
    }
  }
  expect(live(steps).rows.sort(byNode)).toEqual(a.rows.sort(byNode))
})

const total = (steps: readonly Step[]) => steps.reduce((sum, { wait }) => sum + wait, 0)
