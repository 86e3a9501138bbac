import { gzipSync } from 'node:zlib'
import type { ServerResponse } from 'node:http'
import { afterAll, expect, it } from 'vitest'
import { destinationRule } from '#core/destination.ts'
import { contextFor, httpTarget, run, tableOfNames, testServers, type HttpTarget } from '#testing/probe-runs.ts'

const servers = testServers()
afterAll(() => servers.close())

/** Asks a server that answers like this. */
async function ask(
  answer: (response: ServerResponse, path: string) => void,
  change: Partial<HttpTarget> = {},
  timeoutMs = 5_000
) {
  const port = await servers.http((request, response) => answer(response, request.url ?? ''))
  return run(httpTarget(`http://127.0.0.1:${port}/`, change), contextFor([port]), { timeoutMs })
}

const text =
  (body: string, status = 200, type = 'text/plain; charset=utf-8') =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  }

it('a page that answers is up, and asks carry our name and nothing that lasts', async () => {
  let headers: Record<string, unknown> = {}
  const port = await servers.http((request, response) => {
    headers = request.headers
    response.setHeader('set-cookie', 'a=b')
    response.end('ok')
  })
  const result = await run(httpTarget(`http://127.0.0.1:${port}/x?y`), contextFor([port]))
  expect(result).toMatchObject({ outcome: 'up', code: '', detail: 'HTTP 200 OK', attempts: 1, certificateUntil: null })
  expect(result.latencyMs).toBeGreaterThanOrEqual(0)
  expect(headers).toMatchObject({ 'user-agent': 'vong-lau-probe', connection: 'close', host: `127.0.0.1:${port}` })
  expect(headers).not.toHaveProperty('cookie')
})

it('a status is fine when it is expected, and nothing else is', async () => {
  expect(await ask(text('x', 503))).toMatchObject({
    outcome: 'down',
    code: 'http.status',
    detail: 'HTTP 503 Service Unavailable'
  })
  expect(await ask(text('x', 401), { statuses: [200, 401] })).toMatchObject({ outcome: 'up' })
  expect(await ask(text('x', 200), { statuses: [401] })).toMatchObject({ outcome: 'down', code: 'http.status' })
  expect(await ask(text('x', 302), { redirects: 0 })).toMatchObject({ outcome: 'down', code: 'http.status' })
})

it('a keyword is found whatever its accents and case; an error page that answers 200 is down', async () => {
  const page = text('<h1>CỔNG DỊCH VỤ CÔNG</h1>')
  expect(await ask(page, { keyword: 'cong dich vu' })).toMatchObject({ outcome: 'up' })
  expect(await ask(page, { keyword: 'thanh toán' })).toMatchObject({ outcome: 'down', code: 'http.keyword' })
  const error = text('<h1>Lỗi hệ thống</h1> Dịch vụ công')
  expect(await ask(error, { keyword: 'dịch vụ', notKeyword: 'LỖI HỆ THỐNG' })).toMatchObject({
    outcome: 'down',
    code: 'http.not_keyword'
  })
  const old = (response: ServerResponse) => {
    response.setHeader('content-type', 'text/html; charset=windows-1258')
    response.end(Buffer.from([0xd0, 0xf4])) // Đô
  }
  expect(await ask(old, { keyword: 'đô' })).toMatchObject({ outcome: 'up' })
  expect(await ask(text('abc', 200, 'text/html; charset=no-such-thing'), { keyword: 'abc' })).toMatchObject({
    outcome: 'up'
  })
})

it('a JSON answer is judged at its path', async () => {
  const body = text('{"status":"UP","parts":[{"ok":true,"n":3}]}', 200, 'application/json')
  const judged = async (jsonPath: string, jsonValue: string) => (await ask(body, { jsonPath, jsonValue })).code
  expect(await judged('$.status', 'UP')).toBe('')
  expect(await judged('$.parts[0].ok', 'true')).toBe('')
  expect(await judged('$.parts[0].n', '3')).toBe('')
  expect(await judged('$.status', '')).toBe('')
  expect(await judged('$.status', 'DOWN')).toBe('http.json')
  expect(await judged('$.parts', '[object Object]')).toBe('http.json')
  expect(await judged('$.nothing', '')).toBe('http.json_missing')
  expect((await ask(text('<html>'), { jsonPath: '$.status', jsonValue: 'UP' })).code).toBe('http.not_json')
  expect((await ask(text('['.repeat(500_000)), { jsonPath: '$[0]' })).code).toBe('http.not_json')
})

