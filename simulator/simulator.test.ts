import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { loadInventory } from '#province/load.ts'
import { obey } from './commands.ts'
import { openControlPage } from './control-page.ts'
import { createSimulator, type Simulator } from './simulator.ts'

const inventory = loadInventory('2023-11-30')
const clock = manualClock(Date.parse('2023-11-14T09:00:00+07:00'))

let simulator: Simulator
beforeAll(async () => {
  simulator = await createSimulator({ seed: 6, clock, catalogue: inventory, slowByMs: 300 })
})
beforeEach(() => simulator.mend())
afterAll(() => simulator.stop())

const standIn = (system: string) => simulator.standIns.find((one) => one.system === system)!

type Asked = { status: number; body: string; tookMs: number }
/** Asks a stand-in as a prober would; rejects with the code of the error. */
function ask(system: string, path = '/', patienceMs = 5_000): Promise<Asked> {
  const { face, host, port } = standIn(system)
  const started = performance.now()
  const send = face === 'secure' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = send(
      {
        host,
        port: port!,
        path,
        agent: false,
        timeout: patienceMs,
        ...(face === 'secure' ? { ca: simulator.authority } : {})
      },
      async (response) => {
        let body = ''
        for await (const chunk of response) body += String(chunk)
        resolve({ status: response.statusCode!, body, tookMs: performance.now() - started })
      }
    )
    request.on('timeout', () => request.destroy(Object.assign(new Error('timeout'), { code: 'TIMEOUT' })))
    request.on('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code)))
    request.end()
  })
}
async function opens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

describe('the simulator', () => {
  it('stands in for every system of the catalogue but the sums and ourselves', () => {
    const missing = inventory.systems.map((system) => system.id).filter((id) => standIn(id) === undefined)
    expect(missing).toEqual(['camera-csgt', 'soc', 'cam-bien'])
    expect(simulator.standIns.filter((one) => one.system === 'uplink')).toHaveLength(2)
    expect(
      simulator.standIns.filter((one) => one.face === 'heartbeat' && one.system.startsWith('camera-csgt-'))
    ).toHaveLength(13)
  })

  it('answers pages, health documents and open ports', async () => {
    expect((await ask('hue-s')).body).toContain('<h1>Hue-S</h1>')
    const health = JSON.parse((await ask('ndxp', '/health')).body) as {
      status: string
      adapters: Record<string, string>
    }
    expect(health.status).toBe('UP')
    expect(Object.keys(health.adapters)).toHaveLength(13)
    expect(await opens(standIn('tslcd').port!)).toBe(true)
    expect((await ask('vneid')).status).toBe(200)
  })

  it('refuses while down, at the same port again when mended', async () => {
    const { port } = standIn('lgsp')
    await simulator.break('lgsp', 'down')
    await expect(ask('lgsp', '/health')).rejects.toThrow('ECONNREFUSED')
    await simulator.mend('lgsp')
    expect((await ask('lgsp', '/health')).status).toBe(200)
    expect(standIn('lgsp').port).toBe(port)
  })

  it('takes the parts of Hue-S down with it and nothing that only calls it', async () => {
    await simulator.break('hue-s', 'down')
    expect(
      simulator
        .broken()
        .map((fault) => fault.system)
        .sort()
    ).toEqual(['hue-s', 'hue-s-camera', 'vi-hue-s'])
    expect((await ask('csdl-giao-duc')).status).toBe(200)
  })

  it('answers late when slow, with an error page when in error, not at all when silent', async () => {
    await simulator.break('vbdlis', 'slow')
    expect((await ask('vbdlis')).tookMs).toBeGreaterThan(290)
    await simulator.break('vbdlis', 'errors')
    expect(await ask('vbdlis')).toMatchObject({ status: 503, body: expect.stringContaining('đang gặp lỗi') as string })
    await simulator.break('vbdlis', 'silence')
    await expect(ask('vbdlis', '/', 100)).rejects.toThrow('TIMEOUT')
  })

  it('shows a certificate of another name only while it is told to', async () => {
    await simulator.break('vneid', 'wrong_certificate')
    await expect(ask('vneid')).rejects.toThrow('ERR_TLS_CERT_ALTNAME_INVALID')
    await simulator.mend('vneid')
    expect((await ask('vneid')).status).toBe(200)
  })

  it('answers as before while it rejects for business reasons', async () => {
    await simulator.break('tra-cuu-bhyt', 'business_rejections')
    expect(JSON.parse((await ask('tra-cuu-bhyt', '/health')).body)).toMatchObject({ status: 'UP' })
  })

  it('cuts our own line: nobody is reached, no device is heard, all come back', async () => {
    await simulator.break('uplink', 'down')
    expect(simulator.cut).toBe(true)
    await expect(ask('web-ioc')).rejects.toThrow('ECONNREFUSED')
    expect(simulator.beat('kiosk-hcc')).toBe('silent')
    await simulator.mend('uplink')
    expect((await ask('web-ioc')).status).toBe(200)
    expect(simulator.beat('kiosk-hcc')).toBe('ok')
  })

  it('lets devices fall silent one by one', async () => {
    await simulator.break('camera-csgt-03', 'silence')
    expect(simulator.beat('camera-csgt-03')).toBe('silent')
    expect(simulator.beat('camera-csgt-04')).toBe('ok')
  })

  it.each([
    ['nobody', 'down', 'no stand-in'],
    ['hue-s', 'wrong_certificate', 'no certificate'],
    ['uplink', 'slow', 'can only be down'],
    ['hue-s', 'melt', 'none of']
  ])('refuses to break %s by %s', async (system, kind, why) => {
    await expect(simulator.break(system, kind as 'down')).rejects.toThrow(why)
  })

  it('remembers when it was broken: records of that time stay as they were', async () => {
    const from = clock.now()
    await simulator.break('tien-nuoc', 'down')
    clock.advance(1_200_000)
    await simulator.mend('tien-nuoc')
    clock.advance(1_200_000)
    const water = simulator
      .recordsBetween(from, clock.now())
      .filter((record) => record.provider === 'tien-nuoc')
      .map((record) => ({ at: Date.parse(record.times.request_in) - from, outcome: record.technical.outcome }))
    for (const { at, outcome } of water) expect(outcome).toBe(at < 1_200_000 ? 'failure' : 'success')
    expect(water.some(({ at }) => at < 1_200_000) && water.some(({ at }) => at >= 1_200_000)).toBe(true)
  })

  it('suggests a probe for every stand-in, two for our own line', () => {
    const probes = simulator.probes({ intervalMs: 30_000 })
    expect(probes).toHaveLength(simulator.standIns.length)
    expect(probes.filter((probe) => probe.system === 'uplink')).toHaveLength(2)
    expect(probes.find((probe) => probe.system === 'vneid')!.target).toMatchObject({
      kind: 'http',
      url: expect.stringMatching(/^https:/) as string
    })
    expect(probes.find((probe) => probe.system === 'led')!.target.kind).toBe('heartbeat')
  })
})

