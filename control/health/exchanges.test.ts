import fc from 'fast-check'
import { expect, it } from 'vitest'
import { latencyBounds, type ExchangeFold } from '#core/exchange.ts'
import { DAY_MS, MINUTE_MS } from '#core/time.ts'
import { openControl } from '#control/database/control.ts'
import { addExchanges, noExchanges, openExchanges, sliOf } from './exchanges.ts'
import { START, testWorld } from '#testing/health.ts'

function fold(minute: number, more: Partial<ExchangeFold> = {}): ExchangeFold {
  const succeeded = more.succeeded ?? 100
  return {
    minute: Math.floor(minute / MINUTE_MS) * MINUTE_MS,
    origin: 'real',
    consumer: 'his',
    provider: 'tra-cuu-bhyt',
    service: 'tra-cuu-the',
    hop: '1',
    failed: 0,
    timedOut: 0,
    refused: 0,
    business: { found: succeeded, not_found: 0, accepted: 0, rejected: 0, partial: 0, none: 0 },
    latency: latencyBounds.map((bound) => (bound === 80 ? succeeded : 0)).concat(0),
    lastSuccessAt: minute,
    lastFailureAt: 0,
    ...more,
    succeeded
  }
}

it('the sums of any window are those of its minutes, whatever days and hours it is made of', () => {
  const minutes = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 * 1_440 }), fc.integer({ min: 1, max: 9 })), {
    maxLength: 40
  })
  const control = openControl(':memory:')
  fc.assert(
    fc.property(minutes, fc.nat({ max: 5 * 1_440 }), fc.nat({ max: 5 * 1_440 }), (counts, a, b) => {
      control.sql('DELETE FROM exchange_hops').run()
      const exchanges = openExchanges(control, 'real')
      control.transaction(() => {
        for (const [minute, succeeded] of counts)
          exchanges.count(fold(START + minute * MINUTE_MS, { succeeded, failed: 1 }))
      })
      const [from, to] = [START + Math.min(a, b) * MINUTE_MS, START + Math.max(a, b) * MINUTE_MS]
      const expected = counts.filter(
        ([minute]) => START + minute * MINUTE_MS >= from && START + minute * MINUTE_MS < to
      )
      const total = noExchanges()
      for (const sums of exchanges.sums(exchanges.hops(), from, to, START + 6 * DAY_MS).values())
        addExchanges(total, sums)
      expect([total.succeeded, total.failed]).toEqual([
        expected.reduce((sum, [, succeeded]) => sum + succeeded, 0),
        expected.length
      ])
    }),
    { numRuns: 30 }
  )
})

it('business answers are apart, quantiles come from merged steps, and too few say no share', () => {
  const { health, clock } = testWorld()
  clock.advance(2 * MINUTE_MS)
  const business = { found: 10, not_found: 90, accepted: 0, rejected: 0, partial: 0, none: 0 }
  health.count([
    fold(START, { business }),
    fold(START + MINUTE_MS, {
      succeeded: 0,
      lastSuccessAt: 0,
      timedOut: 5,
      latency: [...new Array<number>(14).fill(0), 5]
    }),
    fold(START, { origin: 'demonstration' })
  ])
  const detail = health.model(6)
  expect(detail?.sli.h24).toMatchObject({
    total: 105,
    succeeded: 100,
    timedOut: 5,
    success: 100 / 105,
    business: { found: 10, not_found: 90 },
    p50: 80,
    p95: 80,
    p99: 81_920,
    lastSuccessAt: START
  })
  expect(detail?.hops).toHaveLength(1)
  expect(health.wall().models.find(({ id }) => id === 6)?.sli).toBeCloseTo(100 / 105)
  expect(health.sliOfModel(6, START + MINUTE_MS, START + 2 * MINUTE_MS)).toMatchObject({ total: 5, success: null })
  expect(health.sliOfModel(40, START, START + 2 * MINUTE_MS)).toMatchObject({ total: 0, success: null, p50: null })
  expect(sliOf(noExchanges()).lastSuccessAt).toBeNull()
})

it('names from logs have a ceiling: what is beyond is counted together, nothing is lost', () => {
  const control = openControl(':memory:')
  const exchanges = openExchanges(control, 'real')
  control.transaction(() => {
    for (let place = 0; place < 2_100; place += 1) {
      exchanges.count(fold(START, { service: `${'dịch vụ '.repeat(40)}`, consumer: `c${place}`, succeeded: 1 }))
    }
  })
  expect(exchanges.hops().length).toBe(2_001)
  expect(Math.max(...exchanges.hops().map(({ service }) => service.length))).toBe(100)
  const total = noExchanges()
  for (const sums of exchanges.sums(exchanges.hops(), START, START + MINUTE_MS, START).values())
    addExchanges(total, sums)
  expect(total.succeeded).toBe(2_100)
})

function exchanging(more: Partial<ExchangeFold>, minutes: number, world = testWorld()) {
  for (let minute = 0; minute < minutes; minute += 1) {
    world.health.count([fold(world.clock.now(), more)])
    world.run(MINUTE_MS)
  }
  return world
}

it('a provider that fails technically is told of once, and is over when it works again', () => {
  const world = exchanging({}, 6)
  expect(world.raised).toEqual([])
  exchanging({ succeeded: 80, failed: 20 }, 8, world)
  expect(world.raised.map((a) => [a.rule.id, a.values['soc.system']])).toEqual([
    ['soc.integration_failing', 'tra-cuu-bhyt']
  ])
  exchanging({}, 7, world)
  expect(world.resolved).toHaveLength(1)
  expect(world.alertsOf('soc.integration_failing').map(({ status }) => status)).toEqual(['closed'])
})

it('business rejections are no outage and no failing integration', () => {
  const business = { found: 0, not_found: 60, accepted: 0, rejected: 40, partial: 0, none: 0 }
  const world = exchanging({ business }, 8)
  expect(world.raised).toEqual([])
  expect(world.health.wall().outages).toEqual([])
})

it('few exchanges, names outside the catalogue, and what an outage explains raise no alert of an integration', () => {
  expect(exchanging({ succeeded: 0, failed: 3 }, 8).raised).toEqual([])
  expect(exchanging({ provider: 'bịa đặt', succeeded: 0, failed: 100 }, 8).raised).toEqual([])
  const world = testWorld()
  world.measure(['tra-cuu-bhyt'])
  world.run(MINUTE_MS)
  world.broken.add('tra-cuu-bhyt')
  world.run(MINUTE_MS)
  exchanging({ succeeded: 0, failed: 100 }, 8, world)
  expect(world.raised.map((a) => a.rule.id)).toEqual(['soc.outage'])
})
