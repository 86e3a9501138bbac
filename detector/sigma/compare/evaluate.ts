import { casefold, isAscii } from './casefold.ts'
import { inNetwork } from './cidr.ts'
import type { FieldRelation } from '../parse/detection.ts'
import { ABSENT, baseOf, elementsOf, kindOf, LIST, NULL, TEXT, type FieldValues } from '../events/field-values.ts'
import type { Leaf, Matcher } from './matcher.ts'
import { fitsTextSet, type TextSet } from '../index/text-set.ts'
import { canonicalNumber, datePartOf, numberOf } from './values.ts'

/** True when the condition holds for the event the values are open at. Two-valued: what cannot be asked is false. */
export function evaluate(node: Matcher, values: FieldValues): boolean {
  switch (node.op) {
    case 'leaf':
      return evaluateLeaf(node.leaf, values)
    case 'all': {
      const { nodes } = node
      for (let index = 0; index < nodes.length; index++) if (!evaluate(nodes[index]!, values)) return false
      return true
    }
    case 'any': {
      const { nodes } = node
      for (let index = 0; index < nodes.length; index++) if (evaluate(nodes[index]!, values)) return true
      return false
    }
    case 'not':
      return !evaluate(node.node, values)
  }
}

export function evaluateLeaf(leaf: Leaf, values: FieldValues): boolean {
  if (leaf.op === 'texts') {
    const { slot, set } = leaf
    const kind = values.kind(slot)
    if (kind === TEXT) {
      if (leaf.cased) return fitsTextSet(set, values.text(slot), '', values.ascii(slot))
      const base = set.bases === undefined ? '' : values.base(slot)
      return fitsTextSet(set, values.folded(slot), base, set.foreign === undefined || values.ascii(slot))
    }
    if (kind !== LIST) return false
    return elementsOf(values.raw(slot) as unknown[]).some((value) => value !== null && fitsText(set, value, leaf.cased))
  }
  if (leaf.op === 'keywords') {
    const { joined, rest } = leaf
    if (joined.length > 0) {
      const text = values.joinedKeywords()
      for (let index = 0; index < joined.length; index++) if (text.includes(joined[index]!)) return true
    }
    return rest !== undefined && findText(rest, leaf.cased, values) !== undefined
  }
  if (isKeyword(leaf)) return findKeyword(leaf, values) !== undefined
  const kind = values.kind(leaf.slot)
  if (leaf.op === 'exists') return (kind !== ABSENT) === leaf.value
  if (leaf.op === 'null' && kind === ABSENT) return true
  if (kind === TEXT || kind === NULL) return asks(leaf, values.raw(leaf.slot), values)
  if (kind !== LIST) return false
  return elementsOf(values.raw(leaf.slot) as unknown[]).some((value) => asks(leaf, value, values))
}

export type KeywordLeaf = Extract<Leaf, { op: 'keywords' | 'keyword-regex' | 'keyword-cidr' }>
type ValueLeaf = Exclude<Leaf, KeywordLeaf | { op: 'texts' | 'exists' }>

export function isKeyword(leaf: Leaf): leaf is KeywordLeaf {
  return leaf.op === 'keywords' || leaf.op === 'keyword-regex' || leaf.op === 'keyword-cidr'
}

/** The first text of the event that a keyword question is true for. */
export function findKeyword(leaf: KeywordLeaf, values: FieldValues): string | undefined {
  if (leaf.op === 'keywords') return findText(leaf.set, leaf.cased, values)
  const found = values
    .keywords()
    .find(({ text, folded }) =>
      leaf.op === 'keyword-regex' ? leaf.regex.search(text, folded) : inNetwork(leaf.network, text)
    )
  return found?.text
}

function findText(set: TextSet, cased: boolean, values: FieldValues): string | undefined {
  const texts = values.keywords()
  for (let index = 0; index < texts.length; index++) {
    const { text, folded } = texts[index]!
    const base = set.bases === undefined ? '' : baseOf(folded)
    const ascii = set.foreign === undefined || isAscii(text)
    if (fitsTextSet(set, cased ? text : folded, base, ascii)) return text
  }
  return undefined
}

/** One value against one question that is not about text patterns. */
function asks(leaf: ValueLeaf, value: unknown, values: FieldValues): boolean {
  if (value === null) return leaf.op === 'null'
  const text = String(value)
  switch (leaf.op) {
    case 'null':
      return false
    case 'number':
      return text === leaf.canonical || canonicalNumber(text) === leaf.canonical
    case 'boolean':
      return text.length <= 5 && text.toLowerCase() === String(leaf.value)
    case 'compare': {
      const number = numberOf(value)
      if (number === undefined) return false
      const { op, value: limit } = leaf.test
      if (op === 'lt') return number < limit
      if (op === 'lte') return number <= limit
      return op === 'gt' ? number > limit : number >= limit
    }
    case 'regex':
      return leaf.regex.search(text, casefold(text))
    case 'cidr':
      return inNetwork(leaf.network, text)
    case 'datepart':
      return datePartOf(text, leaf.test.part) === leaf.test.value
    case 'fieldref': {
      const { field, relation, cased } = leaf.test
      const other = values.other(field)
      const others = kindOf(other) === LIST ? elementsOf(other as unknown[]) : kindOf(other) === TEXT ? [other] : []
      return others.some((entry) => entry !== null && relates(relation, text, String(entry), cased))
    }
  }
}

function relates(relation: FieldRelation, a: string, b: string, cased: boolean): boolean {
  const left = cased ? a : casefold(a)
  const right = cased ? b : casefold(b)
  if (relation === 'equals') return left === right
  if (relation === 'startswith') return left.startsWith(right)
  return relation === 'endswith' ? left.endsWith(right) : left.includes(right)
}

function fitsText(set: TextSet, value: unknown, cased: boolean): boolean {
  const text = String(value)
  if (cased) return fitsTextSet(set, text, '', isAscii(text))
  const folded = casefold(text)
  return fitsTextSet(set, folded, set.bases === undefined ? '' : baseOf(folded), isAscii(text))
}
