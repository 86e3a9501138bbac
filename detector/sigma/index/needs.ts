import { casefold, isAscii } from '../compare/casefold.ts'
import {
  DASH,
  MANY,
  type ConditionNode,
  type Detection,
  type DetectionNode,
  type PatternPart,
  type Test
} from '../parse/detection.ts'
import { baseOf } from '../events/field-values.ts'
import { analyseRegex } from './regex-literals.ts'
import { canonicalNumber } from '../compare/values.ts'

/**
 * Something an event must have for a rule to be true. A rule needs one of a set of these; an event that has none of them
 * need not meet the rule at all. Field '' stands for any value of the event (keywords).
 */
export type Need =
  /** The folded text of the field is this. */
  | { how: 'exact'; field: string; text: string }
  /** The field's text ends in this file name, separator included. */
  | { how: 'base'; field: string; text: string }
  /** The folded text of the field has this ASCII piece. */
  | { how: 'piece'; field: string; text: string }
  /** The field has a character beyond ASCII. */
  | { how: 'foreign'; field: string }
  /** The field is there. */
  | { how: 'present'; field: string }

/** Longer pieces are cut to their end: ten characters select as well as eighty and cost an eighth of the memory. */
const MAX_PIECE = 10

/** Needs with the share of events that are expected to have one of them; a rough guess that only ranks. */
type Choice = { needs: Need[]; weight: number }

/** What an event must have for the detection to be true, or undefined when nothing can be said. */
export function needsOf(detection: Detection): Need[] | undefined {
  const ofCondition = (node: ConditionNode): Choice | undefined => {
    if (node.kind === 'not') return undefined
    if (node.kind === 'selection') return ofNode(detection.selections[node.index]!.node)
    const choices = node.nodes.map(ofCondition)
    return node.kind === 'all' ? least(choices) : union(choices)
  }
  return ofCondition(detection.condition)?.needs
}

function ofNode(node: DetectionNode): Choice | undefined {
  if (node.kind !== 'item') {
    const choices = node.nodes.map(ofNode)
    return node.kind === 'all' ? least(choices) : union(choices)
  }
  if (node.negated) return undefined
  const choices = node.tests.map((test) => ofTest(node.field, test))
  return node.all ? least(choices) : union(choices)
}

/** All must hold: the needs of any one will do, so the rarest are taken. */
function least(choices: readonly (Choice | undefined)[]): Choice | undefined {
  let best: Choice | undefined
  for (const choice of choices) if (choice && (!best || choice.weight < best.weight)) best = choice
  return best
}

/** One must hold: the needs of all together, and nothing can be said when one of them needs nothing. */
function union(choices: readonly (Choice | undefined)[]): Choice | undefined {
  const needs: Need[] = []
  let weight = 0
  for (const choice of choices) {
    if (!choice) return undefined
    for (const need of choice.needs) needs.push(need)
    weight += choice.weight
  }
  return { needs, weight }
}

function ofTest(field: string, test: Test): Choice | undefined {
  switch (test.kind) {
    case 'text':
      return ofPattern(field, test.parts)
    case 'number':
      return one({ how: 'exact', field, text: canonicalNumber(test.text) ?? test.text })
    case 'boolean':
      return one({ how: 'exact', field, text: String(test.value) })
    case 'regex': {
      const { literals } = analyseRegex(test.source)
      return literals ? union(literals.map((literal) => ofLiteral(field, literal))) : present(field)
    }
    case 'null':
      return undefined
    case 'exists':
      return test.value ? present(field) : undefined
    case 'compare':
    case 'cidr':
    case 'fieldref':
    case 'datepart':
      return present(field)
  }
}

function ofPattern(field: string, parts: readonly PatternPart[]): Choice | undefined {
  const folded = parts.map((part) => (typeof part === 'string' ? casefold(part) : part))
  const [first, second] = folded
  if (field !== '') {
    if (folded.length === 0) return one({ how: 'exact', field, text: '' })
    if (folded.length === 1 && typeof first === 'string') return one({ how: 'exact', field, text: first })
    if (folded.length === 2 && first === MANY && typeof second === 'string' && baseOf(second) === second) {
      return one({ how: 'base', field, text: second })
    }
  }
  const literals = folded.filter((part) => typeof part === 'string')
  const dashed = folded.includes(DASH) ? 0.5 : 1
  const best = least(literals.map((literal) => ofLiteral(field, literal)))
  return best ? { ...best, weight: best.weight * dashed } : present(field)
}

/** The longest ASCII piece of a literal, its end when it is long; texts beyond ASCII are known by being so. */
function ofLiteral(field: string, literal: string): Choice | undefined {
  if (isAscii(literal)) return one({ how: 'piece', field, text: literal.slice(-MAX_PIECE) })
  const longest = literal
    .split(/[^\x00-\x7f]+/)
    .reduce((best, piece) => (piece.length > best.length ? piece : best), '')
  return longest.length >= 5
    ? one({ how: 'piece', field, text: longest.slice(-MAX_PIECE) })
    : one({ how: 'foreign', field })
}

/** Keywords cannot be absent: every event has values, so presence says nothing of them. */
function present(field: string): Choice | undefined {
  return field === '' ? undefined : one({ how: 'present', field })
}

function one(need: Need): Choice {
  return { needs: [need], weight: weightOf(need) }
}

/** Programs that run all the time. */
const common = new Set('\\cmd.exe \\powershell.exe \\svchost.exe \\explorer.exe \\services.exe /bash /sh'.split(' '))
/** Fields with few values, each of which many events have. */
const coarse = new Set('EventID Provider_Name Channel LogonType action type cs-method eventSource Initiated'.split(' '))
/** Share of events that have it, roughly; pieces by length, because the corpus shows nothing better that is as cheap. */
function weightOf(need: Need): number {
  switch (need.how) {
    case 'exact':
      return coarse.has(need.field) ? 0.1 : need.text.length <= 4 ? 0.05 : 0.01
    case 'base':
      return common.has(need.text) ? 0.1 : 0.01
    case 'piece':
      return [1, 0.9, 0.5, 0.2, 0.08, 0.04, 0.02, 0.01, 0.006, 0.004][need.text.length] ?? 0.002
    case 'foreign':
      return 0.02
    case 'present':
      return 0.8
  }
}
