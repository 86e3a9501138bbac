import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { createServer as createTls } from 'node:tls'
import type { IncomingMessage, ServerResponse } from 'node:http'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { checkTarget, destinationRule } from '#core/destination.ts'
import { selfSigned } from '#testing/certificate.ts'
import { contextFor, httpTarget, run, testServers, type HttpTarget } from '#testing/probe-runs.ts'
import { unescapeHtml } from './html-text.ts'
import { isJsonValue, jsonValueAt } from './json-value.ts'

/*
 * Content is judged as a browser would show it.
 */

const servers = testServers()
afterAll(() => servers.close())

async function ask(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
  change: Partial<HttpTarget> = {}
) {
  const port = await servers.http((request, response) => answer(response, request))
  return run(httpTarget(`http://127.0.0.1:${port}/`, change), contextFor([port]))
}
const page =
  (body: string | Buffer, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(200, headers).end(body)
const codeOf = async (...args: Parameters<typeof ask>) => (await ask(...args)).code

it('a packed page is read whichever way it is packed', async () => {
  const bytes = Buffer.from('Đăng nhập'.repeat(100))
  const packings: [string, Buffer][] = [
    ['deflate', deflateSync(bytes)],
    ['deflate', deflateRawSync(bytes)],
    ['GZIP', gzipSync(bytes)],
    ['gzip, br', brotliCompressSync(gzipSync(bytes))],
    ['x-unknown', bytes]
  ]
  for (const [encoding, body] of packings) {
    expect(await codeOf(page(body, { 'content-encoding': encoding }), { keyword: 'đăng nhập' })).toBe('')
  }
})

it('an answer without a body is packed in nothing', async () => {
  const empty = page('', { 'content-encoding': 'gzip' })
  expect(await codeOf(empty)).toBe('')
  expect(await codeOf(empty, { method: 'HEAD' })).toBe('')
  expect(await codeOf(page(gzipSync('x'), { 'content-encoding': 'br' }), { method: 'HEAD' })).toBe('')
})

it('character references are letters', async () => {
  const body = page('<h1>&#272;&#259;ng nh&#7853;p &#x110;&#x1ec1; t&agrave;i &Dstrok;&abreve;ng&nbsp;k&yacute;</h1>')
  for (const keyword of ['Đăng nhập', 'dang nhap', 'Đề tài', 'đăng ký', '<h1>'])
    expect(await codeOf(body, { keyword })).toBe('')
  expect(await codeOf(page('L&#7895;i h&#7879; th&#7889;ng'), { notKeyword: 'lỗi hệ thống' })).toBe('http.not_keyword')
  const json = page('{"m":"\\u0110ang b\\u1ea3o tr\\u00ec"}', { 'content-type': 'application/json' })
  expect(await codeOf(json, { notKeyword: 'đang bảo trì' })).toBe('http.not_keyword')
  expect(unescapeHtml('&#150;&#0;&#xD800;&#x110000;&nothing;&amp;lt;&')).toBe('–\ufffd\ufffd\ufffd&nothing;&lt;&')
})

it('text without a reference stays as it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      (text) => unescapeHtml(text.replaceAll('&', '')) === text.replaceAll('&', '')
    )
  )
})

it('accents count in what must not be there, however they are composed', async () => {
  const rights = page('Quyền LỢI của công dân')
  expect(await codeOf(rights, { notKeyword: 'lỗi' })).toBe('')
  expect(await codeOf(rights, { notKeyword: 'loi' })).toBe('')
  expect(await codeOf(rights, { notKeyword: 'lợi' })).toBe('http.not_keyword')
  expect(await codeOf(page('L\u1ed7i'.normalize('NFD')), { notKeyword: 'lỗi' })).toBe('http.not_keyword')
  expect(await codeOf(rights, { keyword: 'loi' })).toBe('')
})

it('a page names its charset itself', async () => {
  const meta = Buffer.concat([Buffer.from('<meta charset="windows-1258">'), Buffer.from([0xd0, 0xf4])])
  expect(await codeOf(page(meta), { keyword: 'Đô' })).toBe('')
  expect(await codeOf(page(Buffer.from('\ufeffĐô', 'utf16le')), { keyword: 'đô' })).toBe('')
})

it('a cookie comes along over a redirect, and no further', async () => {
  const seen: (string | undefined)[] = []
  const port = await servers.http((request, response) => {
    seen.push(request.headers.cookie)
    if (request.url === '/' && request.headers.cookie !== undefined) return void response.end('welcome')
    response.setHeader('set-cookie', [
      'seen=1; Path=/; HttpOnly',
      'below=1; Path=/deep',
      'foreign=1; Domain=example.vn',
      'secret=1; Secure',
      'gone=1; Max-Age=0'
    ])
    response.writeHead(302, { location: '/' }).end()
  })
  const target = httpTarget(`http://127.0.0.1:${port}/`, { redirects: 2, keyword: 'welcome' })
  for (let again = 0; again < 2; again++) expect(await run(target, contextFor([port]))).toMatchObject({ code: '' })
  expect(seen).toEqual([undefined, 'seen=1', undefined, 'seen=1'])
})

