import { afterEach, expect, it } from 'vitest'
import { openForTests, TOKEN, type Opened } from '#testing/open-source.ts'

let opened: Opened | undefined
afterEach(async () => {
  await opened?.close()
  opened = undefined
})

async function send(method: string, path: string, body?: string) {
  const response = await fetch(`${opened!.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body })
  })
  const text = await response.text()
  return { status: response.status, answer: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} }
}

const writes: [method: string, path: string, index: string, key: string][] = [
  ['POST', '/logs/_doc', 'logs', ''],
  ['POST', '/logs/_doc/7', 'logs', 'logs/7'],
  ['PUT', '/logs/_doc/7', 'logs', 'logs/7'],
  ['PUT', '/logs/_create/8', 'logs', 'logs/8'],
  ['POST', '/logs/_create/8', 'logs', 'logs/8'],
  ['POST', '/system/events', 'system', ''],
  ['PUT', '/system/events/9', 'system', 'system/9'],
  ['PUT', '/system/events/9/_create', 'system', 'system/9'],
  ['POST', '/es/logs/_doc/', 'logs', ''],
  ['POST', '/.ds-logs/_doc', '.ds-logs', '']
]
it.each(writes)('%s %s is taken and answered as Elasticsearch does', async (method, path, index, key) => {
  opened = await openForTests([{}])
  const { status, answer } = await send(method, path, ' {"message":"one"}\n')
  expect(status).toBe(201)
  expect(answer).toMatchObject({ _index: index, _version: 1, result: 'created', _shards: { failed: 0 } })
  expect(String(answer['_id']).length).toBeGreaterThan(0)
  expect(opened.frames()).toMatchObject([{ hint: index, clientKey: key, raw: Buffer.from('{"message":"one"}') }])
})

it('the same line twice is two events, the same id once', async () => {
  opened = await openForTests([{}])
  for (const path of ['/logs/_doc', '/logs/_doc', '/logs/_doc/1', '/logs/_doc/1']) {
    expect((await send('POST', path, '{"message":"same"}')).status).toBe(201)
  }
  expect(opened.frames()).toHaveLength(3)
})

it('an update is what stands in its doc', async () => {
  opened = await openForTests([{}])
  const { status, answer } = await send('POST', '/logs/_update/3', '{"doc":{"a":1},"doc_as_upsert":true}')
  expect([status, answer['result']]).toEqual([200, 'updated'])
  expect(opened.texts()).toEqual(['{"a":1}'])
})

it('an empty document is refused in the shape of Elasticsearch', async () => {
  opened = await openForTests([{}])
  expect(await send('POST', '/logs/_doc', '')).toMatchObject({ status: 400, answer: { status: 400, error: {} } })
})

it('indices, templates, policies and aliases are acknowledged, and every index is there', async () => {
  opened = await openForTests([{}])
  const setup = ['/logs', '/_index_template/x', '/_component_template/x', '/_ilm/policy/x', '/_ingest/pipeline/x']
  for (const path of [...setup, '/logs/_mapping', '/logs/_alias/now', '/logs/_settings']) {
    expect(await send('PUT', path, '{}')).toMatchObject({ status: 200, answer: { acknowledged: true } })
  }
  expect((await send('HEAD', '/logs')).status).toBe(200)
  expect((await send('GET', '/_cat/indices')).status).toBe(200)
  expect((await send('POST', '/logs/events/_bulk', '{"index":{}}\n{"a":1}\n')).status).toBe(200)
})

it('who sniffs for nodes finds this one', async () => {
  opened = await openForTests([{}])
  const { answer } = await send('GET', '/_nodes/http')
  const [node] = Object.values(answer['nodes'] as Record<string, { http: { publish_address: string } }>)
  expect(`http://${node!.http.publish_address}`).toBe(opened.url)
})

it('a write that is not offered is refused by name, and told of with its sender', async () => {
  opened = await openForTests([{}])
  for (const path of ['/services/collector/event', '/_reindex', '/a/b/c/d/e']) {
    expect(await send('POST', path, '{}')).toMatchObject({ status: 404, answer: { status: 404, error: {} } })
  }
  expect((await send('POST', '/logs/_search', '{}')).status).toBe(404)
  expect(opened.notices.map(({ kind, sender, detail }) => [kind, sender, detail])).toEqual([
    ['refused_write', 'tester', 'POST /services/collector/event'],
    ['refused_write', 'tester', 'POST /_reindex'],
    ['refused_write', 'tester', 'POST /a/b/c/d/e']
  ])
  expect(opened.frames()).toEqual([])
})
