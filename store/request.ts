import { SocError } from '#core/errors.ts'
import type { Query } from './query/ast.ts'
import { hiddenLeaf } from './query/hidden.ts'
import { queryErrorText } from './query/messages.ts'
import { parseQuery } from './query/parse.ts'
import type { SearchRequest } from '#core/event-search.ts'

/** Events of one page; more are had with the cursor. */
export const MAX_PAGE = 1_000

/**
 * The query of a request; `now-1h` counts from `now`. Throws `query.*` (status 400) for one that cannot be read, and
 * `query.hidden_number` for one that
 * could match inside digits which whoever asks may not see.
 */
export function readQuery(
  { query: text, masked = false }: Pick<SearchRequest, 'query' | 'masked'>,
  now: number
): Query {
  const read = parseQuery(text, now)
  if ('ast' in read) {
    const hidden = masked ? hiddenLeaf(read.ast) : undefined
    if (hidden === undefined) return read.ast
    throw new SocError('query.hidden_number', 'this could match inside masked numbers', {
      status: 400,
      params: { text: hidden.text.slice(0, 60), field: hidden.field }
    })
  }
  const { code, position, params } = read.error
  throw new SocError(code, queryErrorText(read.error).en, { status: 400, params: { ...params, position } })
}

/** Events that a request may have on one page. */
export const pageSize = (limit: number) => Math.min(Math.max(Math.trunc(limit) || 1, 1), MAX_PAGE)

/** True when nothing can be found, whatever is stored. */
export function seesNothing({ units, from, to, origins }: Pick<SearchRequest, 'units' | 'from' | 'to' | 'origins'>) {
  return units?.length === 0 || origins.length === 0 || !(from < to)
}
