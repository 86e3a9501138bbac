import type { MatchedField } from '#core/match.ts'
import { casefold } from './casefold.ts'
import { evaluate, findKeyword, isKeyword } from './evaluate.ts'
import { elementsOf, LIST, NULL, TEXT, type FieldValues } from '../events/field-values.ts'
import type { Leaf, Matcher } from './matcher.ts'

/** Characters of a value that an explanation shows. */
const MAX_VALUE = 256
/** Reasons of one match; the first ones in the rule's order. */
const MAX_REASONS = 32

/**
 * Why the condition holds for the event the values are open at: selection, field as the rule writes it, value of the
 * event. What held because something did not (`not`, absent fields) has no value to show and is left out.
 */
export function explainMatch(matcher: Matcher, values: FieldValues): MatchedField[] {
  const reasons: { order: number; reason: MatchedField }[] = []
  const visit = (node: Matcher): void => {
    if (node.op === 'not') return
    if (node.op === 'leaf') {
      const reason = reasonOf(node.leaf, node.selection, values)
      if (reason) reasons.push({ order: node.order, reason })
    } else for (const child of node.nodes) if (node.op === 'all' || evaluate(child, values)) visit(child)
  }
  visit(matcher)
  reasons.sort((a, b) => a.order - b.order)
  const seen = new Set<string>()
  const distinct = reasons.filter(({ reason }) => {
    const key = `${reason.selection}\n${reason.field}`
    return !seen.has(key) && seen.add(key)
  })
  return distinct.slice(0, MAX_REASONS).map(({ reason }) => reason)
}

function reasonOf(leaf: Leaf, selection: string, values: FieldValues): MatchedField | undefined {
  if (isKeyword(leaf)) {
    const text = findKeyword(leaf, values)
    return text === undefined ? undefined : { selection, field: '', value: excerpt(text, leaf) }
  }
  const kind = values.kind(leaf.slot)
  const field = values.names[leaf.slot]!
  if (kind === TEXT) return { selection, field, value: excerpt(values.text(leaf.slot), leaf) }
  if (kind === NULL) return { selection, field, value: 'null' }
  if (kind !== LIST) return undefined
  return { selection, field, value: excerpt(elementsOf(values.raw(leaf.slot) as unknown[]).join(', '), leaf) }
}

/** The value, or of a long one the part around what the rule looked for. */
function excerpt(text: string, leaf: Leaf): string {
  if (text.length <= MAX_VALUE) return text
  let from = 0
  if (leaf.op === 'texts' || leaf.op === 'keywords') {
    const folded = leaf.cased ? text : casefold(text)
    const found = leaf.set.contains.map((needle) => folded.indexOf(needle)).filter((at) => at >= 0)
    // Folding may lengthen a text by a few characters; the excerpt then starts as much later.
    if (found.length > 0) from = Math.max(0, Math.min(...found) - MAX_VALUE / 4)
  }
  if (from === 0) return `${text.slice(0, MAX_VALUE - 1)}…`.toWellFormed()
  const part = text.slice(from, from + MAX_VALUE - 2)
  return `…${part}${from + part.length < text.length ? '…' : ''}`.toWellFormed()
}
