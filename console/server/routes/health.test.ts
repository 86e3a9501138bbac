import { afterEach, beforeEach, expect, it } from 'vitest'
import type { MaintenanceRow, NewHeartbeatKey, Outage, ProbeRow, SystemDetail, Wall } from '#core/api/health.ts'
import { UPLINK, type Probe, type ProbeResult } from '#core/health.ts'
import { HOUR_MS } from '#core/time.ts'
import { loadInventory } from '#province/load.ts'
import { CITIZEN, START, testConsole, type Person, type TestConsole } from '#testing/console.ts'
import {
  heartbeatDraft,
  httpDraft,
  measureProvince,
  probesThread,
  resultOf,
  type MeasuredHealth
} from '#testing/measured-health.ts'

const inventory = loadInventory('2023-11-30')
/** Owns Hue-S, as the catalogue concludes. */
const IOC = 'H57.hueioc'
const OTHER = 'H57.syt'

let measured: MeasuredHealth
let soc: TestConsole
let tries: Probe[]
beforeEach(() => {
  tries = []
  soc = testConsole()
  measured = measureProvince(soc.parts)
  soc.parts.health.attach(
    probesThread((probe) => {
      tries.push(probe)
      return { ...resultOf(probe.id, soc.parts.clock.now()), detail: `trang có ${CITIZEN}` }
    })
  )
})
afterEach(() => soc.close())

async function ask<T>(person: Person, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) {
  const answer = await soc.app.inject({
    method,
    url,
    headers: person.headers,
    ...(body === undefined ? {} : { payload: body })
  })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : (answer.json() as T), text: answer.body }
}
const acts = () => soc.parts.control.all<{ act: string }>('SELECT act FROM audit ORDER BY id').map(({ act }) => act)

it('the wall shows all 46 models, and every figure passes its schema unchanged', async () => {
  const { status, body } = await ask<Wall>(soc.person('analyst'), 'GET', '/api/health/wall')
  expect(status).toBe(200)
  expect(body!.models.map((model) => model.id)).toEqual(Array.from({ length: 46 }, (_, index) => index + 1))
  expect(body).toEqual(measured.health.wall())
})

it('an outage says which unit was asked about it, and when', async () => {
  const { incident } = measured.health.wall().outages[0]!
  const analyst = soc.person('analyst')
  const words = { vi: 'x', en: '' }
  soc.parts.tasks.send(
    {
      ...{ unit: IOC, alerts: [], incident, title: words, what: words, steps: [words], contact: null },
      deadline: soc.parts.clock.now() + HOUR_MS
    },
    { id: analyst.id, name: 'Trực ban' }
  )
  const { body } = await ask<Wall>(analyst, 'GET', '/api/health/wall')
  expect(body!.outages[0]!.notified).toEqual({
    to: inventory.unit(IOC)!.name,
    at: soc.parts.clock.now(),
    acknowledgedAt: null
  })
})

it('the killed Hue-S is one outage with ten models', async () => {
  const { body } = await ask<Wall>(soc.person('leader'), 'GET', '/api/health/wall')
  const [outage, ...more] = body!.outages
  expect(more).toEqual([])
  expect([outage!.down, outage!.degraded]).toEqual([
    [22, 23, 27, 44],
    [2, 18, 24, 25, 28, 32]
  ])
})

it('alert and incident of an outage are named to those who may open them', async () => {
  const named = async (person: Person) => {
    const { body } = await ask<Wall>(person, 'GET', '/api/health/wall')
    const { alert, incident } = body!.outages[0] as Outage
    return [alert, incident]
  }
  const [{ alert, incident } = expect.fail()] = measured.health.wall().outages
  expect([alert, incident]).toEqual([expect.stringMatching(/^CB-\d{4}$/), expect.stringMatching(/^VL-\d{4}$/)])
  expect(await named(soc.person('analyst'))).toEqual([alert, incident])
  expect(await named(soc.person('owner', [IOC]))).toEqual([alert, incident])
  expect(await named(soc.person('owner', [OTHER]))).toEqual([null, null])
  expect(await named(soc.person('leader'))).toEqual([null, null])
})

it('an owner sees every model and system, and probes of its own systems only', async () => {
  const owner = soc.person('owner', [IOC])
  expect((await ask<unknown[]>(owner, 'GET', '/api/systems')).body).toHaveLength(inventory.systems.length)
  const probes = (await ask<ProbeRow[]>(owner, 'GET', '/api/probes')).body!
  expect(probes.length).toBeGreaterThan(0)
  expect(new Set(probes.map((probe) => inventory.system(probe.draft.system)?.owner))).toEqual(new Set([IOC]))
  expect((await ask<SystemDetail>(owner, 'GET', '/api/systems/qlvb')).body!.probes).toEqual([])
  expect((await ask<SystemDetail>(owner, 'GET', '/api/systems/hue-s')).body!.probes.length).toBeGreaterThan(0)
  expect((await ask(owner, 'GET', `/api/probes/${measured.probeOf('qlvb')}`)).status).toBe(404)
})

