import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseJsonPath, valueAt } from './json-path.ts'

const at = (value: unknown, path: string) => valueAt(value, parseJsonPath(path)!)

it('members and indices lead to a value', () => {
  const value = { status: 'ok', items: [{ state: 'up' }, { 'a b': { c: 0 } }], nothing: null }
  expect(at(value, '$')).toBe(value)
  expect(at(value, '$.status')).toBe('ok')
  expect(at(value, '$.items[0].state')).toBe('up')
  expect(at(value, `$['items'][1]["a b"].c`)).toBe(0)
  expect(at(value, '$.nothing')).toBe(null)
})

it('what is not there is nothing, also on prototypes, texts and arrays', () => {
  const value = { items: [1], text: 'abc' }
  for (const path of ['$.no', '$.items[1]', '$.items.length', '$.text.length', '$.text[0]', '$.items[0].x', '$[0]']) {
    expect([path, at(value, path)]).toEqual([path, undefined])
  }
  for (const path of ['$.constructor', '$.__proto__', '$.items.map', '$.toString', `$['hasOwnProperty']`]) {
    expect([path, at(value, path)]).toEqual([path, undefined])
  }
})

it('wildcards, filters, recursion and slips are no paths', () => {
  for (const path of [
    '',
    'a',
    '$.',
    '$..a',
    '$.*',
    '$[*]',
    '$[?(@.a)]',
    '$[-1]',
    '$[0:2]',
    '$.a b',
    '$.a]',
    `$['a`,
    '$ ',
    '$[9999999]'
  ]) {
    expect([path, parseJsonPath(path)]).toEqual([path, undefined])
  }
  expect(parseJsonPath(`$${'.a'.repeat(33)}`)).toBeUndefined()
  expect(parseJsonPath(`$.${'a'.repeat(300)}`)).toBeUndefined()
})

it('any way into any JSON value is found again when it is written as a path', () => {
  const key = fc.string({ maxLength: 12 }).filter((text) => !/['\\]/.test(text))
  const tree = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 0 }), tie('object'), tie('array')),
    object: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    array: fc.array(tie('value'), { maxLength: 3 })
  })).value
  fc.assert(
    fc.property(tree, fc.array(fc.nat(), { maxLength: 5 }), (value, choices) => {
      let path = '$'
      let expected: unknown = value
      for (const choice of choices) {
        if (typeof expected !== 'object' || expected === null || Object.keys(expected).length === 0) break
        const keys = Object.keys(expected)
        const chosen = keys[choice % keys.length]!
        path += Array.isArray(expected) ? `[${chosen}]` : `['${chosen}']`
        expected = (expected as Record<string, unknown>)[chosen]
      }
      fc.pre(path.length <= 200)
      expect(at(value, path)).toBe(expected)
    })
  )
})

it('any text is a path or none, and a path never throws', () => {
  const text = fc.stringMatching(/^\$[.[\]'"a0_ \\*-]{0,40}$/)
  fc.assert(
    fc.property(text, fc.jsonValue(), (candidate, value) => {
      const path = parseJsonPath(candidate)
      if (path !== undefined) valueAt(value, path)
    })
  )
})
