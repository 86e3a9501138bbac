import { randomId } from '#core/ids.ts'

/** A write of one document, as Elasticsearch's clients spell it. */
export type DocumentWrite = {
  index: string
  /** '' when the sender leaves the id to us. */
  id: string
  operation: 'index' | 'create' | 'update'
}

const MAX_NAME = 255
const MAX_ID = 512
/** Of the second part of a path: what is a document, and what older clients put there as a type. */
const kinds = new Map<string, DocumentWrite['operation']>([
  ['_doc', 'index'],
  ['_create', 'create'],
  ['_update', 'update']
])

/** First parts of paths of other protocols: what is sent there is no document, and must not be answered as one. */
const notIndices = new Set([
  'v1',
  'v2',
  'v3',
  'api',
  'services',
  'loki',
  'otlp',
  'insert',
  'ingest',
  'gelf',
  'write',
  'push'
])

/**
 * `POST /{index}/_doc`, `PUT|POST /{index}/_doc/{id}`, `/_create/{id}`, `/_update/{id}`, and the types of older versions,
 * `/{index}/{type}[/{id}[/_create|/_update]]`, which rsyslog still uses one by one; undefined for every other path.
 */
export function documentWrite(method: string, path: string): DocumentWrite | undefined {
  if (method !== 'POST' && method !== 'PUT') return undefined
  const [index = '', kind = '', id = '', last = '', ...more] = path.slice(1).split('/')
  if (!isIndex(index) || kind === '' || more.length > 0 || notIndices.has(index)) return undefined
  const operation = kinds.get(kind) ?? (kind.startsWith('_') ? undefined : 'index')
  const legacy = last === '' ? operation : kind.startsWith('_') ? undefined : kinds.get(last)
  if (legacy === undefined || last === '_doc' || id.length > MAX_ID || id.startsWith('_')) return undefined
  // Without _doc a POST may be meant for something else whose path is always the same: its end is no id then.
  const isId = kind.startsWith('_') || method === 'PUT'
  return { index, id: isId ? id : '', operation: legacy }
}

/** `PUT /{index}`: creates an index at Elasticsearch; here there is nothing to create. */
export const createsIndex = (method: string, path: string): string | undefined => {
  const index = path.slice(1)
  return method === 'PUT' && isIndex(index) && !notIndices.has(index) ? index : undefined
}

const isIndex = (name: string) => /^[^_/.][^/]*$|^\.[^/.][^/]*$/.test(name) && name.length <= MAX_NAME

/** What Elasticsearch answers to a document that it took. */
export function documentAnswer({ index, id, operation }: DocumentWrite): { status: number; body: string } {
  const result = operation === 'update' ? 'updated' : 'created'
  const answer = {
    ...{ _index: index, _id: id === '' ? randomId(15) : id, _version: 1, result },
    ...{ _shards: { total: 1, successful: 1, failed: 0 }, _seq_no: 0, _primary_term: 1 }
  }
  return { status: operation === 'update' ? 200 : 201, body: JSON.stringify(answer) }
}
