import { HOUR_MS, MINUTE_MS } from '#core/time.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MatchFold } from '#core/match.ts'
import { actor, sampleBatch, sampleFold, SPOOL, START, testBench, type Bench } from '#testing/folds.ts'

/** What a correlation tells at `minute`: its window of ten minutes up to then. */
const burst = (minute: number, count: number, more: { version?: string; entity?: string } = {}) =>
  sampleFold(
    {
      correlated: true,
      firstSeen: START + (minute - 10) * MINUTE_MS,
      lastSeen: START + minute * MINUTE_MS,
      count,
      ...more
    },
    START + minute * MINUTE_MS
  )
const said = (bench: Bench, id = 'CB-0001') => {
  const row = bench.alerts.detail(id)?.alert
  return { row: row?.count, sentence: Number(row?.sentence.en.match(/^[\d,]+/)?.[0].replaceAll(',', '')) }
}

describe('the sentence of a correlation', () => {
  it('says the greatest window, where the row says at least how many there were in all', () => {
    const bench = testBench()
    bench.alerts.raise(burst(10, 412))
    expect(said(bench)).toEqual({ row: 412, sentence: 412 })
    const [row] = bench.alerts.raise(burst(60, 412)).alerts
    expect(row).toMatchObject({
      count: 824,
      sentence: {
        vi: '412 lần đăng nhập sai vào cong-thong-tin từ 203.0.113.7',
        en: '412 failed log-ins on cong-thong-tin from 203.0.113.7'
      }
    })
    // A smaller window leaves it, a greater one replaces it.
    bench.alerts.raise(burst(120, 30))
    expect(said(bench)).toEqual({ row: 854, sentence: 412 })
    bench.alerts.raise(burst(180, 1_500))
    expect(said(bench)).toEqual({ row: 2_354, sentence: 1_500 })
  })

  it('is the same in the queue, the detail and the push', () => {
    const bench = testBench()
    bench.alerts.raise(burst(10, 412))
    const { alerts } = bench.alerts.raise(burst(60, 412))
    const listed = bench.alerts.list({ tab: 'all', userId: 'u1', scope: undefined, limit: 10 }).items
    expect(listed).toEqual(alerts)
    expect(bench.alerts.detail('CB-0001')?.alert).toEqual(alerts[0])
    expect(bench.pushed.at(-1)?.alerts).toEqual(alerts)
  })

  it('does not grow when a batch comes again', () => {
    const bench = testBench()
    const batches = [sampleBatch(0, 9, [burst(10, 412)]), sampleBatch(10, 19, [burst(60, 300)])]
    for (const batch of [...batches, ...batches]) bench.alerts.commit(batch, SPOOL)
    expect(said(bench)).toEqual({ row: 712, sentence: 412 })
  })

  it('is not moved by matches that are no windows', () => {
    const bench = testBench()
    bench.alerts.raise(burst(10, 412))
    bench.alerts.raise(sampleFold({ count: 5_000 }, START + 20 * MINUTE_MS))
    bench.alerts.raise(burst(60, 40))
    expect(said(bench)).toEqual({ row: 5_452, sentence: 412 })
  })

  it('takes up the first window of an alert that was opened by other matches', () => {
    const bench = testBench()
    bench.alerts.raise(sampleFold({ count: 7 }))
    expect(said(bench)).toEqual({ row: 7, sentence: 7 })
    bench.alerts.raise(burst(60, 3))
    expect(said(bench)).toEqual({ row: 10, sentence: 3 })
  })

  it('after a reopening tells of the windows since, while the row goes on', () => {
    const bench = testBench()
    bench.alerts.raise(burst(10, 412))
    bench.alerts.act({ ids: ['CB-0001'], act: { kind: 'verdict', verdict: 'benign' } }, actor)
    bench.clock.advance(HOUR_MS)
    const [row] = bench.alerts.raise(burst(60, 30)).alerts
    expect(row).toMatchObject({ id: 'CB-0001', reopened: 1, count: 442 })
    expect(said(bench)).toEqual({ row: 442, sentence: 30 })
    bench.alerts.raise(burst(120, 50))
    expect(said(bench)).toEqual({ row: 492, sentence: 50 })
  })

  it('never fills another text of the rule with a window of the former', () => {
    const bench = testBench()
    bench.alerts.raise(burst(10, 412))
    bench.alerts.raise(burst(60, 30, { version: 'v2' }))
    expect(said(bench)).toEqual({ row: 442, sentence: 30 })
    // Made an ordinary rule, it counts matches.
    bench.alerts.raise(sampleFold({ count: 1, version: 'v3' }, START + 70 * MINUTE_MS))
    expect(said(bench)).toEqual({ row: 443, sentence: 443 })
  })

  it('is the greatest of the windows for any order of windows and matches, and never more than the row', () => {
    const kind = fc.record({ correlated: fc.boolean(), count: fc.integer({ min: 1, max: 2_000 }), step: fc.nat(30) })
    fc.assert(
      fc.property(fc.array(kind, { minLength: 1, maxLength: 20 }), (list) => {
        const bench = testBench()
        let minute = 0
        const folds = list.map(({ correlated, count, step }): MatchFold => {
          minute += step
          return correlated ? burst(minute, count) : sampleFold({ count }, START + minute * MINUTE_MS)
        })
        bench.alerts.commit(sampleBatch(0, folds.length - 1, folds), SPOOL)
        const windows = folds.filter((fold) => fold.correlated).map((fold) => fold.count)
        const { row = 0, sentence } = said(bench)
        expect(sentence).toBe(windows.length > 0 ? Math.max(...windows) : row)
        expect(sentence).toBeLessThanOrEqual(row)
        bench.control.close()
      }),
      { numRuns: 40 }
    )
  })
})
