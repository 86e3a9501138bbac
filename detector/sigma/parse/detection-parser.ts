import { parseCondition } from './condition.ts'
import type { ConditionNode, Detection, DetectionNode } from './detection.ts'
import { MAX_VALUES_PER_ITEM, readItem } from '../compare/modifiers.ts'
import { RuleFault } from './rule-fault.ts'
import { entryOf, type YamlMap, type YamlScalar, type YamlTree } from './yaml-tree.ts'

/** Selections of one rule; SigmaHQ's largest has 40. */
const MAX_SELECTIONS = 500
/** Lists and maps inside of a selection. */
const MAX_DEPTH = 10

/** Reads the `detection` of a rule. Throws a RuleFault. */
export function parseDetection(tree: YamlTree): Detection {
  if (tree.kind !== 'map') throw new RuleFault('detection.shape', tree.line, '"detection" must be a map')
  const timeframe = entryOf(tree, 'timeframe')
  if (timeframe) {
    const message = '"timeframe" belongs to Sigma 1: write a correlation rule'
    throw new RuleFault('detection.timeframe', timeframe.line, message)
  }
  const entries = tree.entries.filter((entry) => entry.key !== 'condition')
  if (entries.length === 0) throw new RuleFault('detection.empty', tree.line, 'There is no selection')
  if (entries.length > MAX_SELECTIONS) {
    throw new RuleFault('detection.size', tree.line, `A rule has at most ${MAX_SELECTIONS} selections`)
  }
  const selections = entries.map(({ key, value, keyLine }) => ({
    name: key,
    node: readSelection(value, key, keyLine, 0)
  }))
  return {
    selections,
    condition: readConditions(
      tree,
      selections.map((selection) => selection.name)
    )
  }
}

/** A list of conditions means OR: one match of the rule for an event, however many of them hold. */
function readConditions(detection: YamlMap, names: readonly string[]): ConditionNode {
  const condition = entryOf(detection, 'condition')
  if (!condition) throw new RuleFault('condition.missing', detection.line, 'The detection has no condition')
  const list = condition.kind === 'list' ? condition.items : [condition]
  const nodes = list.map((entry) => {
    if (entry.kind !== 'scalar' || typeof entry.value !== 'string') {
      throw new RuleFault('condition.shape', entry.line, 'A condition must be text')
    }
    return parseCondition(entry.value, names, entry.line)
  })
  if (nodes.length === 0) throw new RuleFault('condition.missing', condition.line, 'The list of conditions is empty')
  return nodes.length === 1 ? nodes[0]! : { kind: 'any', nodes }
}

function readSelection(tree: YamlTree, name: string, line: number, depth: number): DetectionNode {
  if (depth > MAX_DEPTH) throw new RuleFault('detection.depth', line, `"${name}" is nested deeper than ${MAX_DEPTH}`)
  if (tree.kind === 'scalar') {
    if (tree.value === null)
      throw new RuleFault('detection.empty', line, `"${name}" is empty and would match everything`)
    return readItem('', [tree], tree.line)
  }
  if (tree.kind === 'map') {
    if (tree.entries.length === 0) {
      throw new RuleFault('detection.empty', line, `"${name}" is empty and would match everything`)
    }
    const nodes = tree.entries.map((entry) => readItem(entry.key, scalarsOf(entry.value, entry.key), entry.keyLine))
    return nodes.length === 1 ? nodes[0]! : { kind: 'all', nodes }
  }
  if (tree.items.length === 0) {
    throw new RuleFault('detection.empty', line, `"${name}" is empty and would match everything`)
  }
  // Plain values of a list are keywords; they are kept together, so that one search finds them all.
  const keywords = tree.items.filter((item) => item.kind === 'scalar')
  const nodes = tree.items
    .filter((item) => item.kind !== 'scalar')
    .map((item) => readSelection(item, name, item.line, depth + 1))
  if (keywords.length > 0) nodes.unshift(readItem('', bounded(keywords, name, line), keywords[0]!.line))
  return nodes.length === 1 ? nodes[0]! : { kind: 'any', nodes }
}

function scalarsOf(tree: YamlTree, key: string): YamlScalar[] {
  if (tree.kind === 'scalar') return [tree]
  if (tree.kind === 'map') {
    throw new RuleFault('detection.shape', tree.line, `"${key}" must have a value or a list of values, not a map`)
  }
  const scalars = tree.items.map((item) => {
    if (item.kind === 'scalar') return item
    throw new RuleFault('detection.shape', item.line, `The list of "${key}" must hold plain values only`)
  })
  return bounded(scalars, key, tree.line)
}

function bounded(scalars: YamlScalar[], key: string, line: number): YamlScalar[] {
  if (scalars.length <= MAX_VALUES_PER_ITEM) return scalars
  throw new RuleFault('detection.size', line, `"${key}" has more than ${MAX_VALUES_PER_ITEM} values`)
}
