import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { queueTabs } from '#core/api/alerts.ts'
import { levels } from '#core/match.ts'
import {
  actor,
  colleague,
  inventory,
  sampleBatch,
  sampleFold,
  SPOOL,
  START,
  testBench,
  type Bench
} from '#testing/folds.ts'
import { filterSql, placesText, type AlertFilter } from './queue-filter.ts'

const page = (bench: Bench, filter: Partial<AlertFilter> = {}) =>
  bench.alerts.list({ tab: 'all', userId: 'u1', scope: undefined, limit: 100, ...filter })
const ids = (bench: Bench, filter: Partial<AlertFilter> = {}) => page(bench, filter).items.map((row) => row.id)

describe('the queue', () => {
  let bench: Bench
  beforeAll(() => {
    bench = testBench()
    const raise = (entity: string, level: (typeof levels)[number], unit: string, after: number) =>
      bench.alerts.raise(sampleFold({ rule: `rule-${entity}`, entity, level, unit }, START + after))
    raise('a', 'low', '19849', 5)
    raise('b', 'high', '19849', 1)
    raise('c', 'high', '19837', 2)
    raise('d', 'medium', '20002', 3)
    raise('e', 'medium', '_unassigned', 4)
    bench.alerts.act({ ids: ['CB-0004'], act: { kind: 'acknowledge' } }, actor)
    bench.alerts.act({ ids: ['CB-0005'], act: { kind: 'wait' } }, colleague)
  })

  it('puts the gravest first, then the newest; closed ones by the time they were closed', () => {
    expect(ids(bench, { tab: 'new' })).toEqual(['CB-0003', 'CB-0002', 'CB-0001'])
    expect(ids(bench, { tab: 'mine' })).toEqual(['CB-0004'])
    expect(ids(bench, { tab: 'mine', userId: 'u2' })).toEqual(['CB-0005'])
    expect(ids(bench, { tab: 'waiting' })).toEqual(['CB-0005'])
    expect(ids(bench)).toEqual(['CB-0001', 'CB-0005', 'CB-0004', 'CB-0003', 'CB-0002'])
  })

  it('counts every tab in scope, whatever the filter', () => {
    expect(page(bench, { q: 'nothing of the kind' })).toMatchObject({
      items: [],
      total: 0,
      counts: { new: 3, mine: 1, waiting: 1, escalated: 0, archived: 0, closed: 0, all: 5 }
    })
    const scope = inventory.subtree('476')
    expect(page(bench, { tab: 'new', scope })).toMatchObject({ total: 3, counts: { new: 3, mine: 0, all: 3 } })
    expect(page(bench, { scope: new Set() })).toMatchObject({ items: [], total: 0, counts: { all: 0 } })
    expect(bench.alerts.summary(undefined, 'u1')).toEqual({ newAlerts: 3, mine: 1, openIncidents: 0 })
    expect(bench.alerts.summary(new Set(['20002']), 'u1')).toEqual({ newAlerts: 0, mine: 1, openIncidents: 0 })
  })

  it('counts what came back once: as new, no longer as of whoever had it', () => {
    const own = testBench()
    own.alerts.raise(sampleFold({ rule: 'rule-x', entity: 'x', unit: '19849' }))
    own.alerts.act({ ids: ['CB-0001'], act: { kind: 'acknowledge' } }, actor)
    expect(page(own).counts).toMatchObject({ new: 0, mine: 1 })
    own.alerts.act({ ids: ['CB-0001'], act: { kind: 'archive' } }, actor)
    own.alerts.raise(sampleFold({ rule: 'rule-x', entity: 'x', unit: '19837' }))
    expect(page(own).counts).toMatchObject({ new: 2, mine: 0, escalated: 1 })
    expect(ids(own, { tab: 'mine' })).toEqual([])
    expect(own.alerts.summary(undefined, 'u1')).toMatchObject({ newAlerts: 2, mine: 0 })
  })

  it('finds by words of sentence, unit, entity and rule, without accents', () => {
    expect(ids(bench, { q: 'PHONG CHUONG' })).toEqual(['CB-0003'])
    expect(ids(bench, { q: 'đăng nhập rule-b' })).toEqual(['CB-0002'])
    expect(ids(bench, { q: 'cb-0004' })).toEqual(['CB-0004'])
    expect(ids(bench, { q: `'; DROP TABLE alerts; --` })).toEqual([])
  })

  it('filters by rule, level, entity and incident', () => {
    expect(ids(bench, { rule: 'rule-c' })).toEqual(['CB-0003'])
    expect(ids(bench, { level: 'high' })).toEqual(['CB-0003', 'CB-0002'])
    expect(page(bench, { level: 'high', tab: 'new' }).total).toBe(2)
    expect(ids(bench, { entity: 'D' })).toEqual(['CB-0004'])
    expect(ids(bench, { incident: 'VL-0001' })).toEqual([])
  })

  it('knows what is open at each unit', () => {
    expect(bench.alerts.openByUnit('real').get('19849')).toMatchObject({ alerts: 2, incidents: 0, worst: 'high' })
    expect(bench.alerts.openByUnit('real').has('474')).toBe(false)
    expect(bench.alerts.unitsOf(['CB-0001', 'CB-0004', 'CB-0404'])).toEqual(
      new Map([
        ['CB-0001', '19849'],
        ['CB-0004', '20002']
      ])
    )
  })

  it('refuses a cursor that is not one of its own', () => {
    for (const cursor of [
      'x',
      Buffer.from('["a",1]').toString('base64url'),
      Buffer.from('[1]').toString('base64url')
    ]) {
      expect(() => page(bench, { cursor })).toThrow(expect.objectContaining({ code: 'cursor.invalid', status: 400 }))
    }
    fc.assert(
      fc.property(fc.string(), (cursor) => {
        try {
          page(bench, { cursor })
        } catch (error) {
          expect(error).toMatchObject({ code: 'cursor.invalid' })
        }
      })
    )
  })

  it('takes any text as a search, also half characters and zeros', () => {
    const text = fc.uint16Array({ maxLength: 120 }).map((units) => String.fromCharCode(...units))
    fc.assert(
      fc.property(text, (any) => {
        expect(page(bench, { q: any, entity: any, rule: any, incident: any }).total).toBeLessThanOrEqual(5)
      })
    )
  })
})

