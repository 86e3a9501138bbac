import type { EventAdvice } from '#core/api/sources.ts'
import type { SearchAnswer } from '#core/event-search.ts'
import { fieldsIn, nearestNames } from './nearest-names.ts'

/** Fields of one query that are looked for, and recent events whose names are compared. */
const MAX_FIELDS = 4
const SAMPLE = 200
/** As long as a query may be. */
const MAX_CHARACTERS = 4096

/** Says of a query that found nothing which of its fields no event has, what they may have been meant to be, and its words. */
export async function adviceOn(
  query: string,
  search: (query: string, limit: number) => Promise<SearchAnswer>
): Promise<EventAdvice> {
  const { fields, words } = askedOf(query)
  const unseen: string[] = []
  for (const field of fields.slice(0, MAX_FIELDS)) {
    const { hits, partial } = await search(`${field}:*`, 1)
    // A search that ran out of time knows nothing.
    if (hits.length === 0 && !partial) unseen.push(field)
  }
  if (unseen.length === 0) return { unseen: [], words }
  const known = fieldsIn((await search('', SAMPLE)).hits.map((hit) => hit.event))
  return { unseen: unseen.map((field) => ({ field, nearest: nearestNames(field, known) })), words }
}

const operators = new Set(['and', 'or', 'not', '&&', '||', '!', 'to'])

/**
 * The fields a query names and one word without a field ('' for none), read from its letters: the query language is the
 * store's, and for an advice on a query that the store has understood this is near enough.
 */
export function askedOf(query: string): { fields: string[]; words: string } {
  const fields = new Set<string>()
  let words = ''
  // Values go first: quoted texts, ranges and lists behind a field say nothing here.
  const bare = query
    .slice(0, MAX_CHARACTERS)
    .replace(/:("(?:[^"\\]|\\.)*"|[[{][^\]}]*[\]}]|\([^()]*\))/g, ':x ')
    .replace(/"(?:[^"\\]|\\.)*"/g, ' ')
  for (const part of bare.split(/[\s()]+/)) {
    const word = part.replace(/^[-!]/, '')
    const field = /^([@A-Za-z_][A-Za-z0-9_.@-]*):(?!\/\/|\\|:)/.exec(word)?.[1]
    if (field !== undefined) fields.add(field)
    else if (words === '' && /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(word) && !operators.has(word.toLowerCase()))
      words = word
  }
  return { fields: [...fields], words }
}