it('a slow answer is degraded', async () => {
  const slow = (response: ServerResponse) => void setTimeout(() => response.end('ok'), 40)
  expect(await ask(slow, { slowMs: 20 })).toMatchObject({ outcome: 'degraded', code: 'slow' })
  expect(await ask(slow, { slowMs: 4_000 })).toMatchObject({ outcome: 'up' })
})

it('a server that hangs, drips its header or drips its body does not get longer than the timeout', async () => {
  const hang = await ask(() => undefined, {}, 100)
  expect(hang).toMatchObject({ outcome: 'down', code: 'timeout', detail: '> 100 ms', latencyMs: null })
  const dripBody = (response: ServerResponse) => {
    const timer = setInterval(() => response.write('.'), 10)
    response.on('close', () => clearInterval(timer))
  }
  expect(await ask(dripBody, {}, 100)).toMatchObject({ outcome: 'down', code: 'timeout' })
  const port = await servers.tcp((socket) => {
    const timer = setInterval(() => socket.write('X'), 10)
    socket.write('HTTP/1.1 200 OK\r\nX-Drip: ')
    socket.on('close', () => clearInterval(timer))
  })
  const dripHeader = await run(httpTarget(`http://127.0.0.1:${port}/`), contextFor([port]), { timeoutMs: 100 })
  expect(dripHeader).toMatchObject({ outcome: 'down', code: 'timeout' })
})

it('of an endless body one MiB is read, judged, and the connection cut', async () => {
  let sent = 0
  let closed: () => void
  const cut = new Promise<void>((resolve) => (closed = resolve))
  const endless = (response: ServerResponse) => {
    response.write('begin')
    const chunk = Buffer.alloc(64 * 1024, 'a')
    const more = () => {
      while (!response.destroyed && sent < 2 ** 30) {
        sent += chunk.length
        if (!response.write(chunk)) return void response.once('drain', more)
      }
    }
    more()
    response.on('close', () => closed())
  }
  expect(await ask(endless, { keyword: 'BEGIN' })).toMatchObject({ outcome: 'up' })
  await cut
  expect(sent).toBeLessThan(64 * 1024 * 1024)
  const result = await ask(endless, { keyword: 'end' })
  expect(result).toMatchObject({ outcome: 'down', code: 'http.keyword' })
  expect(result.detail).toContain('1048576')
})

it('a packed body is unpacked, a bomb is cut, and a broken one is told', async () => {
  const packed =
    (bytes: Buffer, encoding = 'gzip') =>
    (response: ServerResponse) => {
      response.setHeader('content-encoding', encoding)
      response.end(bytes)
    }
  expect(await ask(packed(gzipSync('xin chào')), { keyword: 'xin chao' })).toMatchObject({ outcome: 'up' })
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
  expect(await ask(packed(bomb), { keyword: 'x' })).toMatchObject({ outcome: 'down', code: 'http.keyword' })
  expect(await ask(packed(Buffer.from('not gzip')), { keyword: 'x' })).toMatchObject({
    outcome: 'down',
    code: 'http.encoding'
  })
})

it('redirects are followed as far as told, and an endless one ends', async () => {
  const twice = (response: ServerResponse, path: string) => {
    const next = { '/': '/b', '/b': 'c?d' }[path]
    if (next === undefined) return void response.end('arrived')
    response.writeHead(302, { location: next }).end()
  }
  expect(await ask(twice, { redirects: 2, keyword: 'arrived' })).toMatchObject({ outcome: 'up' })
  expect(await ask(twice, { redirects: 1 })).toMatchObject({ outcome: 'down', code: 'http.redirects' })
  const endless = (response: ServerResponse) => void response.writeHead(301, { location: '/' }).end()
  expect(await ask(endless, { redirects: 5 })).toMatchObject({ outcome: 'down', code: 'http.redirects', detail: '> 5' })
})

