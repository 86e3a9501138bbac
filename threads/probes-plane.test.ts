import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readConfig } from '#core/config.ts'
import type { Probe, ProbeResult } from '#core/health.ts'
import { startProbesPlane } from './probes-plane.ts'

const server: Server = createServer((request, response) => {
  response.statusCode = request.url === '/broken' ? 500 : 200
  response.end('ok')
})
let port: number
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  port = (server.address() as AddressInfo).port
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const probeOf = (id: string, path = '/', change: Partial<Probe> = {}): Probe => ({
  id,
  name: id,
  system: 'hue-s',
  origin: 'demonstration',
  target: {
    ...{ kind: 'http', url: `http://127.0.0.1:${port}${path}`, method: 'GET', statuses: [], keyword: 'OK' },
    ...{ notKeyword: '', jsonPath: '', jsonValue: '', slowMs: 0, certificateDays: 0, redirects: 0 }
  },
  intervalMs: 3_600_000,
  timeoutMs: 5_000,
  attempts: 1,
  retryMs: 0,
  enabled: true,
  critical: true,
  ...change
})

it('definitions go down, results come up until they are taken, and the end is orderly', async () => {
  const results: ProbeResult[] = []
  const warnings: string[] = []
  let refusals = 1
  const hearing: { count: number; wake(): void }[] = []
  const heard = (count: number) => new Promise<void>((wake) => hearing.push({ count, wake }))
  const plane = await startProbesPlane(readConfig({}), {
    results(batch) {
      if (refusals-- > 0) throw new Error('the database is busy')
      results.push(...batch)
      for (const { count, wake } of hearing) if (results.length >= count) wake()
    },
    warned: (thread, message) => warnings.push(`${thread}: ${message}`),
    failed: (thread, message) => warnings.push(`failed ${thread}: ${message}`)
  })
  const allow = { demonstration: [`127.0.0.1:${port}`] }
  const two = heard(2)
  plane.setSnapshot({ probes: [probeOf('good'), probeOf('broken', '/broken')], allow })
  await two
  expect(results.map(({ probe, outcome, code }) => [probe, outcome, code]).sort()).toEqual([
    ['broken', 'down', 'http.status'],
    ['good', 'up', '']
  ])
  expect(warnings).toEqual(['probes: results were not taken and will come again: the database is busy'])

  const three = heard(3)
  plane.recheck(['good'])
  await three
  expect(results[2]).toMatchObject({ probe: 'good', outcome: 'up' })
  expect(await plane.tryProbe(probeOf('tried'))).toMatchObject({ probe: 'tried', outcome: 'up' })
  // What the simulator is allowed is not allowed to real probes.
  expect(await plane.tryProbe(probeOf('real', '/', { origin: 'real' }))).toMatchObject({
    outcome: 'unknown',
    code: 'network.forbidden'
  })
  await plane.stop()
  expect(plane.status).toMatchObject({ probes: 2, kept: 0, dropped: 0 })
  await expect(plane.tryProbe(probeOf('late'))).rejects.toMatchObject({ code: 'probes.failed' })
  expect(results.length).toBe(3)
  expect(warnings.length).toBe(1)
})

it('a thread that cannot start says why', async () => {
  const told: string[] = []
  const starting = startProbesPlane(readConfig({ SOC_PROBE_CA: '/no/such/file' }), {
    results: () => undefined,
    warned: () => undefined,
    failed: (_thread, message) => told.push(message)
  })
  await expect(starting).rejects.toMatchObject({ code: 'probes.failed' })
  expect(told.length).toBe(1)
  expect(told[0]).toContain('SOC_PROBE_CA is "/no/such/file"')
})

it('a thread that dies is started anew with what it should run, as often as it takes', async () => {
  const warnings: string[] = []
  const failures: string[] = []
  const came = Promise.withResolvers<ProbeResult>()
  const plane = await startProbesPlane(
    readConfig({}),
    {
      results: (batch) => came.resolve(batch[0]!),
      warned(_thread, message) {
        warnings.push(message)
        // The second life dies of the same; then somebody sets it right.
        if (warnings.filter((text) => text.includes('nothing is measured')).length === 2)
          plane.setSnapshot({ probes: [probeOf('good')], allow: { demonstration: [`127.0.0.1:${port}`] } })
      },
      failed: (_thread, message) => failures.push(message)
    },
    [1, 1]
  )
  plane.setSnapshot({ probes: [null as never], allow: {} })
  expect(await came.promise).toMatchObject({ probe: 'good', outcome: 'up' })
  expect(await plane.tryProbe(probeOf('tried'))).toMatchObject({ outcome: 'up' })
  await plane.stop()
  expect(failures).toEqual([])
  expect(warnings.filter((text) => text.includes('nothing is measured')).length).toBe(2)
  expect(warnings.at(-1)).toBe('the thread runs again')
})
