import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCondition } from './condition.ts'
import type { ConditionNode } from './detection.ts'
import { RuleFault } from './rule-fault.ts'

const names = ['sel', 'sel_a', 'sel_b', 'filter_main', 'other-one', '_hidden', '_hidden_too']

/** A condition in a short form: names, `!x`, `(x & y)`, `(x | y)`. */
function short(node: ConditionNode): string {
  if (node.kind === 'selection') return names[node.index]!
  if (node.kind === 'not') return `!${short(node.node)}`
  return `(${node.nodes.map(short).join(node.kind === 'all' ? ' & ' : ' | ')})`
}
const read = (text: string) => short(parseCondition(text, names, 7))

function fault(text: string): { code: string; line: number } {
  try {
    parseCondition(text, names, 7)
  } catch (error) {
    if (error instanceof RuleFault) return { code: error.code, line: error.line }
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

describe('a condition', () => {
  it('binds not before and, and before or, from the left', () => {
    expect(read('sel')).toBe('sel')
    expect(read('not sel')).toBe('!sel')
    expect(read('not not sel')).toBe('!!sel')
    expect(read('sel or sel_a and sel_b')).toBe('(sel | (sel_a & sel_b))')
    expect(read('(sel or sel_a) and not sel_b')).toBe('((sel | sel_a) & !sel_b)')
    expect(read('not sel and sel_a')).toBe('(!sel & sel_a)')
    expect(read('sel AND NOT other-one')).toBe('(sel & !other-one)')
    expect(read('((sel))')).toBe('sel')
    expect(read('not(sel)and(sel_a)')).toBe('(!sel & sel_a)')
  })

  it('chooses selections by pattern, hidden ones only when asked', () => {
    expect(read('1 of sel_*')).toBe('(sel_a | sel_b)')
    expect(read('any of sel_*')).toBe('(sel_a | sel_b)')
    expect(read('all of sel*')).toBe('(sel & sel_a & sel_b)')
    expect(read('all of sel')).toBe('(sel)')
    expect(read('1 of *_a')).toBe('(sel_a)')
    expect(read('1 of s*_*b')).toBe('(sel_b)')
    expect(read('1 of them')).toBe('(sel | sel_a | sel_b | filter_main | other-one)')
    expect(read('all of _hid*')).toBe('(_hidden & _hidden_too)')
    expect(read('sel and not 1 of filter_*')).toBe('(sel & !(filter_main))')
  })

  it('is refused with its line when it means nothing', () => {
    const syntax = [
      '',
      'sel and',
      'and sel',
      '(sel',
      'sel)',
      'sel sel_a',
      '1 of',
      '2 of sel*',
      'not',
      '()',
      '1 of (sel)'
    ]
    for (const text of syntax) expect(fault(text), text).toEqual({ code: 'condition.syntax', line: 7 })
    for (const text of ['missing', '1 of missing*', 'sel and nothing', '1 of nothing', '1 of hidden*']) {
      expect(fault(text), text).toEqual({ code: 'condition.unknown', line: 7 })
    }
    expect(fault('sel | count() by f > 5').code).toBe('condition.aggregation')
    expect(fault(`${'('.repeat(100)}sel${')'.repeat(100)}`).code).toBe('condition.syntax')
    expect(fault(`${'not '.repeat(100)}sel`).code).toBe('condition.syntax')
    expect(fault(Array(2_000).fill('sel').join(' or ')).code).toBe('condition.syntax')
  })

  it('means the same when every node is put in parentheses', () => {
    const tree = fc.letrec<{ node: ConditionNode }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.nat(names.length - 1).map((index): ConditionNode => ({ kind: 'selection', index })),
        tie('node').map((node): ConditionNode => ({ kind: 'not', node })),
        fc
          .tuple(fc.constantFrom('all', 'any'), fc.array(tie('node'), { minLength: 2, maxLength: 3 }))
          .map(([kind, nodes]): ConditionNode => ({ kind: kind as 'all', nodes }))
      )
    })).node
    const write = (node: ConditionNode): string => {
      if (node.kind === 'selection') return names[node.index]!
      if (node.kind === 'not') return `not (${write(node.node)})`
      return node.nodes.map((child) => `(${write(child)})`).join(node.kind === 'all' ? ' and ' : ' or ')
    }
    fc.assert(fc.property(tree, (node) => short(node) === read(write(node))))
  })

  it('is read or refused, whatever the text', () => {
    const word = fc.constantFrom(
      'sel',
      'sel_a',
      'and',
      'or',
      'not',
      '(',
      ')',
      '1',
      'of',
      'all',
      'them',
      '*',
      'x*',
      '|',
      '\n'
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' '))
        ),
        (text) => {
          try {
            parseCondition(text, names, 1)
          } catch (error) {
            expect(error).toBeInstanceOf(RuleFault)
          }
        }
      )
    )
  })
})
