import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { selfSigned } from '#testing/certificate.ts'
import { UPLINK } from '#core/health.ts'
import { LagWatch } from './lag.ts'
import { ProbeFault } from './fault.ts'
import { contextFor, httpTarget, probeOf, run, testServers } from '#testing/probe-runs.ts'
import { runProbe } from './runner.ts'
import { trustedBy } from './trust.ts'

const servers = testServers()
afterAll(() => servers.close())

/** A server that fails this many times, then answers. */
async function failing(times: number) {
  let asked = 0
  const port = await servers.http((_request, response) => {
    response.statusCode = ++asked > times ? 200 : 500
    response.end()
  })
  return { port, asked: () => asked, target: httpTarget(`http://127.0.0.1:${port}/`) }
}

it('a run tries again before it says down, and stops at the first success', async () => {
  const waits: number[] = []
  const wait = (ms: number) => Promise.resolve(void waits.push(ms))
  const once = await failing(1)
  expect(await run(once.target, contextFor([once.port], { wait }), { attempts: 3, retryMs: 700 })).toMatchObject({
    outcome: 'up',
    attempts: 2
  })
  expect(waits).toEqual([700])
  const always = await failing(9)
  expect(await run(always.target, contextFor([always.port], { wait }), { attempts: 3, retryMs: 100 })).toMatchObject({
    outcome: 'down',
    code: 'http.status',
    attempts: 3
  })
  expect(always.asked()).toBe(3)
  expect(waits).toEqual([700, 100, 100])
})

it('a result says when it was due and when its first attempt began, also when the clock is set back meanwhile', async () => {
  const clock = manualClock(1_000_000)
  const { port, target } = await failing(1)
  const wait = () => Promise.resolve(clock.advance(-500_000))
  const result = await runProbe(probeOf(target, { attempts: 2 }), 999_000, contextFor([port], { clock, wait }))
  expect(result).toMatchObject({ dueAt: 999_000, startedAt: 1_000_000, finishedAt: 1_000_000 })
})

it('what we lack ourselves is unknown, except for probes of our own uplink, whose point it is', async () => {
  const names = { addressesOf: () => Promise.reject(new ProbeFault('dns.unreachable', 'x', { whose: 'ours' })) }
  const context = contextFor([], { names })
  const target = httpTarget('http://portal.example/')
  expect(await run(target, context, { attempts: 2 })).toMatchObject({
    outcome: 'unknown',
    code: 'dns.unreachable',
    attempts: 2
  })
  expect(await run(target, context, { system: UPLINK })).toMatchObject({ outcome: 'down', code: 'dns.unreachable' })
})

it('an error nobody thought of is ours, not the site’s', async () => {
  const names = { addressesOf: () => Promise.reject(new TypeError('surprise')) }
  expect(await run(httpTarget('http://portal.example/'), contextFor([], { names }))).toMatchObject({
    outcome: 'unknown',
    code: 'probe.failed',
    detail: 'surprise'
  })
})

it('a timeout while this thread itself stood still is unknown', async () => {
  let monotonic = 0
  const lag = new LagWatch(() => monotonic)
  const port = await servers.http(() => {
    // Asked, and silent; meanwhile our own thread loses half a minute.
    monotonic = performance.now() + 30_000
    lag.tick()
  })
  const result = await run(httpTarget(`http://127.0.0.1:${port}/`), contextFor([port], { lag }), { timeoutMs: 100 })
  expect(result).toMatchObject({ outcome: 'unknown', code: 'probe.stalled' })
})

it('a run that is ended rejects, and closes what it held', async () => {
  let closed: () => void
  const gone = new Promise<void>((resolve) => (closed = resolve))
  const ending = new AbortController()
  const port = await servers.tcp((socket) => {
    socket.on('close', () => closed())
    socket.resume()
    socket.once('data', () => ending.abort())
  })
  const probe = probeOf(httpTarget(`http://127.0.0.1:${port}/`))
  await expect(runProbe(probe, 0, contextFor([port]), ending.signal)).rejects.toThrow('aborted')
  await gone
})

it('details are one bounded line, whatever a target says', async () => {
  const port = await servers.http((_request, response) => {
    response.writeHead(302, { location: `http://${'a'.repeat(3_000)}/` }).end()
  })
  const result = await run(httpTarget(`http://127.0.0.1:${port}/`, { redirects: 1 }), contextFor([port]))
  expect(result.code).toBe('network.forbidden')
  expect(result.detail.length).toBeLessThanOrEqual(300)
  const names = {
    addressesOf: () => Promise.reject(new ProbeFault('dns.failed', `a\r\nb\u0000\u202ec${'d'.repeat(900)}`))
  }
  const { detail } = await run(httpTarget('http://portal.example/'), contextFor([], { names }))
  expect(detail).toMatch(/^a b cd+…$/)
  expect(detail.length).toBe(300)
})

it('a heartbeat is not asked for', async () => {
  const target = { kind: 'heartbeat', everyMs: 60_000, graceMs: 0, officeHours: false } as const
  expect(await run(target, contextFor([]), { attempts: 3 })).toMatchObject({
    outcome: 'unknown',
    code: 'heartbeat.pushed'
  })
})

it('authorities come from Node and from a file; a file that cannot be read is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vl-ca-'))
  const file = join(folder, 'ca.pem')
  writeFileSync(file, selfSigned().certificate)
  expect(() => trustedBy(file)).not.toThrow()
  writeFileSync(file, 'no certificate')
  expect(() => trustedBy(file)).toThrow(`SOC_PROBE_CA is "${file}"`)
  rmSync(folder, { recursive: true })
  expect(() => trustedBy(file)).toThrow('SOC_PROBE_CA')
})

it('the watch knows a stall before anybody ticked, and forgets nothing that matters', () => {
  let now = 0
  const lag = new LagWatch(() => now)
  for (now = 100; now <= 1_000; now += 100) lag.tick()
  now = 1_000
  expect(lag.since(0)).toBe(0)
  now = 4_100
  expect(lag.since(0)).toBe(3_000)
  expect(lag.since(3_100)).toBe(1_000)
  lag.tick()
  expect(lag.since(0)).toBe(3_000)
  expect(lag.since(4_100)).toBe(0)
  expect(lag.longest).toBe(3_000)
})
