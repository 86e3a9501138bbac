import { afterEach, beforeEach, expect, test } from 'vitest'
import type {
  MaintenanceRow,
  NewHeartbeatKey,
  Outage,
  ProbeResultView,
  ProbeRow,
  SystemDetail,
  Wall
} from '#core/api/health.ts'
import { SocError } from '#core/errors.ts'
import { UPLINK } from '#core/health.ts'
import { loadInventory } from '#province/load.ts'
import { CITIZEN, START, testConsole, type Person, type TestConsole } from '#testing/console.ts'
import { heartbeatDraft, httpDraft, plainHealth, planeOf, type PlainHealth } from '#testing/plain-health.ts'

const inventory = loadInventory('2023-11-30')
/** Owns Hue-S, as the catalogue concludes. */
const IOC = 'H57.hueioc'
const OTHER = 'H57.syt'

let health: PlainHealth
let soc: TestConsole
let tries: unknown[]
beforeEach(() => {
  tries = []
  health = plainHealth(inventory, START)
  soc = testConsole({
    parts: {
      notifiedOf: (incident) =>
        incident === 'VL-0231' ? { to: 'Trung tâm IOC', at: START, acknowledgedAt: null } : null,
      health: planeOf(health, async (draft) => {
        tries.push(draft)
        if (draft.target.kind === 'http' && draft.target.url.includes('169.254'))
          throw new SocError('network.forbidden', 'may not be asked', {
            status: 422,
            params: { address: '169.254.0.1' }
          })
        return { ...health.probe('p-hue-s')!.results[0]!, detail: `trang có ${CITIZEN}` }
      })
    }
  })
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

test('the wall shows all 46 models, and every figure passes its schema unchanged', async () => {
  const { status, body } = await ask<Wall>(soc.person('analyst'), 'GET', '/api/health/wall')
  expect(status).toBe(200)
  expect(body!.models.map((model) => model.id)).toEqual(Array.from({ length: 46 }, (_, index) => index + 1))
  const notified = { to: 'Trung tâm IOC', at: START, acknowledgedAt: null }
  expect(body).toEqual({
    ...health.wall(),
    outages: health.wall().outages.map((outage) => ({ ...outage, notified }))
  })
})

test('the killed Hue-S is one outage with ten models', async () => {
  const { body } = await ask<Wall>(soc.person('leader'), 'GET', '/api/health/wall')
  const [outage, ...more] = body!.outages
  expect(more).toEqual([])
  expect([outage!.down, outage!.degraded]).toEqual([
    [22, 23, 27, 44],
    [2, 18, 24, 25, 28, 32]
  ])
})

test('alert and incident of an outage are named to those who may open them', async () => {
  const named = async (person: Person) => {
    const { body } = await ask<Wall>(person, 'GET', '/api/health/wall')
    const { alert, incident } = body!.outages[0] as Outage
    return [alert, incident]
  }
  expect(await named(soc.person('analyst'))).toEqual(['CB-00001', 'VL-0231'])
  expect(await named(soc.person('owner', [IOC]))).toEqual(['CB-00001', 'VL-0231'])
  expect(await named(soc.person('owner', [OTHER]))).toEqual([null, null])
  expect(await named(soc.person('leader'))).toEqual([null, null])
})

test('an owner sees every model and system, and probes of its own systems only', async () => {
  const owner = soc.person('owner', [IOC])
  expect((await ask<unknown[]>(owner, 'GET', '/api/systems')).body).toHaveLength(inventory.systems.length)
  const probes = (await ask<ProbeRow[]>(owner, 'GET', '/api/probes')).body!
  expect(probes.length).toBeGreaterThan(0)
  expect(new Set(probes.map((probe) => inventory.system(probe.draft.system)?.owner))).toEqual(new Set([IOC]))
  expect((await ask<SystemDetail>(owner, 'GET', '/api/systems/qlvb')).body!.probes).toEqual([])
  expect((await ask<SystemDetail>(owner, 'GET', '/api/systems/hue-s')).body!.probes.length).toBeGreaterThan(0)
  expect((await ask(owner, 'GET', '/api/probes/p-qlvb')).status).toBe(404)
})

test('no address of a probe reaches a leader, on any page', async () => {
  const leader = soc.person('leader')
  for (const url of ['/api/health/wall', '/api/systems', '/api/systems/hue-s', '/api/models/22/health'])
    expect((await ask(leader, 'GET', url)).text).not.toContain('example.vn')
})

test('what is not in the catalogue answers 404', async () => {
  const analyst = soc.person('analyst')
  expect((await ask(analyst, 'GET', '/api/models/47/health')).body).toMatchObject({ code: 'model.not_found' })
  expect((await ask(analyst, 'GET', '/api/systems/khong-co')).body).toMatchObject({ code: 'system.not_found' })
  expect((await ask(analyst, 'GET', '/api/probes/khong-co')).body).toMatchObject({ code: 'probe.not_found' })
})

test('a probe is made, changed and removed, each time on record', async () => {
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

test('a probe can watch our own line, but no system that is not in the catalogue', async () => {
  const admin = soc.person('admin')
  expect((await ask(admin, 'POST', '/api/probes', httpDraft(UPLINK, 'x'))).status).toBe(200)
  expect(await ask(admin, 'POST', '/api/probes', httpDraft('khong-co', 'x'))).toMatchObject({
    status: 422,
    body: { code: 'system.unknown' }
  })
})

test('drafts out of bounds are refused before anything is made', async () => {
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
  const before = health.probes().length
  for (const draft of bad) expect((await ask(admin, 'POST', '/api/probes', draft)).status).toBe(400)
  expect(health.probes()).toHaveLength(before)
})

test('a heartbeat key is shown once, whole, with a command that carries it', async () => {
  const admin = soc.person('admin')
  const { body } = await ask<NewHeartbeatKey>(admin, 'POST', '/api/probes/p-nhip/heartbeat-key')
  expect(body!.key).toBe('khoa-cua-p-nhip')
  expect(body!.snippets[0]!.text).toContain("KEY='khoa-cua-p-nhip'")
  expect(body!.snippets[0]!.text).toContain('http://192.0.2.10:8046/v1/heartbeats/$PROBE')
  for (const url of ['/api/probes', '/api/probes/p-nhip'])
    expect((await ask(admin, 'GET', url)).text).not.toContain('khoa-cua')
  expect((await ask(admin, 'POST', '/api/probes/p-hue-s/heartbeat-key')).body).toMatchObject({
    code: 'probe.no_heartbeat'
  })
  expect(JSON.stringify(soc.parts.control.sql('SELECT * FROM audit').all())).not.toContain('khoa-cua')
})

test('a try runs once, is short, is masked, is on record and changes nothing', async () => {
  const analyst = soc.person('analyst')
  const before = JSON.stringify(health.probes())
  const answer = await ask<{ detail: string }>(analyst, 'POST', '/api/probes/try', {
    ...httpDraft('hue-s', 'x'),
    attempts: 5,
    timeoutMs: 60_000
  })
  expect(answer.status).toBe(200)
  expect(answer.body!.detail).toBe('trang có 046*******89')
  expect(tries).toEqual([expect.objectContaining({ attempts: 1, timeoutMs: 15_000 })])
  expect(JSON.stringify(health.probes())).toBe(before)
  expect(acts()).toEqual(['probe.tried'])
})

test('a try at a forbidden network is refused in words, and on record', async () => {
  const draft = httpDraft('hue-s', 'x')
  const target = { ...draft.target, url: 'http://169.254.169.254/latest' }
  const answer = await ask(soc.person('analyst'), 'POST', '/api/probes/try', { ...draft, target })
  expect(answer).toMatchObject({ status: 422, body: { code: 'network.forbidden' } })
  expect(acts()).toEqual(['probe.tried', 'refused'])
})

test('a heartbeat cannot be tried', async () => {
  const answer = await ask(soc.person('analyst'), 'POST', '/api/probes/try', heartbeatDraft('hue-s'))
  expect(answer).toMatchObject({ status: 422, body: { code: 'probe.not_asked' } })
  expect(tries).toEqual([])
})

test('one person gets twenty tries a minute, and does not use up those of another', async () => {
  const [one, other] = [soc.person('analyst'), soc.person('analyst')]
  const statuses: number[] = []
  for (let shot = 0; shot < 21; shot++)
    statuses.push((await ask(one, 'POST', '/api/probes/try', httpDraft('hue-s', 'x'))).status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(20)
  expect(statuses.at(-1)).toBe(429)
  expect((await ask(other, 'POST', '/api/probes/try', httpDraft('hue-s', 'x'))).status).toBe(200)
})

test('eight tries at once, the ninth is asked to come again', async () => {
  const waiting: ((result: ProbeResultView) => void)[] = []
  const full = Promise.withResolvers<void>()
  const tryProbe = () =>
    new Promise<ProbeResultView>((done) => {
      waiting.push(done)
      if (waiting.length === 8) full.resolve()
    })
  await soc.close()
  soc = testConsole({ parts: { health: planeOf(health, tryProbe) } })
  const [one, other] = [soc.person('analyst'), soc.person('analyst')]
  const running = Array.from({ length: 8 }, () => ask(one, 'POST', '/api/probes/try', httpDraft('hue-s', 'x')))
  await full.promise
  expect(await ask(other, 'POST', '/api/probes/try', httpDraft('hue-s', 'x'))).toMatchObject({
    status: 429,
    body: { code: 'probe.busy' }
  })
  for (const done of waiting) done(health.probe('p-hue-s')!.results[0]!)
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual(Array(8).fill(200))
})

test('maintenance is planned for known systems, in order, and cancelled', async () => {
  const analyst = soc.person('analyst')
  const draft = { systems: ['hue-s', 'hue-s'], from: START - 1, to: START + 3_600_000, reason: ' Nâng cấp ' }
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

test('an owner sees planned work of its own systems only', async () => {
  health.addMaintenance({ systems: ['hue-s', 'qlvb'], from: START, to: START + 1, reason: 'x' }, 'x')
  health.addMaintenance({ systems: ['qlvb'], from: START, to: START + 1, reason: 'x' }, 'x')
  const { body } = await ask<MaintenanceRow[]>(soc.person('owner', [IOC]), 'GET', '/api/maintenance')
  expect(body!.map((row) => row.systems.map((system) => system.id))).toEqual([['hue-s']])
})
