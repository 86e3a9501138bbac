import fc from 'fast-check'
import { expect, it } from 'vitest'
import { levels } from '#core/match.ts'
import { countingControl, actor, sampleBatch, sampleFold, SPOOL, testBench } from '#testing/folds.ts'
import { openControl } from '#control/database/control.ts'
import { alertColumns, fromRow, toRow, type AlertRecord } from './alert.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 20 })
const fields = fc.dictionary(text, text, { maxKeys: 4 })
const number = fc.integer({ min: 0, max: 2_000_000_000_000 })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const json = (arbitrary: fc.Arbitrary<unknown>) => arbitrary.map((value) => JSON.stringify(value))
const rows: fc.Arbitrary<AlertRecord> = fc.record({
  ...{ seq: number, id: text, revision: number, fingerprint: text, rule_id: text, rule_version: text },
  rule: json(fc.record({ id: text, version: text, tags: fc.array(text, { maxLength: 3 }) })),
  ...{ level: fc.constantFrom(...levels), level_rank: fc.nat(4), origin: fc.constantFrom('real', 'demonstration') },
  ...{ unit: text, senders: json(fc.array(text, { maxLength: 3 })), entity_key: text },
  ...{ entity: json(fields), vals: json(fields), trend: json(fc.array(fc.nat(), { minLength: 12, maxLength: 12 })) },
  status: fc.constantFrom('new', 'acknowledged', 'waiting', 'archived', 'closed'),
  verdict: maybe(fc.constantFrom('true_positive', 'false_positive', 'benign', 'duplicate', 'test')),
  ...{ count: number, window_count: maybe(number), window_first: maybe(number), window_last: maybe(number) },
  ...{ window_peak: maybe(number), trend_step: number, hour: number, hour_count: number, hour_peak: number },
  ...{ archived_peak: maybe(number), first_seen: number, last_seen: number, event_at: number, received_at: number },
  ...{ matched_at: number, raised_at: number, acknowledged_at: maybe(number), closed_at: maybe(number) },
  ...{ assignee: maybe(text), incident_id: maybe(text), escalated: fc.nat(1), reopened: fc.nat(9) },
  ...{ previous_id: maybe(text), many_entities: fc.nat(1), entities: number, deadline: maybe(number) }
}) as fc.Arbitrary<AlertRecord>

it('a row that becomes an alert and a row again is the same row', () => {
  fc.assert(fc.property(rows, (row) => void expect(toRow(fromRow(row), alertColumns)).toEqual(row)))
})

it('knows every column of the table, and no other', () => {
  const columns = openControl(':memory:').all<{
    name: string
  }>('SELECT name FROM pragma_table_info(?)', 'alerts')
  expect([...alertColumns].sort()).toEqual(columns.map(({ name }) => name).sort())
})

it('the text of a JSON column that was not replaced is written as it was read', () => {
  const odd = '{ "source.ip":"203.0.113.7" }'
  const alert = fromRow({ rule: '{}', senders: '[]', entity: odd, vals: '{}', trend: '[]' } as AlertRecord)
  expect(toRow(alert, ['entity'])).toEqual({ entity: odd })
  expect(toRow({ ...alert, entity: { host: 'a' } }, ['entity'])).toEqual({ entity: '{"host":"a"}' })
})

it('an act reads each alert once, and the rows of its answer are the rows that were pushed', () => {
  const { control, asked } = countingControl(openControl(':memory:'))
  const bench = testBench(':memory:', control)
  bench.alerts.commit(
    sampleBatch(
      0,
      9,
      [0, 1, 2].map((n) => sampleFold({ entity: `203.0.113.${n}` }))
    ),
    SPOOL
  )
  bench.pushed.length = 0
  asked.length = 0
  const ids = ['CB-0003', 'CB-0001', 'CB-0002']
  const answer = bench.alerts.act({ ids, act: { kind: 'acknowledge' } }, actor)
  expect(answer.alerts.map(({ id }) => id)).toEqual(['CB-0001', 'CB-0002', 'CB-0003'])
  for (const row of bench.pushed[0]!.alerts) expect(answer.alerts).toContain(row)
  expect(asked.filter((text) => /^SELECT (a\.)?\*/.test(text))).toHaveLength(3)
})

it('an act on an incident answers with the rows that were pushed', () => {
  const bench = testBench()
  bench.alerts.raise(sampleFold({ level: 'critical' }))
  bench.pushed.length = 0
  const detail = bench.alerts.actOnIncident('VL-0001', { kind: 'assign', userId: 'u1' }, actor)
  expect(detail.incident).toBe(bench.pushed[0]!.incidents[0])
  expect(detail).toEqual(bench.alerts.incident('VL-0001'))
})
