import { HOUR_MS } from '#core/time.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MatchFold } from '#core/match.ts'
import type { AlertFilter } from '../views/queue-filter.ts'
import {
  addToEvidence,
  actor,
  sampleBatch,
  sampleEvent,
  sampleEvidence,
  sampleFold,
  SPOOL,
  START,
  testBench,
  type Bench
} from '#testing/folds.ts'

const all: AlertFilter = { tab: 'all', userId: 'u1', scope: undefined, limit: 500 }
const rows = (bench: Bench) => bench.alerts.list(all).items
const close = (bench: Bench, id: string) =>
  bench.alerts.act({ ids: [id], act: { kind: 'verdict', verdict: 'true_positive' } }, actor)

describe('one open alert per fingerprint', () => {
  it('a first match opens an alert with its sentence in both languages', () => {
    const bench = testBench()
    const { alerts } = bench.alerts.commit(
      sampleBatch(0, 9, [sampleFold({ count: 1234, events: ['e1', 'e2'] })]),
      SPOOL
    )
    expect(alerts).toHaveLength(1)
    expect(alerts[0]).toMatchObject({
      id: 'CB-0001',
      status: 'new',
      count: 1234,
      sentence: {
        vi: '1.234 lần đăng nhập sai vào cong-thong-tin từ 203.0.113.7',
        en: '1,234 failed log-ins on cong-thong-tin from 203.0.113.7'
      },
      unit: { code: '19849', name: 'Xã Phong Thu', district: 'Phong Điền' },
      entity: [{ field: 'source.ip', value: '203.0.113.7' }],
      trend: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1234],
      deadline: START + 24 * HOUR_MS
    })
    expect(bench.pushed).toHaveLength(1)
    expect(bench.alerts.detail('CB-0001')).toMatchObject({
      hops: { event: START, received: START + 5, matched: START, raised: START, acknowledged: null },
      evidence: [{ eventId: 'e1', original: 'dòng nhật ký e1' }, { eventId: 'e2' }],
      timeline: [{ act: 'alert.opened', by: null }]
    })
  })

  it('further matches raise its count and times, and a later step of its trend', () => {
    const bench = testBench()
    bench.alerts.commit(sampleBatch(0, 0, [sampleFold({ count: 2, firstSeen: START - 10 })]), SPOOL)
    bench.clock.advance(10 * 60_000)
    const later = sampleFold({ count: 3 }, bench.clock.now())
    const [row] = bench.alerts.commit(sampleBatch(1, 1, [later]), SPOOL).alerts
    expect(row).toMatchObject({ count: 5, firstSeen: START - 10, lastSeen: START + 600_000, id: 'CB-0001' })
    expect(row?.trend.slice(-3)).toEqual([2, 0, 3])
    expect(rows(bench)).toHaveLength(1)
  })

  it('a value with braces in it stays text, and a value that is missing says so', () => {
    const bench = testBench()
    const [row] = bench.alerts.raise(sampleFold({ values: { 'source.ip': '{count}{host.name}' } })).alerts
    expect(row?.sentence.vi).toBe('1 lần đăng nhập sai vào không rõ từ {count}{host.name}')
  })

  it('a clock that runs ahead does not keep an alert on top of the queue', () => {
    const bench = testBench()
    const [row] = bench.alerts.raise(sampleFold({ lastSeen: Date.UTC(2099, 0, 1), firstSeen: 0 })).alerts
    expect(row).toMatchObject({ firstSeen: 0, lastSeen: START })
  })

  it('units and origins have alerts of their own', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold())
    bench.alerts.raise(sampleFold({ unit: '19837' }))
    bench.alerts.raise(sampleFold({ origin: 'demonstration' }))
    expect(rows(bench)).toHaveLength(3)
  })
})

