import { HOUR_MS } from '#core/time.ts'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadInventory } from '#province/load.ts'
import { recordsBetween, type ExchangeRecord, type Traffic } from './exchanges.ts'
import type { FaultKind } from './faults.ts'
import { intensity } from './rhythm.ts'
import { flowsOf } from './services.ts'

const inventory = loadInventory('2023-11-30')
const flows = flowsOf(inventory)
/** A Tuesday in November 2023. */
const tuesday = Date.parse('2023-11-14T00:00:00+07:00')
const broken = (faults: Record<string, FaultKind>): Traffic => ({
  seed: 6,
  inventory,
  flows,
  rate: 1,
  leastIntensity: 0,
  faultAt: (system) => faults[system]
})
const of = (records: ExchangeRecord[], service: string) => records.filter((record) => record.service === service)

describe('exchange records', () => {
  it('follow the schema that the collector reads', () => {
    const schema = JSON.parse(
      readFileSync(join(import.meta.dirname, '../collector/parsers/exchange.schema.json'), 'utf8')
    ) as object
    const check = new Ajv2020().compile(schema)
    const records = [
      ...recordsBetween(broken({}), tuesday + 9 * HOUR_MS, tuesday + 9.2 * HOUR_MS),
      ...recordsBetween(
        broken({ ndxp: 'down', 'tra-cuu-bhyt': 'silence' }),
        tuesday + 9 * HOUR_MS,
        tuesday + 9.2 * HOUR_MS
      )
    ]
    expect(records.length).toBeGreaterThan(500)
    for (const record of records) expect(check(record), JSON.stringify(check.errors)).toBe(true)
  })

  it('are the same for the same seed, and others for another', () => {
    const range = [tuesday + 8 * HOUR_MS, tuesday + 8.1 * HOUR_MS] as const
    const first = recordsBetween(broken({}), ...range)
    expect(recordsBetween(broken({}), ...range)).toEqual(first)
    expect(recordsBetween({ ...broken({}), seed: 7 }, ...range)).not.toEqual(first)
  })

  it('are the same whole or in pieces', () => {
    const from = tuesday + 10 * HOUR_MS
    const to = from + 5 * 60_000
    const whole = recordsBetween(broken({}), from, to)
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: from, max: to }), { maxLength: 4 }), (cuts) => {
        const edges = [from, ...cuts.sort((one, other) => one - other), to]
        const pieces = edges.slice(1).flatMap((edge, index) => recordsBetween(broken({}), edges[index]!, edge))
        expect(pieces).toEqual(whole)
      }),
      { numRuns: 15 }
    )
  })

  it('come by the rhythm of a working day', () => {
    const count = (hour: number) =>
      of(recordsBetween(broken({}), tuesday + hour * HOUR_MS, tuesday + (hour + 1) * HOUR_MS), 'tra-cuu-the-bhyt')
        .length
    expect(count(9)).toBeGreaterThan(5 * count(12))
    expect(count(2)).toBeLessThan(20)
    expect(intensity('office', tuesday + 4 * 24 * HOUR_MS + 9 * HOUR_MS)).toBeLessThan(0.1)
    expect(intensity('office', tuesday + 7.5 * HOUR_MS)).toBe(1)
    expect(intensity('office', tuesday + 7.5 * HOUR_MS - 1)).toBeLessThan(0.2)
    expect(intensity('office', tuesday + 16.99 * HOUR_MS)).toBe(0.9)
    expect(intensity('office', tuesday + 17 * HOUR_MS)).toBeLessThan(0.2)
  })

  it('find about 84 of 100 health insurance cards, as the report prints', () => {
    const cards = of(recordsBetween(broken({}), tuesday + 7.5 * HOUR_MS, tuesday + 17 * HOUR_MS), 'tra-cuu-the-bhyt')
    const worked = cards.filter((record) => record.technical.outcome === 'success')
    const found = worked.filter((record) => record.business.outcome === 'found').length / worked.length
    expect(cards.length).toBeGreaterThan(2_000)
    expect(found).toBeGreaterThan(0.82)
    expect(found).toBeLessThan(0.86)
    expect(worked.length / cards.length).toBeGreaterThan(0.99)
  })

  it('show a broken platform on its own hop, passed back before it, and nothing behind it', () => {
    const records = of(
      recordsBetween(broken({ ndxp: 'down' }), tuesday + 9 * HOUR_MS, tuesday + 9.5 * HOUR_MS),
      'tra-cuu-cu-tru'
    )
    const byHop = (hop: string) => records.filter((record) => record.hop === hop)
    expect(byHop('ndxp-provider')).toEqual([])
    expect(new Set(byHop('lgsp-ndxp').map((record) => record.technical.code))).toEqual(new Set(['tcp.refused']))
    expect(new Set(byHop('consumer-lgsp').map((record) => record.technical.code))).toEqual(new Set(['502']))
    expect(byHop('consumer-lgsp').length).toBe(byHop('lgsp-ndxp').length)
  })

  it('leave the card look-up alone when NDXP fails', () => {
    const range = [tuesday + 9 * HOUR_MS, tuesday + 9.2 * HOUR_MS] as const
    expect(of(recordsBetween(broken({ ndxp: 'down' }), ...range), 'tra-cuu-the-bhyt')).toEqual(
      of(recordsBetween(broken({}), ...range), 'tra-cuu-the-bhyt')
    )
  })

  it.each<[FaultKind, Partial<ExchangeRecord['technical']>]>([
    ['down', { outcome: 'failure', code: 'tcp.refused' }],
    ['silence', { outcome: 'timeout', code: '504' }],
    ['wrong_certificate', { outcome: 'refused', code: 'tls.certificate' }]
  ])('say of a provider that is %s what its consumers saw', (kind, technical) => {
    const records = of(
      recordsBetween(broken({ 'tra-cuu-bhyt': kind }), tuesday + 9 * HOUR_MS, tuesday + 9.1 * HOUR_MS),
      'tra-cuu-the-bhyt'
    )
    expect(records.length).toBeGreaterThan(10)
    for (const record of records) expect(record.technical).toMatchObject(technical)
  })

  it('say that rejections for business reasons worked', () => {
    const records = of(
      recordsBetween(broken({ 'tra-cuu-bhyt': 'business_rejections' }), tuesday + 9 * HOUR_MS, tuesday + 10 * HOUR_MS),
      'tra-cuu-the-bhyt'
    )
    const share = (test: (record: ExchangeRecord) => boolean) => records.filter(test).length / records.length
    expect(share((record) => record.technical.outcome === 'success')).toBeGreaterThan(0.99)
    expect(share((record) => record.business.outcome === 'not_found')).toBeGreaterThan(0.9)
  })

  it('take much longer when a provider is slow, and still work', () => {
    const records = of(
      recordsBetween(broken({ 'tien-nuoc': 'slow' }), tuesday + 19 * HOUR_MS, tuesday + 19.5 * HOUR_MS),
      'tra-cuu-tien-nuoc'
    )
    const took = (record: ExchangeRecord) => Date.parse(record.times.response_out) - Date.parse(record.times.request_in)
    expect(records.length).toBeGreaterThan(20)
    expect(Math.min(...records.map(took))).toBeGreaterThan(5_000)
  })

  it('name nobody: no account, and a hash for a person', () => {
    const text = JSON.stringify(recordsBetween(broken({}), tuesday + 9 * HOUR_MS, tuesday + 9.1 * HOUR_MS))
    expect(text).not.toContain('actor')
    expect(text).not.toMatch(/"\d{9,12}"/)
    expect(text).toMatch(/"subject_hash":"h[0-9a-f]{16}"/)
  })

  it('are not asked for more than a day at once', () => {
    expect(() => recordsBetween(broken({}), tuesday, tuesday + 25 * HOUR_MS)).toThrow(RangeError)
  })
})

describe('services', () => {
  it('speak only of systems of the inventory, each with answers that add up', () => {
    for (const flow of flows) {
      const sum = Object.values(flow.answers).reduce((total, share) => total + share, 0)
      expect(sum, flow.key).toBeCloseTo(1, 9)
    }
    expect(new Set(flows.map((flow) => flow.key)).size).toBe(flows.length)
    expect(flows.filter((flow) => flow.provider.startsWith('bo-nganh-'))).toHaveLength(13)
    expect(flows.find((flow) => flow.service === 'tra-cuu-cu-tru')!.legs.map((leg) => leg.hop)).toEqual([
      'consumer-lgsp',
      'lgsp-ndxp',
      'ndxp-provider'
    ])
  })
})
