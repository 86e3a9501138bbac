import { createServer as createHttps } from 'node:https'
import { createServer as createTls } from 'node:tls'
import { afterAll, expect, it } from 'vitest'
import { selfSigned } from '#testing/certificate.ts'
import type { ProbeTarget } from '#core/probes/target.ts'
import { createAuthority, issueCertificate, newKeys } from '#testing/certificate-chain.ts'
import { contextFor, httpTarget, run, tableOfNames, testServers } from '#testing/probe-runs.ts'

import { Trust } from './trust.ts'

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
    trust: new Trust([cert]),
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
  const trust = new Trust([cert])
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

/*
 * A chain that was signed twice: leaf ← intermediate ← new root, and the new root signed by an old one that has ended.
 */
const YEAR = 365 * 86_400_000
/** OpenSSL judges by the real clock; certificates know whole seconds. */
const NOW = Math.floor(Date.now() / 1_000) * 1_000
const ends = { leaf: NOW + YEAR, between: NOW + 2 * YEAR, root: NOW + 9 * YEAR, ended: NOW - 4 * YEAR }

function crossSigned(leafUntil = ends.leaf, betweenUntil = ends.between) {
  const [old, root, between, leaf] = [newKeys(), newKeys(), newKeys(), newKeys()]
  const from = NOW - 10 * YEAR
  const sign = (subject: string, of: typeof old, issuer: string, by: typeof old, until: number, names?: string[]) =>
    issueCertificate({ subject, issuer, publicKey: of.publicKey, signedBy: by.privateKey, from, until, names })
  return {
    oldRoot: sign('Old Root', old, 'Old Root', old, ends.ended),
    root: sign('New Root', root, 'New Root', root, ends.root),
    cross: sign('New Root', root, 'Old Root', old, ends.ended),
    between: sign('Between', between, 'New Root', root, betweenUntil),
    leaf: sign('portal.example', leaf, 'Between', between, leafUntil, ['portal.example']),
    key: String(leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  }
}

/** What http and tls say of a server that presents these certificates to somebody who trusts those. */
async function seen(presented: string[], leafKey: string, trusted: string[]) {
  const { port } = await servers.listen(
    createHttps({ key: leafKey, cert: presented.join('') }, (_request, response) => response.end('ok'))
  )
  const context = contextFor([port], {
    trust: new Trust(trusted),
    names: tableOfNames({ 'portal.example': ['127.0.0.1'] }),
    clock: { now: () => NOW }
  })
  const page = await run(httpTarget(`https://portal.example:${port}/`, { certificateDays: 14 }), context)
  const bare = await run(tlsTarget(port, { host: 'portal.example', certificateDays: 14 }), context)
  expect([bare.outcome, bare.code, bare.certificateUntil]).toEqual([page.outcome, page.code, page.certificateUntil])
  return page
}

it('the chain that holds counts, not what else is presented', async () => {
  const chain = crossSigned()
  const { leaf, between, cross, oldRoot, root, key: leafKey } = chain
  const up = { outcome: 'up', code: '', certificateUntil: ends.leaf }
  for (const presented of [
    [leaf, between],
    [leaf, between, cross],
    [leaf, between, cross, oldRoot],
    [leaf, between, root],
    [leaf, cross, between],
    [leaf, between, createAuthority('Stranger', ends.ended - 3_650 * 86_400_000).certificate]
  ]) {
    expect(await seen(presented, leafKey, [root])).toMatchObject(up)
    expect(await seen(presented, leafKey, [oldRoot, root])).toMatchObject(up)
  }
})

it('what ends first on the chain that holds is told, and an ended one is down', async () => {
  const soon = NOW + 3 * 86_400_000
  const short = crossSigned(ends.leaf, soon)
  expect(await seen([short.leaf, short.between, short.cross], short.key, [short.root])).toMatchObject({
    outcome: 'degraded',
    code: 'tls.expiring',
    certificateUntil: soon
  })
  const over = crossSigned(ends.leaf, ends.ended)
  expect(await seen([over.leaf, over.between, over.cross], over.key, [over.root])).toMatchObject({
    outcome: 'down',
    code: 'tls.expired',
    certificateUntil: ends.ended
  })
  // Nobody trusts the new root: the old one has ended, and so has the way over it.
  const { leaf, between, cross, oldRoot, key: leafKey } = crossSigned()
  expect(await seen([leaf, between, cross], leafKey, [oldRoot])).toMatchObject({
    outcome: 'down',
    code: 'tls.expired',
    certificateUntil: ends.ended
  })
})

it('a certificate whose names are written wrongly is a wrong name, and ends nothing', async () => {
  const own = newKeys()
  const about = { subject: 'x', issuer: 'x', publicKey: own.publicKey, signedBy: own.privateKey }
  const odd = issueCertificate({ ...about, from: NOW - YEAR, until: END, names: ['a\0b', '"', ',', '\u00ff'] })
  const leafKey = String(own.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  expect(await seen([odd], leafKey, [odd])).toMatchObject({ outcome: 'down', code: 'tls.name' })
})