describe('after closing', () => {
  it('a match within the hour reopens the alert, up to its last millisecond', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold())
    close(bench, 'CB-0001')
    bench.clock.advance(HOUR_MS)
    const [row] = bench.alerts.raise(sampleFold({}, bench.clock.now())).alerts
    expect(row).toMatchObject({
      id: 'CB-0001',
      status: 'new',
      verdict: null,
      escalated: true,
      reopened: 1,
      count: 2,
      assignee: null,
      deadline: START + 25 * HOUR_MS
    })
    expect(bench.alerts.detail('CB-0001')?.timeline.map((entry) => entry.act)).toEqual([
      'alert.opened',
      'alert.verdict',
      'alert.reopened'
    ])
  })

  it('a match a millisecond later opens a new alert, linked to the old one', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold())
    close(bench, 'CB-0001')
    bench.clock.advance(HOUR_MS + 1)
    const [row] = bench.alerts.raise(sampleFold({}, bench.clock.now())).alerts
    expect(row).toMatchObject({ id: 'CB-0002', escalated: false, reopened: 0, count: 1 })
    expect(bench.alerts.detail('CB-0002')).toMatchObject({
      previous: 'CB-0001',
      history: { total: 1, byVerdict: { true_positive: 1 } }
    })
  })

  it('an archived alert comes back at three times its greatest hour, not before', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ count: 10 }))
    bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'archive' } }, actor)
    bench.clock.advance(HOUR_MS)
    const at = bench.clock.now()
    expect(bench.alerts.raise(sampleFold({ count: 29 }, at)).alerts[0]?.status).toBe('archived')
    expect(bench.alerts.raise(sampleFold({ count: 1 }, at)).alerts[0]).toMatchObject({
      status: 'new',
      escalated: true
    })
  })

  it('an archived alert comes back when its rule meets its entity at another unit', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold())
    bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'archive' } }, actor)
    const { alerts } = bench.alerts.raise(sampleFold({ unit: '19837' }))
    expect(alerts.map((row) => [row.id, row.status, row.escalated])).toEqual([
      ['CB-0002', 'new', false],
      ['CB-0001', 'new', true]
    ])
  })
})

describe('the way of an alert', () => {
  it('of a sequence compares its last event with the time that event came, not with the first', () => {
    const bench = testBench()
    const fold = sampleFold({ correlated: true, firstSeen: START - 42_000, lastSeen: START })
    fold.evidence = [START - 42_000, START].map((at) => sampleEvidence(sampleEvent(`e${at}`, at)))
    bench.alerts.raise(fold)
    expect(bench.alerts.detail('CB-0001')!.hops).toMatchObject({ event: START, received: START + 5 })
  })

  it('of what has no events, such as an outage that began before it was certain, blames no collector', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ firstSeen: START - 23_000, lastSeen: START }))
    expect(bench.alerts.detail('CB-0001')!.hops).toMatchObject({ event: START, received: START })
  })
})

describe('many entities', () => {
  it('beyond 200 new entities an hour the next ones of a rule and unit share one alert', () => {
    const bench = testBench()
    const folds = Array.from({ length: 260 }, (_, index) => sampleFold({ entity: `host-${index}` }))
    bench.alerts.commit(sampleBatch(0, 0, folds), SPOOL)
    expect(rows(bench)).toHaveLength(201)
    const shared = rows(bench).find((row) => row.entity.length === 0)
    expect(shared).toMatchObject({
      count: 60,
      sentence: { vi: 'Luật “Luật rule-a” khớp trên 60 đối tượng mới, 60 lần' }
    })
    // Known entities keep their own alert; another unit has its own allowance.
    bench.alerts.raise(sampleFold({ entity: 'host-3' }))
    bench.alerts.raise(sampleFold({ entity: 'host-999', unit: '19837' }))
    expect(rows(bench)).toHaveLength(202)
    // The same entity again is counted, not remembered twice.
    bench.alerts.raise(sampleFold({ entity: 'host-259' }))
    expect(rows(bench).find((row) => row.entity.length === 0)).toMatchObject({
      count: 61,
      sentence: { en: 'Rule “Rule rule-a” matched 60 new entities, 61 times' }
    })
  })

  it('count what each window reports anew, never the running count again', () => {
    const bench = testBench()
    const known = Array.from({ length: 200 }, (_, index) => sampleFold({ entity: `host-${index}` }))
    bench.alerts.commit(sampleBatch(0, 0, known), SPOOL)
    // Thirty addresses, twenty failures each: a rule of ten tells 10, 11, … 20 of each.
    let offset = 0
    for (let count = 10; count <= 20; count++) {
      const folds = Array.from({ length: 30 }, (_, index) =>
        sampleFold({ entity: `new-${index}`, correlated: true, count, fresh: count === 10 ? 10 : 1 })
      )
      offset++
      bench.alerts.commit(sampleBatch(offset, offset, folds), SPOOL)
    }
    expect(rows(bench).find((row) => row.entity.length === 0)).toMatchObject({ count: 600 })
  })

  it('an hour later new entities have alerts of their own again', () => {
    const bench = testBench()
    bench.alerts.commit(
      sampleBatch(
        0,
        0,
        Array.from({ length: 205 }, (_, index) => sampleFold({ entity: `host-${index}` }))
      ),
      SPOOL
    )
    bench.clock.advance(HOUR_MS)
    bench.alerts.raise(sampleFold({ entity: 'late' }, bench.clock.now()))
    expect(rows(bench)).toHaveLength(202)
  })
})

