import type { JsonObject } from '#core/event.ts'
import type { Query } from '../query/ast.ts'
import { compileQuery } from '../query/evaluate.ts'
import { requiredLiterals } from '../query/literals.ts'
import type { BlockRow } from './blocks.ts'

/** A combining mark between two digits would be folded away: such a document must be read to be judged. */
const marks = /\p{M}/u

/** The query as a test of stored events, for what the index could only narrow. */
export function acceptsRow(query: Query): (row: BlockRow) => boolean {
  const accepts = compileQuery(query)
  const literals = requiredLiterals(query)
  return (row) => {
    if (literals.some((literal) => !row.json.includes(literal)) && !marks.test(row.json)) return false
    return accepts(JSON.parse(row.json) as JsonObject, row.text)
  }
}
