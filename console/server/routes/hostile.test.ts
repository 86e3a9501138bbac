import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SocError } from '#core/errors.ts'
import { refusalOf } from '../refusals.ts'
import { CITIZEN, OWN, SCRIPT, testConsole } from '#testing/console.ts'

const folder = mkdtempSync(join(tmpdir(), 'vl-web-'))
mkdirSync(join(folder, 'web', 'assets'), { recursive: true })
writeFileSync(join(folder, 'web', 'index.html'), '<!doctype html><title>trang</title>')
writeFileSync(join(folder, 'web', 'assets', 'app-1a2b.js'), 'export {}')
writeFileSync(join(folder, 'web', '.env'), 'SECRET')
writeFileSync(join(folder, 'secret.txt'), 'SECRET')

const soc = testConsole({ webRoot: join(folder, 'web') })
const { app, world } = soc
const { own } = world.ids
beforeAll(async () => void (await app.ready()))
afterAll(async () => {
  await soc.close()
  rmSync(folder, { recursive: true })
})

const hostile = [
  "' OR 1=1 --",
  '"; DROP TABLE users; --',
  'a" OR b NEAR/2 c*',
  '%00',
  '../../etc/passwd',
  '{{7*7}}',
  '=cmd|calc',
  '\u202eabc',
  'x'.repeat(199)
]

describe('words of an attacker', () => {
  it('in an address find nothing and break nothing', async () => {
    const { headers } = soc.person('admin', [], { mayUnmask: true })
    for (const word of hostile)
      for (const path of ['alerts', 'incidents', 'units', 'events', 'rules', 'models']) {
        const answer = await app.inject({ url: `/api/${path}/${encodeURIComponent(word)}`, headers })
        expect([400, 404], `${path} ${word}`).toContain(answer.statusCode)
        expect(answer.json()).toMatchObject({ code: expect.stringMatching(/not_found|request\.invalid/) })
      }
  })

  it('in a query reach the store as they are, as one value', async () => {
    const { headers } = soc.person('analyst')
    for (const word of hostile) {
      const answer = await app.inject({ url: `/api/events?q=${encodeURIComponent(word)}`, headers })
      expect(answer.statusCode).toBe(200)
      expect(world.asked.at(-1)).toMatchObject({ query: word })
      const queue = await app.inject({ url: `/api/alerts?tab=all&q=${encodeURIComponent(word)}`, headers })
      expect(queue.json(), word).toMatchObject({ items: [], total: 0 })
      expect(
        (
          await app.inject({
            url: `/api/audit?user=${encodeURIComponent(word.slice(0, 100))}`,
            headers: soc.person('auditor').headers
          })
        ).json().entries
      ).toEqual([])
    }
  })

  it('in a log come out as text inside JSON, unchanged', async () => {
    const { headers } = soc.person('analyst')
    for (const url of [
      '/api/alerts',
      `/api/alerts/${own}`,
      '/api/events',
      '/api/events/e-own',
      '/api/dead-letters',
      '/api/rules/rule-1'
    ]) {
      const answer = await app.inject({ url, headers })
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(JSON.stringify(answer.json()), url).toContain(JSON.stringify(SCRIPT).slice(1, -1))
    }
  })

  it('with control signs are shown as pictures in dead letters', async () => {
    const { letters } = (await app.inject({ url: '/api/dead-letters', headers: soc.person('analyst').headers })).json()
    expect(letters[0].excerpt).toBe(`␀${SCRIPT} 046*******89`)
    expect(letters[0].detail).not.toContain(CITIZEN)
  })
})

