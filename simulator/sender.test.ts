import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { loadInventory } from '#province/load.ts'
import { createHeartbeats } from './heartbeats.ts'
import { createExchangeSender } from './sender.ts'
import { createSimulator, type Simulator } from './simulator.ts'

const clock = manualClock(Date.parse('2023-11-14T09:00:00+07:00'))
type Heard = { path: string; headers: Record<string, string | string[] | undefined>; body: string }
let heard: Heard[] = []
let answerWith = 200
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  heard.push({ path: request.url!, headers: request.headers, body })
  response.writeHead(answerWith).end()
})
let url: string
let simulator: Simulator
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  simulator = await createSimulator({ seed: 6, clock, catalogue: loadInventory('2023-11-30') })
})
beforeEach(async () => {
  heard = []
  answerWith = 200
  await simulator.mend()
})
afterAll(async () => {
  await simulator.stop()
  server.close()
  server.closeAllConnections()
})

const logged: string[] = []
const sender = () =>
  createExchangeSender({ simulator, url, token: 'secret', clock, from: clock.now(), log: (line) => logged.push(line) })
const ids = () =>
  heard.flatMap(({ body }) => body.split('\n').map((line) => JSON.parse(line) as { id: string; hop: string }))

describe('exchange records on their way to the intake', () => {
  it('go out once each, with the token', async () => {
    const sending = sender()
    const from = clock.now()
    for (let turn = 0; turn < 5; turn++) {
      clock.advance(20_000)
      await sending.step()
    }
    const expected = simulator.recordsBetween(from, clock.now())
    expect(
      ids()
        .map(({ id, hop }) => `${id} ${hop}`)
        .sort()
    ).toEqual(expected.map(({ id, hop }) => `${id} ${hop}`).sort())
    expect(heard[0]).toMatchObject({ path: '/v1/events', headers: { authorization: 'Bearer secret' } })
  })

  it('come again byte for byte when they were not acknowledged', async () => {
    const sending = sender()
    clock.advance(30_000)
    answerWith = 503
    expect((await sending.step()).sent).toBe(0)
    clock.advance(30_000)
    answerWith = 200
    await sending.step()
    expect(heard[1]!.body).toBe(heard[0]!.body)
    expect(logged.at(-1)).toContain('503')
  })

  it('wait while our own line is cut', async () => {
    const sending = sender()
    clock.advance(30_000)
    await simulator.break('uplink', 'down')
    expect((await sending.step()).sent).toBe(0)
    expect(heard).toEqual([])
    await simulator.mend('uplink')
    expect((await sending.step()).sent).toBeGreaterThan(0)
  })

  it('do not pile up: after an hour away only the last minutes are sent', async () => {
    const sending = sender()
    clock.advance(3_600_000)
    await sending.step()
    const oldest = Math.min(
      ...heard.flatMap(({ body }) =>
        body
          .split('\n')
          .map((line) => Date.parse((JSON.parse(line) as { times: { request_in: string } }).times.request_in))
      )
    )
    expect(oldest).toBeGreaterThanOrEqual(clock.now() - 600_000)
    expect(logged.at(-1)).toContain('left out')
  })
})

describe('heartbeats', () => {
  it('are signed over probe, time and body, and say how the device feels', async () => {
    const beats = createHeartbeats({
      simulator,
      reporters: [
        { system: 'kiosk-hcc', probe: 'p1', key: 'k1' },
        { system: 'led', probe: 'p2', key: 'k2' },
        { system: 'camera-csgt-01', probe: 'p3', key: 'k3' }
      ],
      url,
      clock,
      log: (line) => logged.push(line)
    })
    await simulator.break('led', 'errors')
    await simulator.break('camera-csgt-01', 'silence')
    expect(await beats.step()).toBe(2)
    const kiosk = heard.find((one) => one.path === '/v1/heartbeats/p1')!
    const digest = createHash('sha256').update(kiosk.body).digest('hex')
    expect(kiosk.headers['x-soc-signature']).toBe(
      createHmac('sha256', 'k1').update(`p1.${clock.now()}.${digest}`).digest('hex')
    )
    expect(kiosk.headers['x-soc-time']).toBe(String(clock.now()))
    expect(JSON.parse(heard.find((one) => one.path === '/v1/heartbeats/p2')!.body)).toMatchObject({ state: 'degraded' })
    expect(heard).toHaveLength(2)
  })

  it('that are refused are told once a device', async () => {
    const lines: string[] = []
    const beats = createHeartbeats({
      simulator,
      reporters: [{ system: 'led', probe: 'p2', key: 'k2' }],
      url,
      clock,
      log: (line) => lines.push(line)
    })
    answerWith = 403
    expect([await beats.step(), await beats.step()]).toEqual([0, 0])
    expect(lines).toEqual(['heartbeat of led: HTTP 403'])
  })
})
