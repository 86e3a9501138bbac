import type { ConditionNode } from './detection.ts'
import { RuleFault } from './rule-fault.ts'

/** A condition nests at most this deep and holds at most this many words; SigmaHQ's deepest is 5, its longest 60. */
const MAX_DEPTH = 50
const MAX_WORDS = 2_000

/**
 * Parses one condition: `not` binds before `and`, `and` before `or`; `1 of x*`, `any of`, `all of`, `them`.
 * Throws a RuleFault for what Sigma does not define: unknown names, patterns without a selection, `2 of`, pipes.
 */
export function parseCondition(text: string, names: readonly string[], line: number): ConditionNode {
  const fail = (message: string): never => {
    throw new RuleFault('condition.syntax', line, `${message} in condition "${shorten(text)}"`)
  }
  const words: string[] = text.match(/[()|]|[^\s()|]+/g) ?? []
  if (words.length === 0) fail('Nothing stands')
  if (words.length > MAX_WORDS) fail(`More than ${MAX_WORDS} words`)
  if (words.includes('|')) {
    const message = `Aggregation after "|" belongs to Sigma 1: write a correlation rule instead of "${shorten(text)}"`
    throw new RuleFault('condition.aggregation', line, message)
  }
  let at = 0
  const peek = (offset = 0) => words[at + offset]?.toLowerCase()

  const readOr = (depth: number): ConditionNode => {
    if (depth > MAX_DEPTH) fail(`More than ${MAX_DEPTH} levels`)
    const nodes = [readAnd(depth)]
    while (peek() === 'or') {
      at++
      nodes.push(readAnd(depth))
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'any', nodes }
  }
  const readAnd = (depth: number): ConditionNode => {
    const nodes = [readNot(depth)]
    while (peek() === 'and') {
      at++
      nodes.push(readNot(depth))
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'all', nodes }
  }
  const readNot = (depth: number): ConditionNode => {
    if (depth > MAX_DEPTH) fail(`More than ${MAX_DEPTH} levels`)
    if (peek() !== 'not') return readOperand(depth)
    at++
    return { kind: 'not', node: readNot(depth + 1) }
  }
  const readOperand = (depth: number): ConditionNode => {
    const word = words[at]
    if (word === undefined) return fail('Something is missing at the end')
    if (word === '(') {
      at++
      const node = readOr(depth + 1)
      if (words[at] !== ')') fail('A parenthesis is not closed')
      at++
      return node
    }
    if (peek(1) === 'of') return readQuantifier(word.toLowerCase())
    if (word === ')' || ['and', 'or', 'of'].includes(word.toLowerCase())) fail(`Unexpected "${word}"`)
    const index = names.indexOf(word)
    if (index < 0)
      throw new RuleFault('condition.unknown', line, `The condition names "${word}", which is no selection`)
    at++
    return { kind: 'selection', index }
  }
  const readQuantifier = (quantifier: string): ConditionNode => {
    if (!['1', 'any', 'all'].includes(quantifier)) fail(`"${quantifier} of" is not supported (only 1, any and all)`)
    const pattern = words[at + 2]
    if (pattern === undefined || pattern === '(' || pattern === ')') return fail('A name is missing after "of"')
    at += 3
    const chosen = select(pattern, names)
    if (chosen.length === 0) {
      throw new RuleFault('condition.unknown', line, `No selection is called "${pattern}"`)
    }
    return { kind: quantifier === 'all' ? 'all' : 'any', nodes: chosen.map((index) => ({ kind: 'selection', index })) }
  }

  const root = readOr(0)
  if (at < words.length) fail(`Unexpected "${words[at]}"`)
  return root
}

/** Selections a pattern means. Names that start with `_` are only meant by patterns that do so too. */
function select(pattern: string, names: readonly string[]): number[] {
  const glob = pattern.toLowerCase() === 'them' && !names.includes(pattern) ? '*' : pattern
  const pieces = glob.split('*')
  const fits = (name: string) => {
    if (pieces.length === 1) return name === glob
    if (name.startsWith('_') && !glob.startsWith('_')) return false
    if (!name.startsWith(pieces[0]!) || !name.endsWith(pieces.at(-1)!)) return false
    let from = pieces[0]!.length
    for (const piece of pieces.slice(1, -1)) {
      const found = name.indexOf(piece, from)
      if (found < 0) return false
      from = found + piece.length
    }
    return from <= name.length - pieces.at(-1)!.length
  }
  return [...names.keys()].filter((index) => fits(names[index]!))
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