it('no address of a probe reaches a leader, on any page', async () => {
  const leader = soc.person('leader')
  for (const url of ['/api/health/wall', '/api/systems', '/api/systems/hue-s', '/api/models/22/health'])
    expect((await ask(leader, 'GET', url)).text).not.toContain('example.vn')
})

it('what is not in the catalogue answers 404', async () => {
  const analyst = soc.person('analyst')
  expect((await ask(analyst, 'GET', '/api/models/47/health')).body).toMatchObject({ code: 'model.not_found' })
  expect((await ask(analyst, 'GET', '/api/systems/khong-co')).body).toMatchObject({ code: 'system.not_found' })
  expect((await ask(analyst, 'GET', '/api/probes/khong-co')).body).toMatchObject({ code: 'probe.not_found' })
})

it('a probe is made, changed and removed, each time on record', async () => {
  const admin = soc.person('admin')
  const made = await ask<ProbeRow>(admin, 'POST', '/api/probes', httpDraft('hue-s', 'Hue-S'))
  expect(made).toMatchObject({ status: 200, body: { state: 'UNKNOWN', kind: 'http' } })
  const { id } = made.body!
  const changed = await ask<ProbeRow>(admin, 'PATCH', `/api/probes/${id}`, { enabled: false })
  expect(changed.body!.draft).toMatchObject({ enabled: false, name: 'Trang Hue-S' })
  expect((await ask(admin, 'DELETE', `/api/probes/${id}`)).status).toBe(204)
  expect((await ask(admin, 'GET', `/api/probes/${id}`)).status).toBe(404)
  expect(acts()).toEqual(['probe.created', 'probe.changed', 'probe.removed'])
})

it('a probe can watch our own line, but no system that is not in the catalogue', async () => {
  const admin = soc.person('admin')
  expect((await ask(admin, 'POST', '/api/probes', httpDraft(UPLINK, 'x'))).status).toBe(200)
  expect(await ask(admin, 'POST', '/api/probes', httpDraft('khong-co', 'x'))).toMatchObject({
    status: 422,
    body: { code: 'system.unknown' }
  })
})

it('drafts out of bounds are refused before anything is made', async () => {
  const admin = soc.person('admin')
  const good = httpDraft('hue-s', 'x')
  const bad = [
    { ...good, intervalMs: 1 },
    { ...good, timeoutMs: 3_600_000 },
    { ...good, name: '' },
    { ...good, target: { ...good.target, url: `https://x/${'a'.repeat(2000)}` } },
    { ...good, target: { kind: 'tcp', host: 'a', port: 70_000, slowMs: 0 } },
    { ...good, target: { kind: 'ssh', host: 'a' } }
  ]
  const before = measured.health.probes().length
  for (const draft of bad) expect((await ask(admin, 'POST', '/api/probes', draft)).status).toBe(400)
  expect(measured.health.probes()).toHaveLength(before)
})

it('a heartbeat key is shown once, whole, with a command that carries it', async () => {
  const admin = soc.person('admin')
  const beat = measured.heartbeat
  const { body } = await ask<NewHeartbeatKey>(admin, 'POST', `/api/probes/${beat}/heartbeat-key`)
  const { key } = body!
  expect(key).toMatch(/^[\w-]{43}$/)
  expect(measured.health.heartbeatKeys().get(beat)?.key).toBe(key)
  expect(body!.snippets[0]!.text).toContain(`KEY='${key}'`)
  expect(body!.snippets[0]!.text).toContain('http://192.0.2.10:8046/v1/heartbeats/$PROBE')
  for (const url of ['/api/probes', `/api/probes/${beat}`])
    expect((await ask(admin, 'GET', url)).text).not.toContain(key)
  const page = measured.probeOf('hue-s')
  expect((await ask(admin, 'POST', `/api/probes/${page}/heartbeat-key`)).body).toMatchObject({
    code: 'probe.no_heartbeat'
  })
  expect(JSON.stringify(soc.parts.control.sql('SELECT * FROM audit').all())).not.toContain(key)
})

