import { createServer as createTls, type TlsOptions } from 'node:tls'
import type { Socket } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readConfig } from '#core/config.ts'
import { selfSigned } from '#testing/certificate.ts'
import { httpTarget, probeOf, testServers, type HttpTarget } from '#testing/probe-runs.ts'
import { startProbesPlane, type RunningProbes } from './probes-plane.ts'

/*
 * What a watched site may answer: whatever comes, that one run ends in a verdict, and the thread lives.
 */

const servers = testServers()
const warnings: string[] = []
let plane: RunningProbes
let ports: Map<string, number>

type Answer = { bytes?: string | Buffer; act?(socket: Socket): void; change?: Partial<HttpTarget> }
const ok = (headers: string, body: string | Buffer = 'ok', change: Partial<HttpTarget> = {}): Answer => ({
  bytes: Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${headers}\r\n`, 'latin1'), Buffer.from(body)]),
  change
})
const encoded = (name: string, body: string | Buffer = 'ok') => ok(`Content-Encoding: ${name}\r\n`, body)
const json = (body: string, jsonPath: string, jsonValue = '') => ok('', body, { jsonPath, jsonValue })
const page = Buffer.from('<h1>Trang chủ</h1>'.repeat(50))
const cutShort = (bytes: Buffer) => bytes.subarray(0, bytes.length - 9)
const drip =
  (first: string, more: string, ms = 5) =>
  (socket: Socket) => {
    socket.write(first)
    const timer = setInterval(() => socket.write(more), ms)
    socket.on('close', () => clearInterval(timer))
  }
const redirectTo = (location: string, status = 302): Answer => ({
  bytes: `HTTP/1.1 ${status} Found\r\nLocation: ${location}\r\n\r\n`,
  change: { redirects: 5 }
})
const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'prototype']

const answers: Record<string, Answer> = {
  ...Object.fromEntries(names.map((name) => [`encoding ${name}`, encoded(name)])),
  ...Object.fromEntries(names.map((name) => [`header ${name}`, ok(`${name}: ${name}\r\n`.repeat(3))])),
  ...Object.fromEntries(names.map((name) => [`JSON ${name}`, json(`{"${name}":{"x":1}}`, `$.${name}.x`, '1')])),
  ...Object.fromEntries(names.map((name) => [`no JSON member ${name}`, json('{}', `$.${name}`)])),
  ...Object.fromEntries(
    names.map((name) => [
      `charset ${name}`,
      ok(`Content-Type: text/html; charset=${name}\r\n`, 'ok', { keyword: 'ok' })
    ])
  ),
  'several encodings': encoded('gzip, br', brotliCompressSync(gzipSync(page))),
  'encodings without end': encoded(Array(3_000).fill('gzip').join(','), gzipSync(page)),
  'encodings in many headers': ok('Content-Encoding: gzip\r\n'.repeat(200), gzipSync(page)),
  'encoding of nothing': encoded(' , ,, '),
  'bad gzip': encoded('gzip', 'nothing packed'),
  'bad deflate': encoded('deflate', Buffer.alloc(400, 0xff)),
  'bad brotli': encoded('br', Buffer.alloc(400, 0xff)),
  'bad zstd': encoded('zstd', Buffer.alloc(400, 0xff)),
  'gzip cut short': encoded('gzip', cutShort(gzipSync(page))),
  'deflate cut short': encoded('deflate', cutShort(deflateSync(page))),
  'bare deflate cut short': encoded('deflate', cutShort(deflateRawSync(page))),
  'brotli cut short': encoded('br', cutShort(brotliCompressSync(page))),
  'zstd cut short': encoded('zstd', cutShort(zstdCompressSync(page))),
  'gzip with more behind it': encoded('gzip', Buffer.concat([gzipSync(page), Buffer.from('more')])),
  'a bomb': encoded('gzip', gzipSync(Buffer.alloc(64 * 1024 * 1024))),
  'a bomb in a bomb': encoded('gzip, gzip', gzipSync(gzipSync(Buffer.alloc(256 * 1024 * 1024)))),
  'one byte': encoded('deflate', 'x'),
  'endless drip of the body': { act: drip('HTTP/1.1 200 OK\r\n\r\n', '.') },
  'endless drip of a header': { act: drip('HTTP/1.1 200 OK\r\nX: ', 'x') },
  'endless drip of headers': { act: drip('HTTP/1.1 200 OK\r\n', 'X: x\r\n') },
  'endless drip of chunks': { act: drip('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n') },
  'endless 1xx': { act: drip('HTTP/1.1 103 Early Hints\r\n\r\n', 'HTTP/1.1 100 Continue\r\n\r\n') },
  'a flood of 1xx': { bytes: 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(5_000) },
  silence: { act: () => undefined },
  'a redirect to itself': redirectTo('/'),
  'a redirect to nowhere': redirectTo(''),
  'a redirect to another scheme': redirectTo('javascript:alert(1)'),
  'a redirect to no URL': redirectTo('http://[::1'),
  'a redirect of odd bytes': redirectTo('/\x01\xff\xfe%zz'),
  'a redirect of a long path': redirectTo(`/${'a'.repeat(20_000)}`),
  'a redirect with odd cookies': {
    bytes: `HTTP/1.1 302 Found\r\nLocation: /\r\n${names.map((name) => `Set-Cookie: ${name}=\xff\x01; Path=/\r\n`).join('')}\r\n`,
    change: { redirects: 5 }
  },
  'a huge header': ok(`X: ${'x'.repeat(100_000)}\r\n`),
  'ten thousand headers': ok('X: x\r\n'.repeat(10_000)),
  'a status of words': { bytes: 'HTTP/1.1 OK OK\r\n\r\n' },
  'a status of 000': { bytes: 'HTTP/1.1 000 Nothing\r\n\r\n' },
  'a status of 999': { bytes: 'HTTP/1.1 999 Denied\r\n\r\n' },
  'a status of ten digits': { bytes: 'HTTP/1.1 2000000000 OK\r\n\r\n' },
  'another version': { bytes: 'HTTP/9.9 200 OK\r\n\r\n' },
  'another protocol': { bytes: 'RTSP/1.0 200 OK\r\n\r\n' },
  'no header at all': { bytes: 'ok' },
  'bare line feeds': { bytes: 'HTTP/1.1 200 OK\nX: x\n\nok' },
  'an early close': { act: (socket) => socket.end() },
  'an early reset': { act: (socket) => socket.resetAndDestroy() },
  'a close in the header': { bytes: 'HTTP/1.1 200 OK\r\nContent-Le' },
  'two lengths': ok('Content-Length: 2\r\nContent-Length: 3\r\n'),
  'a length below nothing': ok('Content-Length: -1\r\n'),
  'a length beyond numbers': ok('Content-Length: 99999999999999999999999\r\n'),
  'a length and chunks': ok('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '2\r\nok\r\n0\r\n\r\n'),
  'a bad chunk': ok('Transfer-Encoding: chunked\r\n', 'zz\r\nok\r\n'),
  'a chunk beyond numbers': ok('Transfer-Encoding: chunked\r\n', 'ffffffffffffffffff\r\nok'),
  'odd trailers': ok('Transfer-Encoding: chunked\r\nTrailer: __proto__\r\n', '2\r\nok\r\n0\r\n__proto__: x\r\n\r\n'),
  'bytes that are no UTF-8': ok('X: \xff\xfe\xc3\r\n', Buffer.from([0xff, 0xfe, 0xc3, 0x28]), { keyword: 'x' }),
  'a NUL in a header': ok('X: a\0b\r\n'),
  'a folded header': ok('X: a\r\n b\r\n'),
  'a header without a name': ok(': x\r\n'),
  'an upgrade': { bytes: 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n' },
  'two answers': { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n' },
  'a JSON of depth': json('['.repeat(500_000), '$[0]', 'x'),
  'a JSON of a huge number': json(`{"n":1e999999999}`, '$.n', '1'),
  'a JSON number of a million digits': json(`{"n":${'9'.repeat(900_000)}}`, '$.n', '9'),
  'a page of references': ok('', '&#xfffffffff;&#0;&#55296;&;&#;&amp'.repeat(20_000), { keyword: 'x', notKeyword: 'y' })
}

/** Certificates and handshakes that are not in order. */
const own = selfSigned()
const handshakes: Record<string, TlsOptions | ((socket: Socket) => void)> = {
  'signed by itself': { key: own.key, cert: own.certificate },
  'TLS 1.0 alone': {
    ...own,
    cert: own.certificate,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1',
    ciphers: 'ALL:@SECLEVEL=0'
  },
  'no certificate': {},
  'plain text': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'an alert': (socket) => socket.end(Buffer.from('15030100020228', 'hex')),
  'a record of nothing': (socket) => socket.end(Buffer.from('1603010000', 'hex')),
  'a record of noise': (socket) => socket.end(Buffer.concat([Buffer.from('1603030100', 'hex'), Buffer.alloc(256, 7)]))
}

beforeAll(async () => {
  ports = new Map()
  for (const [name, { bytes, act }] of Object.entries(answers)) {
    const port = await servers.tcp((socket) => {
      socket.once('data', () => (act === undefined ? socket.end(bytes ?? '') : act(socket)))
    })
    ports.set(name, port)
  }
  for (const [name, made] of Object.entries(handshakes)) {
    const port =
      typeof made === 'function'
        ? await servers.tcp((socket) => void socket.once('data', () => made(socket)))
        : (await servers.listen(createTls(made, (socket) => socket.on('error', () => undefined)))).port
    ports.set(name, port)
  }
  plane = await startProbesPlane(readConfig({}), {
    results: () => undefined,
    warned: (_thread, message) => warnings.push(message),
    failed: (_thread, message) => warnings.push(`failed: ${message}`)
  })
  plane.setSnapshot({ probes: [], allow: { real: [...ports.values()].map((port) => `127.0.0.1:${port}`) } })
})
afterAll(async () => {
  await plane.stop()
  await servers.close()
})

it('there are enough of them', () => {
  expect(Object.keys(answers).length + Object.keys(handshakes).length).toBeGreaterThanOrEqual(60)
})

it.each([...Object.keys(answers), ...Object.keys(handshakes)])('%s: one run ends in a verdict', async (name) => {
  const secure = Object.hasOwn(handshakes, name)
  const url = `${secure ? 'https' : 'http'}://127.0.0.1:${ports.get(name)}/`
  const target = httpTarget(url, answers[name]?.change)
  const result = await plane.tryProbe(probeOf(target, { timeoutMs: 600 }))
  expect(['up', 'down', 'degraded']).toContain(result.outcome)
  expect(result.code === '').toBe(result.outcome === 'up')
  expect(result.code).not.toBe('probe.failed')
  expect(warnings).toEqual([])
})
