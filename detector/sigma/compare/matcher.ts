import { parseNetwork, type Network } from './cidr.ts'
import type { ConditionNode, Detection, DetectionNode, Item, Test } from '../parse/detection.ts'
import { SEPARATOR, type FieldValues } from '../events/field-values.ts'
import { compileRegex, type Regex } from './regex.ts'
import { canonicalNumber } from './values.ts'
import { compileTextSet, isEmpty, type TextSet } from '../index/text-set.ts'

/** A question about one field, ready to be asked; `cost` orders questions that stand side by side. */
export type Leaf =
  | { op: 'texts'; slot: number; set: TextSet; cased: boolean }
  /** `joined`: needles to be looked for in all texts at once; `rest`: what must be asked of each; `set`: both. */
  | { op: 'keywords'; set: TextSet; cased: boolean; joined: string[]; rest: TextSet | undefined }
  | { op: 'keyword-regex'; regex: Regex }
  | { op: 'keyword-cidr'; network: Network }
  | { op: 'number'; slot: number; canonical: string }
  | { op: 'boolean'; slot: number; value: boolean }
  | { op: 'null'; slot: number }
  | { op: 'exists'; slot: number; value: boolean }
  | { op: 'compare'; slot: number; test: Extract<Test, { kind: 'compare' }> }
  | { op: 'regex'; slot: number; regex: Regex }
  | { op: 'cidr'; slot: number; network: Network }
  | { op: 'fieldref'; slot: number; test: Extract<Test, { kind: 'fieldref' }> }
  | { op: 'datepart'; slot: number; test: Extract<Test, { kind: 'datepart' }> }

/** A compiled condition. `order` keeps the rule's own order for explanations, `selection` its names. */
export type Matcher =
  | { op: 'all' | 'any'; nodes: Matcher[]; cost: number; order: number }
  | { op: 'not'; node: Matcher; cost: number; order: number }
  | { op: 'leaf'; leaf: Leaf; selection: string; cost: number; order: number }

/** Compiles a detection; slots are taken from the values that events will be read through. */
export function compileMatcher(detection: Detection, values: FieldValues): Matcher {
  let order = 0
  const join = (op: 'all' | 'any', nodes: Matcher[]): Matcher => {
    if (nodes.length === 1) return nodes[0]!
    // Cheap questions first: an answer often makes the others superfluous.
    nodes.sort((a, b) => a.cost - b.cost)
    return { op, nodes, cost: nodes.reduce((sum, node) => sum + node.cost, 0), order: nodes[0]!.order }
  }
  const not = (node: Matcher): Matcher => ({ op: 'not', node, cost: node.cost + 50, order: node.order })

  const compileItem = (item: Item, selection: string): Matcher => {
    const leafOf = (leaf: Leaf): Matcher => ({ op: 'leaf', leaf, selection, cost: costOf(leaf), order: order++ })
    const leaves = item.all
      ? item.tests.flatMap((test) => leavesOf(item.field, [test], values))
      : leavesOf(item.field, item.tests, values)
    const node = join(item.all ? 'all' : 'any', leaves.map(leafOf))
    return item.negated ? not(node) : node
  }
  const compileNode = (node: DetectionNode, selection: string): Matcher =>
    node.kind === 'item'
      ? compileItem(node, selection)
      : join(
          node.kind,
          node.nodes.map((child) => compileNode(child, selection))
        )
  const compileCondition = (node: ConditionNode): Matcher => {
    if (node.kind === 'not') return not(compileCondition(node.node))
    if (node.kind !== 'selection') return join(node.kind, node.nodes.map(compileCondition))
    const selection = detection.selections[node.index]!
    return compileNode(selection.node, selection.name)
  }
  return compileCondition(detection.condition)
}

/** Leaves of which one must be true; text patterns of a field are gathered into one set. */
function leavesOf(field: string, tests: readonly Test[], values: FieldValues): Leaf[] {
  const leaves: Leaf[] = []
  for (const cased of [false, true]) {
    const patterns = tests.filter((test) => test.kind === 'text' && test.cased === cased)
    if (patterns.length === 0) continue
    const set = compileTextSet(
      patterns.map((test) => (test.kind === 'text' ? test.parts : [])),
      !cased
    )
    leaves.push(field === '' ? keywordLeaf(set, cased) : { op: 'texts', slot: values.slot(field), set, cased })
  }
  for (const test of tests) if (test.kind !== 'text') leaves.push(leafOf(field, test, values))
  return leaves
}

function keywordLeaf(set: TextSet, cased: boolean): Leaf {
  const joinable = (needle: string) => !cased && !needle.includes(SEPARATOR)
  const joined = set.contains.filter(joinable)
  const rest: TextSet = { ...set, contains: set.contains.filter((needle) => !joinable(needle)) }
  return { op: 'keywords', set, cased, joined, rest: isEmpty(rest) ? undefined : rest }
}

function leafOf(field: string, test: Exclude<Test, { kind: 'text' }>, values: FieldValues): Leaf {
  if (test.kind === 'regex') {
    const regex = compileRegex(test.source, test.flags)
    return field === '' ? { op: 'keyword-regex', regex } : { op: 'regex', slot: values.slot(field), regex }
  }
  if (test.kind === 'cidr') {
    const network = parseNetwork(test.network)!
    return field === '' ? { op: 'keyword-cidr', network } : { op: 'cidr', slot: values.slot(field), network }
  }
  const slot = values.slot(field)
  switch (test.kind) {
    case 'number':
      return { op: 'number', slot, canonical: canonicalNumber(test.text) ?? test.text }
    case 'boolean':
      return { op: 'boolean', slot, value: test.value }
    case 'null':
      return { op: 'null', slot }
    case 'exists':
      return { op: 'exists', slot, value: test.value }
    case 'compare':
      return { op: 'compare', slot, test }
    case 'fieldref':
      return { op: 'fieldref', slot, test }
    case 'datepart':
      return { op: 'datepart', slot, test }
  }
}

/** Rough nanoseconds of a question, for ordering only. */
function costOf(leaf: Leaf): number {
  switch (leaf.op) {
    case 'texts':
    case 'keywords': {
      const { suffixes, prefixes, contains, globs, foreign } = leaf.set
      const searches = 20 + 2 * (suffixes.length + prefixes.length) + 20 * contains.length + 60 * globs.length
      return (searches + (foreign ? 50 : 0)) * (leaf.op === 'keywords' ? 20 : 1)
    }
    case 'regex':
    case 'keyword-regex':
      return 5_000
    case 'cidr':
    case 'keyword-cidr':
    case 'datepart':
      return 300
    default:
      return 15
  }
}