it('a try runs once, is short, is masked, is on record and changes nothing', async () => {
  const analyst = soc.person('analyst')
  const before = JSON.stringify(measured.health.probes())
  const answer = await ask<{ detail: string }>(analyst, 'POST', '/api/probes/try', {
    ...httpDraft('hue-s', 'x'),
    attempts: 5,
    timeoutMs: 60_000
  })
  expect(answer.status).toBe(200)
  expect(answer.body!.detail).toBe('trang có 046*******89')
  expect(tries).toEqual([expect.objectContaining({ attempts: 1, timeoutMs: 15_000 })])
  expect(JSON.stringify(measured.health.probes())).toBe(before)
  expect(acts()).toEqual(['probe.tried'])
})

it('a try at a forbidden network is refused in words, and on record', async () => {
  const draft = httpDraft('hue-s', 'x')
  const target = { ...draft.target, url: 'http://169.254.169.254/latest' }
  const answer = await ask(soc.person('analyst'), 'POST', '/api/probes/try', { ...draft, target })
  expect(answer).toMatchObject({ status: 422, body: { code: 'network.forbidden' } })
  expect(acts()).toEqual(['probe.tried', 'refused'])
})

it('a heartbeat cannot be tried', async () => {
  const answer = await ask(soc.person('analyst'), 'POST', '/api/probes/try', heartbeatDraft('hue-s'))
  expect(answer).toMatchObject({ status: 422, body: { code: 'probe.not_asked' } })
  expect(tries).toEqual([])
})

it('one person gets twenty tries a minute, and does not use up those of another', async () => {
  const [one, other] = [soc.person('analyst'), soc.person('analyst')]
  const statuses: number[] = []
  for (let shot = 0; shot < 21; shot++)
    statuses.push((await ask(one, 'POST', '/api/probes/try', httpDraft('hue-s', 'x'))).status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(20)
  expect(statuses.at(-1)).toBe(429)
  expect((await ask(other, 'POST', '/api/probes/try', httpDraft('hue-s', 'x'))).status).toBe(200)
})

it('eight tries at once, the ninth is asked to come again', async () => {
  const waiting: ((result: ProbeResult) => void)[] = []
  const full = Promise.withResolvers<void>()
  soc.parts.health.attach(
    probesThread(
      () =>
        new Promise<ProbeResult>((done) => {
          waiting.push(done)
          if (waiting.length === 8) full.resolve()
        })
    )
  )
  const [one, other] = [soc.person('analyst'), soc.person('analyst')]
  const running = Array.from({ length: 8 }, () => ask(one, 'POST', '/api/probes/try', httpDraft('hue-s', 'x')))
  await full.promise
  expect(await ask(other, 'POST', '/api/probes/try', httpDraft('hue-s', 'x'))).toMatchObject({
    status: 429,
    body: { code: 'probe.busy' }
  })
  for (const done of waiting) done(resultOf('try', soc.parts.clock.now()))
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual(Array(8).fill(200))
})

it('maintenance is planned for known systems, in order, and cancelled', async () => {
  const analyst = soc.person('analyst')
  const draft = { systems: ['hue-s', 'hue-s'], from: START, to: START + HOUR_MS, reason: ' Nâng cấp ' }
  const made = await ask<MaintenanceRow>(analyst, 'POST', '/api/maintenance', draft)
  expect(made.body).toMatchObject({ status: 'running', reason: 'Nâng cấp', systems: [{ id: 'hue-s', name: 'Hue-S' }] })
  expect((await ask<Wall>(analyst, 'GET', '/api/health/wall')).body!.counts.MAINTENANCE).toBeGreaterThan(0)
  for (const [change, code] of [
    [{ systems: ['khong-co'] }, 'system.unknown'],
    [{ to: draft.from }, 'maintenance.order']
  ] as const)
    expect((await ask(analyst, 'POST', '/api/maintenance', { ...draft, ...change })).body).toMatchObject({ code })
  const cancelled = await ask<MaintenanceRow>(analyst, 'POST', `/api/maintenance/${made.body!.id}/cancel`)
  expect(cancelled.body!.status).toBe('cancelled')
  expect(acts().filter((act) => act !== 'refused')).toEqual(['maintenance.planned', 'maintenance.cancelled'])
})

it('an owner sees planned work of its own systems only', async () => {
  const planned = { from: START, to: START + HOUR_MS, reason: 'x' }
  measured.health.addMaintenance({ systems: ['hue-s', 'qlvb'], ...planned }, 'x')
  measured.health.addMaintenance({ systems: ['qlvb'], ...planned }, 'x')
  const { body } = await ask<MaintenanceRow[]>(soc.person('owner', [IOC]), 'GET', '/api/maintenance')
  expect(body!.map((row) => row.systems.map((system) => system.id))).toEqual([['hue-s']])
})