describe('correlations', () => {
  it('a growing window replaces its own count; the next window after it adds', () => {
    const bench = testBench()
    const window = (first: number, last: number, count: number) =>
      bench.alerts.raise(
        sampleFold({ correlated: true, firstSeen: START + first, lastSeen: START + last, count }, START + last)
      ).alerts[0]?.count
    expect(window(0, 100, 10)).toBe(10)
    expect(window(0, 200, 12)).toBe(12)
    // Slid: overlaps what is counted, and has no more than that.
    expect(window(50, 260, 12)).toBe(12)
    expect(window(60, 300, 15)).toBe(15)
    // Entirely after the counted window.
    expect(window(301, 400, 10)).toBe(25)
    // A late event widens the window backwards.
    expect(window(300, 400, 11)).toBe(26)
  })
})

describe('evidence', () => {
  it('keeps the five first events and the fifteen newest, each once', () => {
    const bench = testBench()
    for (let index = 0; index < 40; index++) {
      bench.alerts.raise(sampleFold({ events: [`e${index}`, `e${index}`] }, START + index))
    }
    const events = bench.alerts.detail('CB-0001')?.evidence.map((item) => item.eventId) ?? []
    expect(events).toHaveLength(20)
    expect(events.slice(0, 6)).toEqual(['e0', 'e1', 'e2', 'e3', 'e4', 'e25'])
    expect(events.at(-1)).toBe('e39')
  })

  it('shortens an event of a megabyte and says so', () => {
    const bench = testBench()
    const fold = sampleFold({ events: ['big'] })
    addToEvidence(fold, { message: 'x'.repeat(1_048_576) })
    bench.alerts.raise(fold)
    const event = bench.alerts.detail('CB-0001')?.evidence[0]?.event
    expect(JSON.stringify(event).length).toBeLessThan(2_000)
    expect(event).toMatchObject({ soc: { flags: ['shortened'] }, event: { original: 'dòng nhật ký big' } })
  })
})

