import type { Query } from './ast.ts'

/** Digits and the signs between them: folding never makes them from, or turns them into, something else. */
const steady = /[0-9.:/_-]{2,}/g

/**
 * Texts that the compact JSON of every document found must contain as they stand: keys, and numbers inside values. A home
 * that compares documents one by one looks for them first, which is far cheaper than reading the JSON.
 */
export function requiredLiterals(query: Query): string[] {
  switch (query.kind) {
    case 'and':
      return [...new Set(query.parts.flatMap(requiredLiterals))]
    case 'term':
      return [keyOf(query.field), ...longest(query.value.match(steady) ?? [])]
    case 'exists':
    case 'glob':
    case 'range':
      return [keyOf(query.field)]
    case 'words':
      return query.field === undefined ? [] : [keyOf(query.field)]
    // What only one side of an OR or the inside of a NOT says is required of nobody.
    case 'or':
    case 'not':
    case 'all':
      return []
  }
}

/** The last step of the name and what follows a key; the beginning may be part of a key with dots. */
const keyOf = (field: string) => `${field.slice(field.lastIndexOf('.') + 1)}":`

const longest = (runs: string[]) => runs.toSorted((a, b) => b.length - a.length).slice(0, 1)
