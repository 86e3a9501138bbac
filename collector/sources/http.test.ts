import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { selfSigned } from '#testing/certificate.ts'
import { frameFlag } from '#core/frame.ts'
import { local, openForTests, snapshotOf, TOKEN, type Opened } from '#testing/open-source.ts'
import { refusing } from '#testing/refusing-spool.ts'

let opened: Opened | undefined
afterEach(async () => {
  await opened?.close()
  opened = undefined
})

type Sent = { status: number; headers: IncomingHttpHeaders; text: string }
type Send = { method?: string; headers?: Record<string, string>; body?: string | Buffer; auth?: string | null }

/** One request as a log sender makes it: no header that is not given. */
async function send(path: string, { method = 'POST', headers = {}, body, auth = `Bearer ${TOKEN}` }: Send = {}) {
  const outgoing = request(`${opened!.url}${path}`, {
    method,
    headers: { ...headers, ...(auth === null ? {} : { authorization: auth }), connection: 'close' }
  })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString() } as Sent
}
const ndjson = { 'content-type': 'application/x-ndjson' }

it('lines, arrays, values and text become one frame an event, byte for byte', async () => {
  opened = await openForTests([{}])
  const bodies: [type: string, body: string, events: string[]][] = [
    ['application/x-ndjson', '{"a" : 1}\n\n {"b":2}\r\n', ['{"a" : 1}', ' {"b":2}']],
    ['application/json', ' [ {"a":[1,"]"]} , "x,\\"y" ,3 ]\n', ['{"a":[1,"]"]}', '"x,\\"y"', '3']],
    ['application/json', '{\n "a": 1\n}\n{"b":2}', ['{\n "a": 1\n}', '{"b":2}']],
    ['text/plain; charset=utf-8', 'một dòng\nhai', ['một dòng', 'hai']],
    ['application/x-www-form-urlencoded', '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ['application/x-www-form-urlencoded', '{"a":1}\n{"b":\nplain', ['{"a":1}', '{"b":', 'plain']],
    ['', 'plain words', ['plain words']],
    ['text/plain', '\ufeff<13>with a mark', ['<13>with a mark']]
  ]
  const expected: string[] = []
  for (const [type, body, events] of bodies) {
    const answer = await send('/v1/events?dataset=web.access', { headers: { 'content-type': type }, body })
    expect([answer.status, answer.text]).toEqual([200, `{"accepted":${events.length}}`])
    expected.push(...events)
  }
  expect(opened.texts()).toEqual(expected)
  expect(opened.frames()[0]).toMatchObject({ sender: 'tester', hint: 'web.access', listener: 'listener-0', flags: 0 })
})

it('_bulk gives every framed event a 201 in order, with index, pipeline and key', async () => {
  opened = await openForTests([{}])
  const body = [
    '{"index":{"_index": "logs","_type":"events"}}',
    '{"message":"rsyslog puts a blank line behind","host.name":"vm"}',
    '',
    '{"create":{"_index":"filebeat-8.17.0","pipeline":"filebeat-8.17.0-system-auth-pipeline","_id":"7"}}',
    '{"not json',
    '{"delete":{"_index":"logs","_id":"1"}}',
    '{"update":{"_id":"9"}}',
    '{"upsert":{"doc":1}, "doc" : {"b":"}"} , "doc_as_upsert":true}'
  ].join('\n')
  const answer = await send('/fallback/_bulk', { headers: ndjson, body })
  expect(answer.status).toBe(200)
  expect(answer.headers['x-elastic-product']).toBe('Elasticsearch')
  expect(answer.text.replace(/"took":\d+/, '"took":0')).toBe(
    '{"took":0,"errors":false,"items":[{"index":{"status":201}},{"create":{"status":201}},{"delete":{"status":200}},{"update":{"status":201}}]}'
  )
  expect(opened.frames()).toMatchObject([
    {
      hint: 'logs',
      clientKey: '',
      raw: Buffer.from('{"message":"rsyslog puts a blank line behind","host.name":"vm"}')
    },
    { hint: 'filebeat-8.17.0-system-auth-pipeline', clientKey: 'filebeat-8.17.0/7', raw: Buffer.from('{"not json') },
    { hint: 'fallback', clientKey: 'fallback/9', raw: Buffer.from('{"b":"}"}') }
  ])
})

it('every spelling of the path that clients use is _bulk', async () => {
  opened = await openForTests([{}])
  for (const [index, path] of [
    '/_bulk',
    '/_bulk/',
    '/logs/_bulk',
    '/es/_bulk',
    '/es/logs/_bulk/',
    '/_bulk?timeout=60s'
  ].entries()) {
    expect((await send(path, { headers: ndjson, body: `{"index":{}}\n{"n":${index}}` })).status).toBe(200)
  }
  expect(opened.frames().map((frame) => frame.hint)).toEqual(['', '', 'logs', '', 'logs', ''])
})

it('a line that a sender forgot to escape becomes an event of its own and costs nobody else anything', async () => {
  opened = await openForTests([{}])
  const body = '{"index":{}}\n{"message":"first\nsecond"}\n{"index":{}}\n{"message":"next"}\n'
  expect((await send('/_bulk', { headers: ndjson, body })).text).toContain(
    '[{"index":{"status":201}},{"index":{"status":201}}]'
  )
  expect(opened.texts()).toEqual(['{"message":"first', 'second"}', '{"message":"next"}'])
})

it('an action without a document fails alone', async () => {
  opened = await openForTests([{}])
  const answer = await send('/_bulk', { headers: ndjson, body: '{"create":{}}\n{"a":1}\n{"create":{}}\n' })
  expect(answer.text).toContain('"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400,')
  expect(opened.texts()).toEqual(['{"a":1}'])
})

it('what clients ask before they send is answered as they need it', async () => {
  opened = await openForTests([{}])
  const root = JSON.parse((await send('/', { method: 'GET' })).text) as { version: { number: string } }
  expect(Number(root.version.number.split('.')[0])).toBeGreaterThanOrEqual(8)
  const license = await send('/_license?human=false', { method: 'GET' })
  expect(JSON.parse(license.text)).toMatchObject({ license: { type: 'basic', status: 'active' } })
  const asked: [string, string][] = [
    ['HEAD', '/'],
    ['HEAD', '/_index_template/filebeat-8.17.0'],
    ['GET', '/_ilm/policy/filebeat'],
    ['PUT', '/_ilm/policy/filebeat'],
    ['GET', '/_ingest/pipeline/filebeat-8.17.0-system-auth-pipeline'],
    ['PUT', '/_ingest/pipeline/winlogbeat-8.17.0-routing'],
    ['GET', '/_data_stream/logs'],
    ['GET', '/_cat/health'],
    ['GET', '/_cluster/health'],
    ['GET', '/_nodes/http'],
    ['GET', '/_xpack?filter_path=features.monitoring.enabled'],
    ['POST', '/_monitoring/bulk'],
    ['GET', '/es/'],
    ['GET', '/es/_license']
  ]
  for (const [method, path] of asked) {
    const answer = await send(path, { method })
    expect([method, path, answer.status]).toEqual([method, path, 200])
    expect(answer.headers['x-elastic-product']).toBe('Elasticsearch')
    if (method === 'HEAD') expect(answer.text).toBe('')
  }
  expect((await send('/nothing', { method: 'GET' })).status).toBe(404)
  expect((await send('/v1/events', { method: 'GET' })).status).toBe(405)
  expect((await send('/%', { method: 'GET' })).status).toBe(404)
})

it('a token is known in every way senders can say it', async () => {
  opened = await openForTests([{}])
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const ways = [
    `Bearer ${TOKEN}`,
    `bearer ${TOKEN}`,
    `Splunk ${TOKEN}`,
    `ApiKey ${TOKEN}`,
    `ApiKey ${base64(`id:${TOKEN}`)}`,
    `Basic ${base64(`anyone:${TOKEN}`)}`
  ]
  for (const [index, auth] of ways.entries()) {
    expect((await send('/v1/events', { auth, body: `event ${index}` })).status).toBe(200)
  }
  expect(opened.frames().every((frame) => frame.sender === 'tester')).toBe(true)
})

it('a wrong token is refused and told of; no token is enough only from a known network', async () => {
  opened = await openForTests([{}])
  const basic = `Basic ${Buffer.from('no colon').toString('base64')}`
  for (const auth of ['Bearer wrong', 'Bearer', 'Digest x', basic, `Bearer ${'x'.repeat(5000)}`]) {
    const answer = await send('/_bulk', { auth, body: '{"index":{}}\n{}' })
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Basic')])
  }
  expect((await send('/v1/events', { auth: null, body: 'x' })).status).toBe(401)
  expect((await send('/', { method: 'GET', auth: null })).status).toBe(200)
  expect((await send('/', { method: 'GET', auth: 'Bearer wrong' })).status).toBe(401)
  expect(opened.frames()).toEqual([])
  expect(opened.notices).toMatchObject([
    { kind: 'wrong_token', count: 1 },
    { kind: 'unknown_sender', count: 1 }
  ])
  expect(opened.intake.status()[0]!.refused).toMatchObject({ wrong_token: 6, unknown_sender: 1 })

  opened.intake.setSnapshot(snapshotOf(local))
  expect((await send('/v1/events', { auth: null, body: 'x' })).status).toBe(200)
  expect(opened.frames()).toMatchObject([{ sender: 'local' }])
  opened.intake.setSnapshot(snapshotOf({ ...local, enabled: false }))
  expect((await send('/v1/events', { auth: null, body: 'x' })).status).toBe(401)
})

it('bodies come packed in any way, and what does not unpack is refused whole', async () => {
  opened = await openForTests([{}])
  const plain = Buffer.from('one\ntwo\n')
  const packed: [string, Buffer][] = [
    ['gzip', gzipSync(plain)],
    ['x-gzip', gzipSync(Buffer.from('three'))],
    ['deflate', deflateSync(Buffer.from('four'))],
    ['deflate', deflateRawSync(Buffer.from('five'))],
    ['zstd', zstdCompressSync(Buffer.from('six'))],
    ['identity', Buffer.from('seven')]
  ]
  for (const [encoding, body] of packed) {
    expect((await send('/v1/events', { headers: { 'content-encoding': encoding }, body })).status).toBe(200)
  }
  expect(opened.texts()).toEqual(['one', 'two', 'three', 'four', 'five', 'six', 'seven'])

  const broken = gzipSync(Buffer.from('x'.repeat(5000)))
  broken.fill(0xaa, 12)
  for (const body of [broken, gzipSync(plain).subarray(0, 15), Buffer.from('not gzip'), Buffer.alloc(0)]) {
    const answer = await send('/v1/events', { headers: { 'content-encoding': 'gzip' }, body })
    expect(answer.status).toBe(400)
  }
  expect((await send('/v1/events', { headers: { 'content-encoding': 'br' }, body: 'x' })).status).toBe(415)
  expect((await send('/v1/events', { headers: { 'content-encoding': 'gzip, gzip' }, body: 'x' })).status).toBe(415)
  expect(opened.texts()).toHaveLength(7)
})

it('no packed body, however broken, stops the listener', async () => {
  opened = await openForTests([{}])
  const encodings = fc.constantFrom('gzip', 'deflate', 'zstd')
  const noise = fc.uint8Array({ maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(encodings, noise, fc.nat(30), async (encoding, bytes, at) => {
      const good = { gzip: gzipSync, deflate: deflateSync, zstd: zstdCompressSync }[encoding]!(Buffer.from('event\n'))
      const body = Buffer.concat([good.subarray(0, at), Buffer.from(bytes)])
      const answer = await send('/v1/events', { headers: { 'content-encoding': encoding }, body })
      expect([200, 400]).toContain(answer.status)
    }),
    { numRuns: 60 }
  )
  expect((await send('/v1/events', { body: 'still here' })).status).toBe(200)
})

it('a bomb is refused at the limit, unpacked or not', async () => {
  opened = await openForTests([{}])
  const headers = { 'content-encoding': 'gzip' }
  const bomb = gzipSync(Buffer.alloc(101 * 1024 * 1024, 'x'), { level: 1 })
  expect((await send('/v1/events', { headers, body: bomb })).status).toBe(413)
  expect((await send('/v1/events', { headers: { 'content-length': String(2 ** 40) }, body: '' })).status).toBe(413)
  expect(opened.frames()).toEqual([])
})

it('unframeable bodies are refused by the byte, framed nonsense is taken', async () => {
  opened = await openForTests([{}])
  const json = { 'content-type': 'application/json' }
  const refused: [path: string, body: string, byte: number][] = [
    ['/v1/events', '[{"a":1}', 8],
    ['/v1/events', '[{"a":1} {"b":2}]', 9],
    ['/v1/events', '[1,]', 3],
    ['/v1/events', '[1] x', 4],
    ['/v1/events', '{"a":[1}', 7],
    ['/v1/events', '"open', 0],
    ['/v1/events', '['.repeat(100_000), 513],
    ['/v1/events', '', 0],
    ['/_bulk', '', 0],
    ['/_bulk', 'not an action\n{}', 0],
    ['/_bulk', '\n\n{"index":[]}\n{}', 2],
    ['/_bulk', '{"__proto__":{}}\n{}', 0],
    ['/_bulk', '{"create":{},"index":{}}\n{}', 0],
    ['/_bulk', `{"index":{"_index":"${'x'.repeat(20_000)}"}}\n{}`, 0]
  ]
  for (const [path, body, byte] of refused) {
    const answer = await send(path, { headers: json, body })
    expect([body.slice(0, 30), answer.status]).toEqual([body.slice(0, 30), 400])
    expect(JSON.parse(answer.text)).toMatchObject({ error: { type: 'http.unframeable', byte }, status: 400 })
  }
  expect(opened.frames()).toEqual([])
  const deep = `{"a":${'['.repeat(10_000)}`
  const proto = '{"__proto__":{"polluted":true}}'
  expect((await send('/v1/events', { headers: ndjson, body: `${deep}\n${proto}\n\0` })).status).toBe(200)
  expect(opened.texts()).toEqual([deep, proto, '\0'])
  expect({}).not.toHaveProperty('polluted')
})

it('an event over 8 MiB is cut and flagged, invalid UTF-8 is kept and flagged', async () => {
  opened = await openForTests([{}])
  const body = Buffer.concat([Buffer.alloc(9 * 1024 * 1024, 'x'), Buffer.from('\nb\xffd\ngood', 'latin1')])
  expect((await send('/v1/events', { headers: { 'content-type': 'text/plain' }, body })).status).toBe(200)
  expect(opened.frames()).toMatchObject([
    { flags: frameFlag.truncated, raw: { length: 8 * 1024 * 1024 } },
    { flags: frameFlag.badUtf8, raw: Buffer.from('b\xffd', 'latin1') },
    { flags: 0 }
  ])
})

it('Expect: 100-continue is answered, and not before the token is good', async () => {
  opened = await openForTests([{}])
  const ask = async (token: string) => {
    const socket = connect(opened!.ports[0]!, '127.0.0.1')
    const head = `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 5\r\n`
    socket.write(`${head}Expect: 100-continue\r\nConnection: close\r\n\r\n`)
    const [first] = (await once(socket, 'data')) as [Buffer]
    if (first.toString().startsWith('HTTP/1.1 100')) {
      socket.write('event')
      const [second] = (await once(socket, 'data')) as [Buffer]
      return second.toString().slice(0, 12)
    }
    socket.destroy()
    return first.toString().slice(0, 12)
  }
  expect(await ask(TOKEN)).toBe('HTTP/1.1 200')
  expect(await ask('wrong')).toBe('HTTP/1.1 401')
  expect(opened.texts()).toEqual(['event'])
})

it('a body that ends in the middle leaves nothing behind', async () => {
  opened = await openForTests([{}])
  const socket = connect(opened.ports[0]!, '127.0.0.1')
  const head = `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 500\r\n\r\n`
  socket.write(`${head}event one\nevent`)
  await once(socket, 'ready')
  socket.end()
  await expect.poll(() => opened!.intake.status()[0]!.refused['aborted']).toBe(1)
  expect(opened.frames()).toEqual([])
})

it('with a certificate the listener speaks HTTPS only', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vl-intake-tls-'))
  const { key, certificate } = selfSigned()
  const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') }
  writeFileSync(tls.certFile, certificate)
  writeFileSync(tls.keyFile, key)
  opened = await openForTests([{}], undefined, { tls })
  rmSync(folder, { recursive: true })
  const outgoing = secureRequest(`${opened.url.replace('http:', 'https:')}/v1/events`, {
    method: 'POST',
    ca: certificate,
    checkServerIdentity: () => undefined,
    headers: { authorization: `Bearer ${TOKEN}`, connection: 'close' }
  })
  outgoing.end('over TLS')
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  response.resume()
  expect(response.statusCode).toBe(200)
  expect(opened.texts()).toEqual(['over TLS'])
  await expect(send('/v1/events', { body: 'plain' })).rejects.toThrow()
  expect(opened.intake.status()[0]!.refused).toEqual({ bad_request: 1 })
})

it('nonsense on the wire is refused and counted', async () => {
  opened = await openForTests([{}])
  const socket = connect(opened.ports[0]!, '127.0.0.1')
  socket.write('<13>this is syslog on the wrong port\n\n')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400/)
  socket.destroy()
  expect(opened.intake.status()[0]!.refused).toMatchObject({ bad_request: 1 })
})

it('while the spool is full each sender gets what it survives', async () => {
  const state = { full: true }
  opened = await openForTests([{}], undefined, { wrap: refusing(state) })
  const body = '{"index":{}}\n{"a":1}'
  const agent = (name: string) => ({ ...ndjson, 'user-agent': name })
  const beats = await send('/_bulk', { headers: agent('Elastic-filebeat/8.17.0'), body })
  expect([beats.status, beats.headers['retry-after']]).toEqual([429, '5'])
  expect((await send('/_bulk', { headers: agent('syslog-ng 3.38.1/libcurl 7.88.1'), body })).status).toBe(503)
  expect((await send('/v1/events', { headers: agent('curl/7.88.1'), body })).status).toBe(429)
  await expect(send('/_bulk', { headers: ndjson, body })).rejects.toMatchObject({ code: 'ECONNRESET' })

  const late = send('/_bulk', { headers: ndjson, body })
  await expect.poll(() => opened!.intake.status()[0]!.refused['held']).toBe(4)
  state.full = false
  expect((await late).status).toBe(200)
  expect(opened.texts()).toEqual(['{"a":1}'])
  expect(opened.intake.status()[0]!.refused).toEqual({ held: 4 })
})