describe('exactly once', () => {
  /** Folds of a few fingerprints at rising offsets; correlated and plain. */
  const history = fc.array(
    fc.record({
      entity: fc.constantFrom('a', 'b', 'c'),
      rule: fc.constantFrom('plain', 'correlated'),
      count: fc.integer({ min: 1, max: 50 }),
      step: fc.integer({ min: 0, max: 5_000 })
    }),
    { minLength: 1, maxLength: 30 }
  )
  type History = { entity: string; rule: string; count: number; step: number }[]

  function folds(list: History): MatchFold[] {
    let at = START
    return list.map(({ entity, rule, count, step }) => {
      at += step
      const correlated = rule === 'correlated'
      return sampleFold({ rule, entity, count, correlated, firstSeen: correlated ? at - 4_000 : at, lastSeen: at }, at)
    })
  }
  const figures = (bench: Bench) =>
    rows(bench)
      .map((row) => [row.ruleId, row.entity[0]?.value, row.count, row.firstSeen, row.lastSeen, row.trend])
      .sort()

  it('any split into batches, with any replay of committed ones, gives the same alerts', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.boolean()), { minLength: 30, maxLength: 30 }),
        (list, cuts) => {
          const whole = testBench()
          const judged = folds(list)
          whole.alerts.commit(sampleBatch(0, judged.length - 1, judged), SPOOL)

          const split = testBench()
          const committed: ReturnType<typeof sampleBatch>[] = []
          for (let from = 0, index = 0; from < judged.length; index++) {
            const [size = 1, replay = false] = cuts[index] ?? []
            const to = Math.min(judged.length, from + size) - 1
            const batch = sampleBatch(from, to, judged.slice(from, to + 1))
            split.alerts.commit(batch, SPOOL)
            committed.push(batch)
            // A crash before the acknowledgement: the same ranges come again.
            if (replay) for (const again of committed) expect(split.alerts.commit(again, SPOOL).alerts).toEqual([])
            from = to + 1
          }
          expect(figures(split)).toEqual(figures(whole))
          const matches = 'SELECT rule_id, hour, matches FROM rule_hours ORDER BY 1, 2'
          expect(split.control.sql(matches).all()).toEqual(whole.control.sql(matches).all())
          const fingerprints = split.control.single<{ n: number; d: number }>(
            `SELECT COUNT(*) AS n, COUNT(DISTINCT fingerprint) AS d FROM alerts WHERE status <> 'closed'`
          )
          expect(fingerprints.n).toBe(fingerprints.d)
          whole.control.close()
          split.control.close()
        }
      ),
      { numRuns: 40 }
    )
  })

  it('a batch that fails half-way leaves neither matches nor position', () => {
    const bench = testBench()
    const broken = { ...sampleFold({ entity: 'b' }), evidence: undefined as never }
    expect(() => bench.alerts.commit(sampleBatch(0, 4, [sampleFold(), broken]), SPOOL)).toThrow()
    expect(rows(bench)).toEqual([])
    expect(bench.alerts.position(SPOOL)).toEqual({ offset: -1 })
    expect(bench.pushed).toEqual([])
  })

  it('a database that is opened again knows what it has committed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'alerts-'))
    try {
      const before = testBench(join(folder, 'control.db'))
      const batch = sampleBatch(0, 9, [sampleFold({ count: 5 })])
      before.alerts.commit(batch, SPOOL)
      before.control.close()
      const after = testBench(join(folder, 'control.db'))
      expect(after.alerts.position(SPOOL)).toEqual({ offset: 9 })
      expect(after.alerts.commit(batch, SPOOL)).toEqual({ alerts: [], incidents: [] })
      after.alerts.commit(sampleBatch(10, 10, [sampleFold()]), SPOOL)
      expect(rows(after)).toMatchObject([{ id: 'CB-0001', count: 6 }])
      after.control.close()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('keeps the checkpoint with the offset it stands for', () => {
    const bench = testBench()
    bench.alerts.commit(sampleBatch(0, 9, [], new Uint8Array([1, 2, 3])), SPOOL)
    bench.alerts.commit(sampleBatch(10, 19, []), SPOOL)
    expect(bench.alerts.position(SPOOL)).toEqual({
      offset: 19,
      checkpoint: { offset: 9, state: new Uint8Array([1, 2, 3]) }
    })
  })

  it('refuses a range that is only partly committed, and starts anew with a new spool', () => {
    const bench = testBench()
    bench.alerts.commit(sampleBatch(0, 9, [sampleFold()], new Uint8Array([1])), SPOOL)
    expect(() => bench.alerts.commit(sampleBatch(5, 12, []), SPOOL)).toThrow(/committed up to 9/)
    bench.alerts.commit(sampleBatch(0, 3, [sampleFold()]), 'another-spool')
    expect(bench.alerts.position('another-spool')).toEqual({ offset: 3 })
    expect(bench.alerts.position(SPOOL)).toEqual({ offset: -1 })
    expect(rows(bench)[0]?.count).toBe(2)
  })
})