describe('one alert', () => {
  it('shows related alerts of its entity and unit within the hour, and how rare the entity is', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ rule: 'a', entity: 'x', unit: '19849' }))
    bench.alerts.raise(sampleFold({ rule: 'a', entity: 'x', unit: '19837' }))
    bench.alerts.raise(sampleFold({ rule: 'a', entity: 'y', unit: '19849' }))
    bench.alerts.raise(sampleFold({ rule: 'a', entity: 'z', unit: '20002' }))
    bench.alerts.raise(sampleFold({ rule: 'a', entity: 'x', unit: '19849', origin: 'demonstration' }))
    const detail = bench.alerts.detail('CB-0001')
    expect(detail?.related.map((row) => row.id)).toEqual(['CB-0002', 'CB-0003'])
    expect(detail?.rarity).toEqual({ firstSeen: START, units: 2, alerts: 2 })
    expect(bench.alerts.detail('CB-0009')).toBeUndefined()
  })
})

describe('a long queue', () => {
  let bench: Bench
  const UNITS = inventory.units('commune').map((unit) => unit.code)
  beforeAll(() => {
    bench = testBench()
    const folds = Array.from({ length: 3_000 }, (_, number) =>
      sampleFold({
        rule: `rule-${number % 311}`,
        entity: `host-${number}`,
        level: levels[number % 4],
        unit: UNITS[number % UNITS.length],
        lastSeen: START + (number % 100)
      })
    )
    bench.alerts.commit(sampleBatch(0, folds.length, folds), SPOOL)
  })

  it('is paged through without losing or repeating a row', () => {
    const scope = inventory.subtree('476')
    for (const tab of ['new', 'all'] as const) {
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const answer = page(bench, { tab, limit: 50, cursor, scope })
        seen.push(...answer.items.map((row) => row.id))
        cursor = answer.cursor
        expect(answer.total).toBe(answer.counts[tab])
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.length).toBe(page(bench, { tab, scope }).total)
      expect(seen.length).toBeGreaterThan(300)
    }
  })

  it.each(queueTabs)('finds the places of a page of "%s" in an index alone', (tab) => {
    for (const scope of [undefined, new Set(['19849'])]) {
      const sql = filterSql({ tab, userId: 'u1', scope, limit: 50 })
      const plan = bench.control.sql(`EXPLAIN QUERY PLAN ${placesText(sql, false)}`).all({ ...sql.params, limit: 51 })
      const steps = (plan as { detail: string }[]).map((step) => step.detail).join('\n')
      expect(steps).toMatch(/a USING (COVERING )?INDEX alerts_/)
      // One person's alerts and one unit's may be sorted: they are few.
      if (tab !== 'mine' && scope === undefined) expect(steps).not.toMatch(/TEMP B-TREE/)
    }
  })
})