describe('malformed requests', () => {
  const act = (payload: string | Buffer, contentType = 'application/json') =>
    app.inject({
      method: 'POST',
      url: '/api/alerts/acts',
      headers: { ...soc.person('analyst').headers, 'content-type': contentType },
      payload
    })

  it.each([
    ['a huge body', JSON.stringify({ ids: ['x'.repeat(200_000)] }), 'application/json', 413, 'request.too_large'],
    ['another content type', 'ids=1', 'application/x-www-form-urlencoded', 415, 'request.content_type'],
    ['plain text', '{}', 'text/plain', 415, 'request.content_type'],
    ['broken JSON', '{"ids":', 'application/json', 400, 'request.not_json'],
    ['a poisoned prototype', `{"__proto__":{"x":1},"ids":["${own}"]}`, 'application/json', 400, 'request.not_json'],
    ['no body', '', 'application/json', 400, 'request.invalid'],
    ['another shape', '[]', 'application/json', 400, 'request.invalid'],
    [
      'too many ids',
      JSON.stringify({ ids: Array(501).fill('a'), act: { kind: 'undo' } }),
      'application/json',
      400,
      'request.invalid'
    ],
    ['an unknown act', `{"ids":["${own}"],"act":{"kind":"destroy"}}`, 'application/json', 400, 'request.invalid'],
    ['a number for a name', '{"ids":[1],"act":{"kind":"undo"}}', 'application/json', 400, 'request.invalid']
  ])('%s is refused with a code', async (_name, payload, type, status, code) => {
    const answer = await act(payload, type)
    expect([answer.statusCode, answer.json().code]).toEqual([status, code])
  })

  it('deeply nested JSON is refused or judged, never a crash', async () => {
    const answer = await act('['.repeat(50_000) + ']'.repeat(50_000))
    expect(answer.statusCode).toBe(400)
  })

  it('never lead to a 5xx, whatever the address says', async () => {
    const { headers } = soc.person('analyst')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('alerts', 'incidents', 'events', 'events/histogram', 'rules', 'dead-letters', 'units'),
        fc.dictionary(
          fc.constantFrom('q', 'from', 'to', 'limit', 'cursor', 'unit', 'tab', 'offset', 'buckets', 'level', 'status'),
          fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.double().map(String),
            fc.constantFrom('-1', '1e999', '9'.repeat(400))
          )
        ),
        async (path, query) => {
          const address = Object.entries(query).map(
            ([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`
          )
          const answer = await app.inject({ url: `/api/${path}?${address.join('&')}`, headers })
          expect([200, 400]).toContain(answer.statusCode)
        }
      ),
      { numRuns: 200 }
    )
  })

  it('cannot slip in fields a form does not have', async () => {
    const admin = soc.person('admin')
    const payload = {
      username: 'thu-vai',
      name: 'x',
      role: 'owner',
      units: [OWN],
      password: 'x',
      id: 'mine',
      enabled: false
    }
    const made = (await app.inject({ method: 'POST', url: '/api/users', headers: admin.headers, payload })).json().user
    expect(made).toMatchObject({ enabled: true, mustChangePassword: true })
    expect(made.id).not.toBe('mine')
    await app.inject({
      method: 'PATCH',
      url: `/api/users/${made.id}`,
      headers: admin.headers,
      payload: { username: 'khac', mustChangePassword: false, password: 'plain' }
    })
    const row = soc.parts.control
      .sql('SELECT username, must_change_password AS must FROM users WHERE id = ?')
      .get(made.id)
    expect(row).toEqual({ username: 'thu-vai', must: 1 })
  })
})

it('the framework’s own refusals speak our codes', () => {
  expect(refusalOf({ statusCode: 429, message: 'x' })).toMatchObject({
    status: 429,
    body: { code: 'request.too_many' }
  })
  expect(refusalOf(undefined)).toMatchObject({ status: 500, body: { code: 'server.failed', params: {} } })
  const away = new SocError('store.away', 'disk at /var/secret', { status: 503, params: { path: '/var/secret' } })
  expect(refusalOf(away).body).toEqual({ code: 'store.away', params: {} })
})

it('a failure inside says nothing of itself', async () => {
  const { alerts } = soc.parts
  const { list } = alerts
  alerts.list = () => {
    throw new Error(`SQLITE_CORRUPT at /var/secret ${CITIZEN}`)
  }
  const answer = await app.inject({ url: '/api/alerts', headers: soc.person('analyst').headers })
  alerts.list = list
  expect([answer.statusCode, answer.json()]).toEqual([500, { code: 'server.failed', params: {} }])
})

describe('the browser part', () => {
  it('serves its page for every address of its own, and hashed files for ever', async () => {
    for (const url of ['/', `/alerts/${own}`, '/units/19750?x=1']) {
      const page = await app.inject({ url, headers: { accept: 'text/html' } })
      expect([page.statusCode, page.body]).toEqual([200, '<!doctype html><title>trang</title>'])
      expect(page.headers['cache-control']).toBe('no-cache')
    }
    const file = await app.inject({ url: '/assets/app-1a2b.js' })
    expect(file.headers['cache-control']).toContain('immutable')
    for (const url of ['/assets/old-9z.js', '/api/nothing', '/favicon.nothing'])
      expect(
        (await app.inject({ url, headers: { accept: url.startsWith('/fav') ? '*/*' : 'text/html' } })).statusCode
      ).toBe(404)
  })

  it('never leaves its folder', async () => {
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e%2fsecret.txt',
      '/assets/../../secret.txt',
      '/assets/..%5c..%5csecret.txt',
      '/.env',
      '//etc/passwd',
      '/%00secret.txt',
      '/%'
    ]) {
      const answer = await app.inject({ url: path, headers: { accept: '*/*' } })
      expect(answer.statusCode, path).toBeGreaterThanOrEqual(400)
      expect(answer.body).not.toContain('SECRET')
    }
  })

  it('allows no inline script, no frame and no foreign host', async () => {
    const { headers } = await app.inject({ url: '/', headers: { accept: 'text/html' } })
    const csp = String(headers['content-security-policy'])
    expect(csp).toContain("default-src 'none'")
    expect(csp).toContain("script-src 'self'")
    expect(csp).toContain("frame-ancestors 'none'")
    expect(csp).not.toMatch(/unsafe|\*|https?:/)
    expect(headers['strict-transport-security']).toBeUndefined()
  })
})

describe('what machines ask', () => {
  it('readiness tells which part is away, without saying why', async () => {
    world.failing = true
    const answer = await app.inject({ url: '/readyz' })
    world.failing = false
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { ready: false, parts: [{ name: 'store', ready: false }] }
    ])
    expect((await app.inject({ url: '/readyz' })).statusCode).toBe(200)
  })

  it('metrics are for this machine and for those who may read them', async () => {
    const local = await app.inject({ url: '/metrics' })
    expect(local.headers['content-type']).toContain('version=0.0.4')
    expect(local.body).toContain('soc_listener_refused_total{listener="http",reason="wrong_token"} 2')
    for (const line of local.body.trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/)
    const remoteAddress = '198.51.100.7'
    expect((await app.inject({ url: '/metrics', remoteAddress })).statusCode).toBe(403)
    expect((await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '198.51.100.7' } })).statusCode).toBe(403)
    expect(
      (await app.inject({ url: '/metrics', remoteAddress, headers: soc.person('auditor').headers })).statusCode
    ).toBe(200)
    expect(
      (await app.inject({ url: '/metrics', remoteAddress, headers: soc.person('analyst').headers })).statusCode
    ).toBe(403)
  })

  it('OpenAPI describes every route with its answer', async () => {
    const { paths } = (await app.inject({ url: '/api/openapi.json', headers: soc.person('leader').headers })).json()
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, { responses?: Record<string, unknown>; summary?: string }>).map(
        ([method, operation]) => ({ name: `${method} ${path}`, operation })
      )
    )
    expect(operations.length).toBeGreaterThan(38)
    for (const { name, operation } of operations.filter(({ name }) => name.includes('/api/'))) {
      expect(operation.summary, name).toBeTruthy()
      expect(
        Object.keys(operation.responses ?? {}).some((status) => /^[23]/.test(status)),
        name
      ).toBe(true)
      expect(Object.keys(operation.responses ?? {}), name).toContain('4XX')
    }
  })
})
