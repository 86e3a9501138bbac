import { describe, expect, it, vi } from 'vitest'
import type { alertsApi } from '#core/api/alerts.ts'
import type { tasksApi } from '#core/api/tasks.ts'
import type { incidentsApi } from '#core/api/incidents.ts'
import type { sessionApi } from '#core/api/session.ts'
import type { summaryApi } from '#core/api/summary.ts'
import { ApiFailure, callsOf, createTransport, type ApiParts } from './call.ts'

type Tables = typeof alertsApi & typeof incidentsApi & typeof sessionApi & typeof summaryApi & typeof tasksApi
const callOf = (parts: ApiParts) => callsOf<Tables>(createTransport(parts))

type Call = { url: string; init: RequestInit }

function served(status: number, body: unknown, headers: Record<string, string> = {}) {
  const calls: Call[] = []
  const onSignedOut = vi.fn()
  const onServerTime = vi.fn()
  const fetch = (async (url: string, init: RequestInit) => {
    calls.push({ url, init })
    return new Response(status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body), {
      status,
      headers
    })
  }) as unknown as typeof globalThis.fetch
  const parts = { fetch, csrf: () => 'token-1', onSignedOut, onServerTime }
  return { call: callOf(parts), calls, onSignedOut, onServerTime }
}

describe('the browser’s side of the API', () => {
  it('every act carries the CSRF token, reading carries none', async () => {
    const { call, calls } = served(200, {})
    await call('POST /api/alerts/acts', { body: { ids: ['CB-1'], act: { kind: 'verdict', verdict: 'benign' } } })
    await call('GET /api/summary')
    const headers = calls.map(({ init }) => new Headers(init.headers))
    expect(headers.map((header) => header.get('x-csrf-token'))).toEqual(['token-1', null])
    expect(calls[0]?.init.body).toBe('{"ids":["CB-1"],"act":{"kind":"verdict","verdict":"benign"}}')
  })

  it('ids and filters are encoded, empty filters are not sent', async () => {
    const { call, calls } = served(200, {})
    await call('GET /api/alerts/:id', { params: { id: '../users?x=1' } })
    await call('GET /api/alerts', { query: { tab: 'new', unit: '', q: 'a&b', cursor: null } })
    expect(calls.map(({ url }) => url)).toEqual(['/api/alerts/..%2Fusers%3Fx%3D1', '/api/alerts?tab=new&q=a%26b'])
  })

  it('a refusal keeps its code and parameters', async () => {
    const { call } = served(409, { code: 'incident.closed', params: { id: 'VL-0001' } })
    await expect(call('GET /api/incidents/:id', { params: { id: 'VL-0001' } })).rejects.toMatchObject({
      code: 'incident.closed',
      status: 409,
      params: { id: 'VL-0001' }
    })
  })

  it('a page of a proxy instead of our answer is still a refusal with its status', async () => {
    const { call } = served(502, '<html>Bad gateway</html>')
    await expect(call('GET /api/summary')).rejects.toMatchObject({ code: 'http.502' })
    const broken = served(200, '<html>')
    await expect(broken.call('GET /api/summary')).rejects.toMatchObject({ code: 'network.answer' })
  })

  it('an ended session signs out, a wrong password does not', async () => {
    const ended = served(401, { code: 'session.none', params: {} })
    await expect(ended.call('GET /api/summary')).rejects.toBeInstanceOf(ApiFailure)
    expect(ended.onSignedOut).toHaveBeenCalledOnce()
    const wrong = served(401, { code: 'session.refused', params: {} })
    await expect(wrong.call('POST /api/session', { body: { username: 'lan', password: 'x' } })).rejects.toMatchObject({
      code: 'session.refused'
    })
    expect(wrong.onSignedOut).not.toHaveBeenCalled()
  })

  it('an unreachable server is a failure with words, not an exception of the browser', async () => {
    const fetch = (() => Promise.reject(new TypeError('failed'))) as unknown as typeof globalThis.fetch
    const call = callOf({ fetch, csrf: () => '', onSignedOut: () => undefined, onServerTime: () => undefined })
    await expect(call('GET /api/summary')).rejects.toMatchObject({ code: 'network.unreachable' })
  })

  it('the clock of the server is read from its answer', async () => {
    const { call, onServerTime } = served(200, {}, { date: 'Mon, 23 Nov 2026 02:21:40 GMT' })
    await call('GET /api/summary')
    expect(onServerTime).toHaveBeenCalledWith(Date.UTC(2026, 10, 23, 2, 21, 40))
  })

  it('a call takes what the row of its route says, and nothing else', async () => {
    const { call, calls } = served(200, {})
    await call('GET /api/alerts', { query: { tab: 'new', limit: 20 } })
    await call('GET /api/alerts/:id', { params: { id: 'CB 1' } })
    await call('POST /api/tasks/:id/files', { params: { id: 'NV-1' }, upload: { file: new Blob(['x']), name: 'ảnh' } })
    // @ts-expect-error: no such route in these tables
    await call('GET /api/nothing')
    // @ts-expect-error: the path needs its id
    await call('GET /api/alerts/:id', {})
    // @ts-expect-error: no such field of the query
    await call('GET /api/alerts', { query: { nope: 'x' } })
    // @ts-expect-error: not the body of this route
    await call('POST /api/alerts/acts', { body: { ids: 1 } })
    // @ts-expect-error: a file is needed
    await call('POST /api/tasks/:id/files', { params: { id: 'NV-1' } })
    expect(calls.slice(0, 3).map(({ url }) => url)).toEqual([
      '/api/alerts?tab=new&limit=20',
      '/api/alerts/CB%201',
      '/api/tasks/NV-1/files'
    ])
    expect(new Headers(calls[2]?.init.headers).get('x-file-name')).toBe('%E1%BA%A3nh')
  })
})