describe('its control page', () => {
  it('breaks and mends, for programs and for a browser of its own', async () => {
    const control = await openControlPage(simulator, 0)
    try {
      const post = (path: string, headers: Record<string, string> = {}) =>
        fetch(`${control.url}${path}`, { method: 'POST', headers, redirect: 'manual' })
      expect(await (await post('/break/hue-s/down')).text()).toBe('hue-s: down\n')
      await expect(ask('hue-s')).rejects.toThrow('ECONNREFUSED')
      expect(((await (await fetch(`${control.url}/state`)).json()) as { broken: unknown[] }).broken).toHaveLength(3)
      expect((await post('/mend/hue-s', { origin: control.url })).status).toBe(303)
      expect((await ask('hue-s')).status).toBe(200)
      expect((await fetch(control.url)).headers.get('content-type')).toContain('text/html')
      expect((await post('/break/nobody/down')).status).toBe(422)
      expect((await post('/break/hue-s/down/now')).status).toBe(404)
      expect((await post('/break/hue-s/down', { origin: 'http://elsewhere.example.vn' })).status).toBe(403)
      expect(simulator.broken()).toEqual([])
    } finally {
      await control.close()
    }
  })

  it('does not listen to another name', async () => {
    const control = await openControlPage(simulator, 0)
    try {
      const port = Number(new URL(control.url).port)
      const status = await new Promise<number>((resolve) =>
        httpRequest(
          { host: '127.0.0.1', port, path: '/mend', method: 'POST', headers: { host: 'rebound.example.vn' } },
          (response) => {
            response.resume()
            resolve(response.statusCode!)
          }
        ).end()
      )
      expect(status).toBe(403)
    } finally {
      await control.close()
    }
  })
})

describe('its commands', () => {
  it('say what is wrong with a line', async () => {
    for (const line of ['', 'brake hue-s down', 'break hue-s', 'break hue-s down now please', 'list all'])
      await expect(obey(simulator, line), line).rejects.toThrow(/break SYSTEM/)
    expect(await obey(simulator, 'broken')).toBe('nothing is broken')
    expect((await obey(simulator, 'list')).split('\n')).toHaveLength(simulator.standIns.length)
  })
})
