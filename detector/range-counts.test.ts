import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { EcsEvent, JsonObject } from '#core/event.ts'
import type { ExchangeFold } from '#core/exchange.ts'
import { RangeCounts } from './range-counts.ts'

const AT = Date.UTC(2023, 10, 30, 16, 59, 30)

function exchange(at: number, more: JsonObject = {}, ms = 120): EcsEvent {
  return {
    '@timestamp': new Date(at).toISOString(),
    event: { id: 'e', created: new Date(at).toISOString(), duration: ms * 1_000_000 },
    organization: { id: '19849', name: 'Xã Phong Thu' },
    soc: { origin: 'real', sender: 's', sender_unit: '19849', listener: 'http', peer: '', parser: 'exchange' },
    vong_lau: {
      exchange: {
        consumer: 'HTTT-TTHC',
        provider: 'csdlqg-dc',
        service: 'tra-cuu',
        hop: 'lgsp-ndxp',
        technical: { outcome: 'success' },
        business: { outcome: 'found' },
        times: { request_in: new Date(at).toISOString() },
        ...more
      }
    }
  }
}

it('counts technical outcomes, business answers and latency apart, per minute and hop', () => {
  const counts = new RangeCounts()
  counts.add(exchange(AT), AT)
  counts.add(exchange(AT, { business: { outcome: 'not_found' } }, 90_000), AT)
  counts.add(exchange(AT, { technical: { outcome: 'timeout' }, business: { outcome: 'none' } }), AT)
  const { exchanges } = counts.take()
  expect(exchanges).toHaveLength(1)
  expect(exchanges[0]).toMatchObject({
    minute: Date.UTC(2023, 10, 30, 16, 59),
    consumer: 'httt-tthc',
    succeeded: 2,
    timedOut: 1,
    failed: 0,
    business: { found: 1, not_found: 1, none: 1 },
    lastSuccessAt: AT,
    lastFailureAt: AT
  })
  expect(exchanges[0]!.latency.at(-1)).toBe(1)
  expect(exchanges[0]!.latency.reduce((sum, n) => sum + n)).toBe(3)
  expect(counts.take()).toEqual({ exchanges: [], activity: [], sent: [] })
})

it('counts events per unit by the Vietnamese day of receiving', () => {
  const counts = new RangeCounts()
  counts.add(exchange(AT), AT)
  // Half a minute later it is the first of December in Huế.
  counts.add(exchange(AT), AT + 30_000)
  expect(counts.take().activity.map(({ day, events }) => [day, events])).toEqual([
    ['2023-11-30', 1],
    ['2023-12-01', 1]
  ])
})

it('counts who sent by the sender’s own unit, whatever units the lines name', () => {
  const counts = new RangeCounts()
  const relayed = (unit: string) => ({ ...exchange(AT), organization: { id: unit, name: unit } })
  for (const unit of ['19849', '19750', '19822']) counts.add(relayed(unit), AT)
  const { activity, sent } = counts.take()
  expect(activity).toHaveLength(3)
  expect(sent).toEqual([
    { day: '2023-11-30', sender: 's', unit: '19849', origin: 'real', events: 3, firstAt: AT, lastAt: AT }
  ])
})

it('believes no clock that is more than a day off', () => {
  const counts = new RangeCounts()
  counts.add(exchange(AT, { times: { request_in: '2031-01-01T00:00:00Z' } }), AT)
  expect(counts.take().exchanges[0]?.minute).toBe(Date.UTC(2023, 10, 30, 16, 59))
})

it('keeps every exchange in the sums, however many services a sender invents', () => {
  const counts = new RangeCounts()
  for (let index = 0; index < 3_000; index++) counts.add(exchange(AT, { service: `s-${index}` }), AT)
  const { exchanges } = counts.take()
  expect(exchanges.length).toBeLessThanOrEqual(2_001)
  expect(exchanges.reduce((sum, fold) => sum + fold.succeeded, 0)).toBe(3_000)
})

it('gives the same sums wherever a range is cut, and never throws on what a record holds', () => {
  const record = fc.record({
    at: fc.integer({ min: AT - 300_000, max: AT + 300_000 }),
    outcome: fc.constantFrom('success', 'failure', 'timeout', 'refused', 'x'),
    hop: fc.constantFrom('a', 'b', ''),
    odd: fc.jsonValue()
  })
  const sums = (folds: ExchangeFold[]) =>
    folds.reduce((sum, fold) => sum + fold.succeeded + fold.failed + fold.timedOut + fold.refused, 0)
  fc.assert(
    fc.property(fc.array(record, { maxLength: 30 }), fc.nat(30), (records, cut) => {
      const whole = new RangeCounts()
      const parts = new RangeCounts()
      const cutSums: number[] = []
      records.forEach(({ at, outcome, hop, odd }, index) => {
        if (index === cut) cutSums.push(sums(parts.take().exchanges))
        const event = exchange(at, { hop, technical: { outcome }, business: odd as never })
        whole.add(event, AT)
        parts.add(event, AT)
      })
      cutSums.push(sums(parts.take().exchanges))
      expect(cutSums.reduce((sum, n) => sum + n, 0)).toBe(records.length)
      expect(sums(whole.take().exchanges)).toBe(records.length)
    })
  )
})
