import type { Client } from '@elastic/elasticsearch'
import { indexPattern, readIndexName, type IndexName } from './names.ts'

/** A daily index with its size. */
export type IndexRow = IndexName & { events: number; bytes: number }

/** Our daily indices, newest day first. */
export async function listIndices(client: Client, prefix: string): Promise<IndexRow[]> {
  const rows = await client.cat.indices({
    index: indexPattern(prefix),
    format: 'json',
    bytes: 'b',
    h: ['index', 'docs.count', 'pri.store.size'],
    expand_wildcards: 'open'
  })
  return rows
    .flatMap((row) => {
      const name = readIndexName(prefix, row.index ?? '')
      const events = Number(row['docs.count'] ?? 0)
      return name === undefined ? [] : [{ ...name, events, bytes: Number(row['pri.store.size'] ?? 0) }]
    })
    .sort((a, b) => (a.day === b.day ? (a.origin < b.origin ? 1 : -1) : a.day < b.day ? 1 : -1))
}