it('a redirect may name its place in UTF-8', async () => {
  const answer = (response: ServerResponse, request: IncomingMessage) => {
    if (request.url === encodeURI('/trang-chủ')) return void response.end('ok')
    response.setHeader('location', Buffer.from('/trang-chủ').toString('latin1'))
    response.writeHead(301).end()
  }
  expect(await codeOf(answer, { redirects: 1 })).toBe('')
})

it('HEAD with content to check is refused, and a stored one is asked by GET', async () => {
  const rule = destinationRule([])
  const target = httpTarget('https://portal.example/', { method: 'HEAD' })
  expect(() => checkTarget(target, rule)).not.toThrow()
  for (const change of [{ keyword: 'a' }, { notKeyword: 'a' }, { jsonPath: '$.a' }]) {
    expect(() => checkTarget({ ...target, ...change }, rule)).toThrow('HEAD brings no content')
  }
  expect(await codeOf(page('abc'), { method: 'HEAD', keyword: 'xyz' })).toBe('http.keyword')
})

it('JSON numbers are compared exactly, and null can be expected', () => {
  const judged = (written: string, expected: string) => isJsonValue(jsonValueAt(`{"v":${written}}`, ['v']), expected)
  expect(judged('1610521604143693812', '1610521604143693812')).toBe(true)
  expect(judged('1610521604143693812', '1610521604143693811')).toBe(false)
  for (const [written, expected] of [
    ['1.0', '1'],
    ['1', '1.0'],
    ['0.10', '0.1'],
    ['1e3', '1000'],
    ['-0', '0'],
    ['0.1', '0.10']
  ])
    expect(judged(written!, expected!)).toBe(true)
  for (const [written, expected] of [
    ['1', '10'],
    ['-1', '1'],
    ['0.1', '1'],
    ['1', ''],
    ['"1.0"', '1']
  ])
    expect(judged(written!, expected!)).toBe(false)
  expect(judged('null', 'null')).toBe(true)
  expect(judged('null', '0')).toBe(false)
  expect(judged('true', 'true')).toBe(true)
  expect(judged('{}', '[object Object]')).toBe(false)
  expect(jsonValueAt('{"v":1}', ['v', 'text'])).toBeUndefined()
})

it('any two spellings of a number are equal, and no other number is', () => {
  const number = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 12 }))
  fc.assert(
    fc.property(number, fc.integer({ min: 0, max: 9 }), ([worth, zeros], more) => {
      const written = `${worth}.${'0'.repeat(zeros + 1)}`
      const value = jsonValueAt(written, [])
      return (
        isJsonValue(value, `${worth}`) &&
        isJsonValue(value, `${worth}e0`) &&
        !isJsonValue(value, `${worth}.${'0'.repeat(zeros)}${more + 1}`)
      )
    })
  )
})

it('null without an expected value is a value that is missing', async () => {
  expect(await codeOf(page('{"a":null}'), { jsonPath: '$.a' })).toBe('http.json_missing')
  expect(await codeOf(page('{"a":null}'), { jsonPath: '$.a', jsonValue: 'null' })).toBe('')
  expect(await codeOf(page('{"a":null}'), { jsonPath: '$.a', jsonValue: 'UP' })).toBe('http.json')
})

it('a server of HTTP/2 alone is not blamed, one of old TLS alone is, each in words', async () => {
  const settings = Buffer.from('000000040000000000', 'hex')
  const plain = await servers.tcp((socket) => socket.once('data', () => socket.end(settings)))
  const found = { outcome: 'unknown', code: 'http.version', detail: 'HTTP/2' }
  expect(await run(httpTarget(`http://127.0.0.1:${plain}/`), contextFor([plain]))).toMatchObject(found)
  const { key, certificate: cert } = selfSigned()
  const { port } = await servers.listen(createTls({ key, cert, ALPNProtocols: ['h2'] }))
  expect(await run(httpTarget(`https://127.0.0.1:${port}/`), contextFor([port]))).toMatchObject(found)
  const version = { minVersion: 'TLSv1', maxVersion: 'TLSv1' } as const
  const old = await servers.listen(createTls({ key, cert, ...version, ciphers: 'ALL:@SECLEVEL=0' }))
  expect(await run(httpTarget(`https://127.0.0.1:${old.port}/`), contextFor([old.port]))).toMatchObject({
    outcome: 'down',
    code: 'tls.version'
  })
})