it.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://10.0.0.1/',
  'http://[::ffff:127.0.0.1]:1/',
  'http://0x7f.1:1/',
  '//localhost:1/',
  'file:///etc/passwd',
  'http://user:secret@example.com/',
  'http://inside.example/'
])('a redirect to %s is not followed, and that is the site’s fault', async (location) => {
  let asked = 0
  const port = await servers.http((_request, response) => {
    asked++
    response.writeHead(302, { location }).end()
  })
  const context = contextFor([port], {
    rule: destinationRule(['10.0.0.0/8'], [`127.0.0.1:${port}`]),
    names: tableOfNames({ 'inside.example': ['10.1.2.3'] })
  })
  const result = await run(httpTarget(`http://127.0.0.1:${port}/`, { redirects: 5 }), context)
  expect(result).toMatchObject({ outcome: 'down', code: 'network.forbidden' })
  expect(asked).toBe(1)
})

it('a probe of a forbidden address asks nobody and blames nobody', async () => {
  let asked = 0
  const port = await servers.http((_request, response) => {
    asked++
    response.end()
  })
  const nobody = contextFor([])
  for (const url of [`http://127.0.0.1:${port}/`, `http://2130706433:${port}/`, `http://localhost:${port}/`]) {
    expect(await run(httpTarget(url), nobody, { attempts: 3 })).toMatchObject({
      outcome: 'unknown',
      code: 'network.forbidden',
      attempts: 1
    })
  }
  expect(asked).toBe(0)
})

it('a name is resolved once: every address is checked, and only a checked one is connected to', async () => {
  const port = await servers.http((_request, response) => response.end('ok'))
  let asked = 0
  const answers = [['127.0.0.1'], ['169.254.169.254']]
  const rebinding = contextFor([port], {
    names: { addressesOf: () => Promise.resolve(answers[Math.min(asked++, 1)]!) }
  })
  expect(await run(httpTarget(`http://rebind.example:${port}/`), rebinding)).toMatchObject({ outcome: 'up' })
  expect(asked).toBe(1)
  expect(await run(httpTarget(`http://rebind.example:${port}/`), rebinding)).toMatchObject({
    code: 'network.forbidden'
  })
  const mixed = contextFor([port], { names: tableOfNames({ 'mixed.example': ['127.0.0.1', '10.0.0.1'] }) })
  expect(await run(httpTarget(`http://mixed.example:${port}/`), mixed)).toMatchObject({ code: 'network.forbidden' })
  const both = contextFor([port], { names: tableOfNames({ 'both.example': ['::1', '127.0.0.1'] }) })
  expect(await run(httpTarget(`http://both.example:${port}/`), both)).toMatchObject({ outcome: 'up' })
  expect(await run(httpTarget('http://nowhere.example/'), both)).toMatchObject({
    outcome: 'down',
    code: 'dns.not_found'
  })
})

it('answers that are cut off, reset, flooded or no HTTP are told apart', async () => {
  const raw = async (answer: string, end: 'end' | 'reset' | 'open' = 'end') => {
    const port = await servers.tcp((socket) =>
      socket.once('data', () => {
        socket.write(answer, () => {
          if (end === 'end') socket.end()
          if (end === 'reset') socket.resetAndDestroy()
        })
      })
    )
    const result = await run(httpTarget(`http://127.0.0.1:${port}/`), contextFor([port]))
    return [result.outcome, result.code]
  }
  expect(await raw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')).toEqual(['down', 'http.truncated'])
  expect(await raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe')).toEqual(['down', 'http.truncated'])
  expect(await raw('', 'reset')).toEqual(['down', 'http.closed'])
  expect(await raw('')).toEqual(['down', 'http.closed'])
  expect(await raw('SSH-2.0-OpenSSH\r\n')).toEqual(['down', 'http.malformed'])
  const flood = Array.from({ length: 2_000 }, (_, index) => `X-Flood-${index}: ${'y'.repeat(50)}\r\n`).join('')
  expect(await raw(`HTTP/1.1 200 OK\r\n${flood}\r\n`, 'open')).toEqual(['down', 'http.headers'])
  expect(await raw(`${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)}`, 'open')).toEqual(['down', 'http.malformed'])
  expect(await raw('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', 'open')).toEqual([
    'down',
    'http.malformed'
  ])
})
