import { describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { createDetector } from '../detector.ts'
import { actionEngine, actionRule, correlationRule, heard } from '#testing/events.ts'

const detector = (correlation: Parameters<typeof correlationRule>[0]) =>
  createDetector({
    ...actionEngine,
    rules: [actionRule('fail'), actionRule('lock'), correlationRule(correlation)],
    clock: manualClock(0)
  })
const user = (name: string) => ({ user: { name } })
const target = (name: string) => ({ user: { target: { name } } })

describe('aliases', () => {
  it('are read where values are counted, each rule with its own field', () => {
    const made = detector({
      id: 'c',
      type: 'value_count',
      rules: ['fail', 'lock'],
      fields: ['who'],
      aliases: { who: { fail: 'user.name', lock: 'user.target.name' } }
    })
    expect(made.ruleErrors()).toEqual([])
    const events = [
      heard({ at: 1 }, user('a')),
      heard({ at: 2, action: 'lock' }, target('b')),
      heard({ at: 3, action: 'lock' }, target('a')),
      heard({ at: 4 }, user('c'))
    ]
    expect(made.judge(events, 0, 9).folds).toMatchObject([{ count: 3, fresh: 3 }])
  })

  it('name rules by id in any case or by name, whichever the list of rules uses', () => {
    for (const rules of [
      ['fail', 'lock'],
      ['RULE-FAIL', 'lock'],
      ['rule-fail', 'RULE-LOCK']
    ]) {
      for (const [fail, lock] of [
        ['fail', 'lock'],
        ['RULE-FAIL', 'rule-lock']
      ] as const) {
        const made = detector({
          id: 'c',
          rules,
          groupBy: ['who'],
          aliases: { who: { [fail]: 'user.name', [lock]: 'user.target.name' } }
        })
        expect(made.ruleErrors()).toEqual([])
        const events = [
          heard({ at: 1 }, user('a')),
          heard({ at: 2, action: 'lock' }, target('A')),
          heard({ at: 3 }, user('a'))
        ]
        expect(made.judge(events, 0, 9).folds).toMatchObject([{ count: 3, entity: { fields: { who: 'a' } } }])
      }
    }
  })

  it('that leave a rule out, or speak of one that is not counted, are refused by name', () => {
    const messages = (given: object) =>
      detector({ id: 'c', ...given })
        .ruleErrors()
        .map((error) => error.message)
    const who = { fail: 'user.name' }
    expect(messages({ rules: ['fail', 'lock'], groupBy: ['who'], aliases: { who } })).toEqual([
      'an alias in group-by says nothing of "lock"'
    ])
    expect(messages({ type: 'value_count', rules: ['fail', 'lock'], fields: ['who'], aliases: { who } })).toEqual([
      'the alias that is counted says nothing of "lock"'
    ])
    expect(messages({ rules: ['fail'], groupBy: ['who'], aliases: { who: { ...who, lock: 'x' } } })).toEqual([
      'the alias "who" names "lock", which is not counted here'
    ])
  })
})
