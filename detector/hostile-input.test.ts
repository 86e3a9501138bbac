import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { EcsEvent, JsonObject } from '#core/event.ts'
import { MAX_FIELD_TEXT } from './event-fields.ts'
import { createDetector } from './detector.ts'
import { actionEngine, actionRule, correlationRule, heard } from '#testing/events.ts'
import { profileRule } from './rule-profile.ts'

const json = fc.jsonValue({ maxDepth: 4 })

it('whatever stands under soc is either understood or an error of that rule', () => {
  const keys = fc.constantFrom(
    'title_vi',
    'sentence_vi',
    'sentence_en',
    'entity',
    'scope',
    'after',
    'sample',
    '__proto__'
  )
  fc.assert(
    fc.property(fc.oneof(json, fc.dictionary(keys, json)), (soc) => {
      const read = profileRule({ ...actionRule('x'), custom: { soc } as JsonObject }, ['syslog-tcp'])
      if ('error' in read) expect(read.error).toMatchObject({ ruleId: 'rule-x', line: 1 })
      else expect(read.profile.summary.title.en).toBe('Action x')
    }),
    { numRuns: 500 }
  )
})

it('an event of any shape is judged without a fault, and what is kept of it for keys and sentences is bounded', () => {
  const rules = [
    actionRule('fail', { sentence_vi: '{user.name} {source.ip} {deep.er.still}', sentence_en: '{user.name}' }),
    correlationRule({
      id: 'c',
      groupBy: ['user.name', 'source.ip'],
      condition: [{ op: 'gte', value: 1 }],
      generate: true
    }),
    correlationRule({
      id: 'v',
      type: 'value_count',
      groupBy: [],
      fields: ['user'],
      condition: [{ op: 'gte', value: 1 }]
    })
  ]
  const detector = createDetector({ ...actionEngine, rules })
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), json)
  const fields = fc.record({
    user: fc.oneof(json, fc.record({ name: text })),
    source: fc.record({ ip: text }),
    deep: json
  })
  fc.assert(
    fc.property(fields, (given) => {
      const { folds } = detector.judge([heard({ at: 1 }, given as JsonObject)], 0, 0)
      expect(folds.length).toBeGreaterThan(0)
      for (const fold of folds) {
        const texts = [...Object.values(fold.values), ...Object.values(fold.entity.fields)]
        expect(texts.every((one) => one.length <= MAX_FIELD_TEXT)).toBe(true)
        expect(fold.fingerprint).toHaveLength(22)
      }
      const restarted = createDetector({ ...actionEngine, rules })
      restarted.restore(detector.checkpoint())
      expect(restarted.limits().entries).toBe(detector.limits().entries)
    }),
    { numRuns: 200 }
  )
  expect(detector.limits()).toMatchObject({ faults: 0, lastFault: '' })
})

it('ten thousand names and a million list elements make no group, key or memory grow past its ceiling', () => {
  const rules = [actionRule('fail'), correlationRule({ id: 'c', groupBy: ['host.name'] })]
  const detector = createDetector({ ...actionEngine, rules, ceilings: { groups: 1_000 } })
  const names = Array.from({ length: 10_000 }, (_, index) => heard({ at: index }, { host: { name: `may-${index}` } }))
  detector.judge(names, 0, names.length)
  const list = heard({ at: 10_000 }, { host: { name: Array<string>(1_000_000).fill('x') } })
  detector.judge([list], 0, 0)
  expect(detector.limits().groups).toBeLessThanOrEqual(1_000)
  expect(detector.limits()).toMatchObject({ faults: 0 })
})

it('an event without a readable time is a counted fault, not a window that never closes', () => {
  const detector = createDetector({ ...actionEngine, rules: [actionRule('fail'), correlationRule({ id: 'c' })] })
  const event = { ...heard({ at: 1 }).event, '@timestamp': 'yesterday' } as EcsEvent
  expect(detector.judge([{ offset: 0, event, receivedAt: 1, sender: 's' }], 0, 0).folds).toEqual([])
  expect(detector.limits()).toMatchObject({ faults: 1, entries: 0 })
})
