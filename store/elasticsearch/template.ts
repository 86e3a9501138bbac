import { ecsFields } from './document.ts'
import { indexPattern } from './names.ts'
import { TIME_FIELD } from './tokens.ts'

/** Elasticsearch, or OpenSearch, which calls a flattened field otherwise. */
export type Product = 'elasticsearch' | 'opensearch'

/** Raised with every change of the mapping; new indices take it, old ones keep theirs. */
const LAYOUT = 1

/** Settings and mapping of a daily index. */
export function indexBody(product: Product) {
  const word = { type: 'text', analyzer: 'whitespace', norms: false }
  const token = { type: 'keyword', doc_values: false }
  const properties: Record<string, unknown> = {
    [TIME_FIELD]: { type: 'date' },
    // For Kibana; our own search has its words in soc_index.
    message: { type: 'text', norms: false, index_options: 'docs' },
    vendor: product === 'elasticsearch' ? { type: 'flattened' } : { type: 'flat_object' },
    soc_index: {
      dynamic: false,
      properties: {
        tokens: token,
        words: word,
        message: word,
        error_message: word,
        units: token,
        odd: { type: 'boolean' },
        id: { type: 'keyword' }
      }
    }
  }
  for (const [name, type] of ecsFields) place(properties, name.split('.'), { type })
  return {
    settings: {
      number_of_shards: 1,
      // One machine keeps no copy, two or more keep one.
      auto_expand_replicas: '0-1',
      codec: 'best_compression',
      refresh_interval: '5s',
      'mapping.coerce': false
    },
    mappings: {
      _meta: { layout: LAYOUT },
      dynamic: false,
      // Made from the document, needed only in the index: kept once.
      _source: {
        excludes: ['tokens', 'words', 'message', 'error_message', 'units'].map((name) => `soc_index.${name}`)
      },
      properties
    }
  }
}

/** The template that gives every daily index this body, also should somebody else make one. */
export function indexTemplate(prefix: string, product: Product) {
  return {
    index_patterns: [indexPattern(prefix)],
    priority: 500,
    version: LAYOUT,
    _meta: { description: 'Vọng Lâu: events by receive day and origin' },
    template: indexBody(product)
  }
}

type Properties = Record<string, unknown>

function place(properties: Properties, path: string[], mapping: Properties) {
  let node = properties
  for (const step of path.slice(0, -1)) {
    const below = (node[step] ??= { properties: {} }) as { properties: Properties }
    node = below.properties
  }
  node[path.at(-1)!] = mapping
}
