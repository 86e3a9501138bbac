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
  { path: /^\/_nodes(\/.*)?$/, get: json({ cluster_name: 'vong-lau', nodes: {} }), put: nothing },
  { path: /^\/_monitoring\/bulk$/, get: nothing, put: json({ took: 0, ignored: true, errors: false }) },
  {
    path: /^\/_(ilm\/policy|index_template|component_template|template|data_stream|ingest\/pipeline|alias)(\/[^/]*)*$/,
    get: nothing,
    put: acknowledged
  },
  { path: /^\/_logstash(\/.*)?$/, get: nothing, put: acknowledged }
]

/** The answer to a start-up question; undefined when the path is none. HEAD is answered as GET without the body. */
export function facadeAnswer(method: string, path: string): FacadeAnswer | undefined {
  const row = table.find((candidate) => candidate.path.test(path))
  return row && (method === 'GET' || method === 'HEAD' ? row.get : row.put)
}
