/**
 * The answers that Elasticsearch clients ask for before they send: Beats ask for `/`, the licence, their policy and
 * template; Vector for `/` and the cluster's health; rsyslog for `/_cat/health` after an error; Logstash wants the
 * product header on everything. Nothing is kept: templates and pipelines that clients put are taken and forgotten.
 */
export type FacadeAnswer = { status: number; body: string; type?: string }

/** Beats refuse an Elasticsearch older than themselves unless told otherwise, so this is one that is new enough. */
const VERSION = '9.4.0'

const json = (body: unknown): FacadeAnswer => ({ status: 200, body: JSON.stringify(body) })

const root = json({
  name: 'vong-lau',
  cluster_name: 'vong-lau',
  cluster_uuid: 'vong-lau-intake-000001',
  version: {
    number: VERSION,
    build_flavor: 'default',
    minimum_wire_compatibility_version: '8.19.0',
    minimum_index_compatibility_version: '8.0.0'
  },
  tagline: 'You Know, for Search'
})
const license = json({
  license: { uid: 'vong-lau', type: 'basic', status: 'active', mode: 'basic', expiry_date_in_millis: 4_000_000_000_000 }
})
const health = json({ cluster_name: 'vong-lau', status: 'green', timed_out: false, number_of_nodes: 1 })
const acknowledged = json({ acknowledged: true })
const nothing = json({})

/** Asked by senders that hold no credentials at that moment; says nothing about us. */
export const openPaths: readonly string[] = ['/', '/_cat/health']

const table: { path: RegExp; get: FacadeAnswer; put: FacadeAnswer }[] = [
  { path: /^\/$/, get: root, put: root },
  { path: /^\/_license$/, get: license, put: license },
  { path: /^\/_xpack$/, get: json({ features: { monitoring: { available: true, enabled: false } } }), put: nothing },
  {
    path: /^\/_cat\/health$/,
    get: { status: 200, body: '0 00:00:00 vong-lau green 1 1 0 0 0 0 0 0 - 100.0%\n', type: 'text/plain' },
    put: nothing
  },
  { path: /^\/_cluster\/health(\/[^/]+)?$/, get: health, put: health },
  {
    path: /^\/_cat(\/.*)?$/,
    get: { status: 200, body: '', type: 'text/plain' },
    put: nothing
  },
  { path: /^\/_cluster\/.*$/, get: nothing, put: acknowledged },
  { path: /^\/_monitoring\/bulk$/, get: nothing, put: json({ took: 0, ignored: true, errors: false }) },
  {
    path: /^\/_(ilm|index_template|component_template|template|data_stream|ingest\/pipeline|alias|aliases|slm|security|settings|mapping)(\/[^/]*)*$/,
    get: nothing,
    put: acknowledged
  },
  { path: /^\/_logstash(\/.*)?$/, get: nothing, put: acknowledged },
  // Settings of an index, its mapping and upkeep: there is no index, and nothing to keep up.
  {
    path: /^(\/[^/_][^/]*)?\/_(mapping|mappings|settings|alias|aliases|refresh|flush|forcemerge|rollover|open|close|cache\/clear)(\/[^/]*)*$/,
    get: nothing,
    put: acknowledged
  }
]

/**
 * The answer to a start-up question; undefined when the path is none. HEAD is answered as GET without the body. `publish` is
 * `address:port` as the client reached us: who sniffs for nodes finds this one.
 */
export function facadeAnswer(method: string, path: string, publish: string): FacadeAnswer | undefined {
  const isRead = method === 'GET' || method === 'HEAD'
  if (/^\/_nodes(\/.*)?$/.test(path)) return isRead ? nodesOf(publish) : nothing
  // Whether an index is there: every one is.
  if (method === 'HEAD' && /^\/[^/_][^/]*$/.test(path) && path !== '/v1') return nothing
  const row = table.find((candidate) => candidate.path.test(path))
  return row && (isRead ? row.get : row.put)
}

function nodesOf(publish: string): FacadeAnswer {
  const [host] = publish.split(/:\d+$/)
  const node = {
    ...{ name: 'vong-lau', transport_address: publish, host, ip: host, version: VERSION, roles: ['data', 'ingest'] },
    http: { bound_address: [publish], publish_address: publish, max_content_length_in_bytes: 100 * 1024 * 1024 }
  }
  return json({
    ...{ _nodes: { total: 1, successful: 1, failed: 0 }, cluster_name: 'vong-lau' },
    nodes: { 'vong-lau-000001': node }
  })
}
