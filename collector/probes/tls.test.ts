import { createServer as createHttps } from 'node:https'
import { createServer as createTls, createSecureContext } from 'node:tls'
import { afterAll, expect, it } from 'vitest'
import { selfSigned } from '#testing/certificate.ts'
import type { ProbeTarget } from '#core/probes/target.ts'
import { contextFor, httpTarget, run, tableOfNames, testServers } from '#testing/probe-runs.ts'

const servers = testServers()
afterAll(() => servers.close())

const { key, certificate: cert } = selfSigned()
const END = Date.UTC(2049, 11, 31, 23, 59, 59)

const tlsTarget = (port: number, change: Partial<Extract<ProbeTarget, { kind: 'tls' }>> = {}): ProbeTarget => ({
  kind: 'tls',
  host: '127.0.0.1',
  port,
  serverName: '',
  certificateDays: 0,
  ...change
})

async function secureServer() {
  let requests = 0
  const server = createHttps({ key, cert }, (_request, response) => {
    requests++
    response.end('ok')
  })
  const { port } = await servers.listen(server)
  return { port, requests: () => requests }
}

it('a certificate signed by nobody we know is told, with its end, and nothing is sent to the server', async () => {
  const { port, requests } = await secureServer()
  const context = contextFor([port])
  const found = { outcome: 'down', code: 'tls.self_signed', certificateUntil: END }
  expect(await run(httpTarget(`https://127.0.0.1:${port}/`), context)).toMatchObject(found)
  expect(await run(tlsTarget(port), context)).toMatchObject(found)
  expect(requests()).toBe(0)
})

it('a trusted certificate for another name is told', async () => {
  const { port } = await secureServer()
  const context = contextFor([port], {
    trust: createSecureContext({ ca: [cert] }),
    names: tableOfNames({ 'other.example': ['127.0.0.1'] })
  })
  const found = { outcome: 'down', code: 'tls.name', certificateUntil: END }
  expect(await run(httpTarget(`https://other.example:${port}/`), context)).toMatchObject(found)
  expect(await run(tlsTarget(port, { serverName: 'other.example' }), context)).toMatchObject(found)
  expect(await run(tlsTarget(port), context)).toMatchObject(found)
})

it('a trusted certificate with the right name is up until it ends soon', async () => {
  const { port } = await secureServer()
  // The test certificate names the host "test" by its common name alone.
  const names = tableOfNames({ test: ['127.0.0.1'] })
  const trust = createSecureContext({ ca: [cert] })
  const context = contextFor([port], { names, trust })
  const target = tlsTarget(port, { host: 'test', certificateDays: 30 })
  expect(await run(target, context)).toMatchObject({
    outcome: 'up',
    detail: 'TLSv1.3 · 2049-12-31',
    certificateUntil: END
  })
  const late = contextFor([port], { names, trust, clock: { now: () => END - 29 * 86_400_000 } })
  const soon = { outcome: 'degraded', code: 'tls.expiring', detail: '2049-12-31', certificateUntil: END }
  expect(await run(target, late)).toMatchObject(soon)
  const page = httpTarget(`https://test:${port}/`, { certificateDays: 30 })
  expect(await run(page, late)).toMatchObject(soon)
  expect(await run(page, context)).toMatchObject({ outcome: 'up', detail: 'HTTP 200 OK', certificateUntil: END })
})

it('a server that speaks no TLS, hangs up or says nothing in the handshake is told apart', async () => {
  const plain = await servers.tcp((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
  const gone = await servers.tcp((socket) => socket.destroy())
  const silent = await servers.tcp(() => undefined)
  const old = await servers.listen(
    createTls({ key, cert, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' })
  )
  const context = contextFor([plain, gone, silent, old.port])
  const code = async (port: number) => (await run(tlsTarget(port), context, { timeoutMs: 150 })).code
  expect(await code(plain)).toBe('tls.handshake')
  expect(await code(gone)).toBe('tls.handshake')
  expect(await code(silent)).toBe('timeout')
  expect(await code(old.port)).toBe('tls.version')
})

it('a forbidden host or server name is not asked', async () => {
  const { port } = await secureServer()
  expect(await run(tlsTarget(port), contextFor([]))).toMatchObject({ outcome: 'unknown', code: 'network.forbidden' })
  expect(await run(tlsTarget(port, { serverName: 'a b' }), contextFor([port]))).toMatchObject({ outcome: 'unknown' })
})

it('TCP: a port that answers is up, a closed one refused, a forbidden one not asked', async () => {
  const port = await servers.tcp(() => undefined)
  const closed = await servers.closedPort()
  const context = contextFor([port, closed])
  const tcp = (to: number, host = '127.0.0.1'): ProbeTarget => ({ kind: 'tcp', host, port: to, slowMs: 0 })
  expect(await run(tcp(port), context)).toMatchObject({ outcome: 'up', detail: `127.0.0.1 ${port}` })
  expect(await run(tcp(port, '0x7f.1'), context)).toMatchObject({ outcome: 'up' })
  expect(await run(tcp(closed), context)).toMatchObject({ outcome: 'down', code: 'tcp.refused' })
  expect(await run(tcp(port, '::ffff:127.0.0.2'), context)).toMatchObject({
    outcome: 'unknown',
    code: 'network.forbidden'
  })
})
