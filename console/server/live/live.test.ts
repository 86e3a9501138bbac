import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LiveEvents } from '#core/live.ts'
import { startServer } from '../server.ts'
import type { AlertRow } from '#core/api/alerts.ts'
import { CITIZEN, FOREIGN, OWN, PHONE, testConsole, type Person, type TestConsole } from '#testing/console.ts'

let soc: TestConsole
let url = ''
const sockets: Socket[] = []
beforeEach(async () => {
  soc = testConsole()
  url = await startServer(soc.app, soc.parts.config)
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect()
  await soc.close()
})

/** The row of a real alert, with another id at another unit. */
const alertRow = (id: string, unit: string, more: Partial<AlertRow> = {}): AlertRow => ({
  ...soc.parts.alerts.detail(soc.world.ids.own)!.alert,
  ...{ id, unit: soc.parts.inventory.label(unit), ...more }
})

type Heard = { [E in keyof LiveEvents]: Parameters<LiveEvents[E]>[0][] } & { closed: Promise<string>; socket: Socket }

/** A browser on the feed; resolves once the server has let it in. */
async function listen(
  person: Pick<Person, 'cookie'>,
  headers: Record<string, string> = {},
  transports = ['websocket']
): Promise<Heard> {
  const socket = io(url, {
    path: '/live',
    transports,
    reconnection: false,
    forceNew: true,
    extraHeaders: { cookie: `other=1; vl_session=${person.cookie}`, ...headers }
  })
  sockets.push(socket)
  const heard = {
    'alert:changed': [],
    'incident:changed': [],
    'source:changed': [],
    'summary:changed': [],
    'sender:heard': [],
    closed: new Promise<string>((resolve) => socket.on('disconnect', resolve)),
    socket
  } as unknown as Heard
  for (const name of [
    'alert:changed',
    'incident:changed',
    'source:changed',
    'summary:changed',
    'sender:heard'
  ] as const)
    socket.on(name, (payload: unknown) => void (heard[name] as unknown[]).push(payload))
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve)
    socket.on('connect_error', reject)
  })
  return heard
}
const refused = (promise: Promise<unknown>) => expect(promise).rejects.toThrow()

/** Resolves when every listener has what was pushed before: a later push that all who may hear anything do hear. */
async function settled(...all: Heard[]) {
  soc.world.demonstration = { running: true, startedAt: Math.random() }
  const { startedAt } = soc.world.demonstration
  const arrived = all.map(
    ({ socket }) =>
      new Promise<void>((resolve) =>
        socket.on('summary:changed', (summary: { demonstration: { startedAt: number } }) => {
          if (summary.demonstration.startedAt === startedAt) resolve()
        })
      )
  )
  soc.parts.live.publishSummary()
  await Promise.all(arrived)
}

describe('the live feed', () => {
  it('pushes a row to each class as it may see it, masked', async () => {
    const analyst = await listen(soc.person('analyst'))
    const auditor = await listen(soc.person('auditor'), {}, ['polling'])
    const own = await listen(soc.person('owner', [OWN]))
    const district = await listen(soc.person('owner', [soc.parts.inventory.unit(OWN)!.parent!]))
    const nobody = await listen(soc.person('owner'))
    const leader = await listen(soc.person('leader'))
    const { live } = soc.parts
    const { ids } = soc.world
    const { alerts } = soc.parts
    for (const id of [ids.own, ids.foreign]) live.publishAlert(alerts.detail(id)!.alert)
    live.publishAlert(alertRow('a-unknown', '_unassigned'))
    for (const id of [ids.sharedIncident, ids.foreignIncident]) live.publishIncident(alerts.incident(id)!.incident)
    await settled(analyst, auditor, own, district, nobody, leader)

    const idsOf = (heard: Heard) => heard['alert:changed'].map((alert) => alert.id)
    for (const all of [analyst, auditor]) {
      expect(idsOf(all)).toEqual([ids.own, ids.foreign, 'a-unknown'])
      expect(all['incident:changed'].map((incident) => incident.units.length)).toEqual([2, 1])
    }
    for (const some of [own, district]) {
      expect(idsOf(some)).toEqual([ids.own])
      expect(some['incident:changed'].map((incident) => incident.units.map((unit) => unit.code))).toEqual([[OWN]])
    }
    for (const none of [nobody, leader]) {
      expect(none['alert:changed']).toEqual([])
      expect(none['incident:changed']).toEqual([])
      expect(none['summary:changed'].length).toBeGreaterThan(0)
    }
    const everything = JSON.stringify([analyst, auditor, own, district].map((heard) => heard['alert:changed']))
    expect(everything).toContain('046*******89')
    expect(everything).not.toContain(CITIZEN)
    expect(everything).not.toContain(PHONE)
  })

  it('sends a burst on one alert as its newest state, and never an older one after it', async () => {
    const analyst = await listen(soc.person('analyst'))
    const { own } = soc.world.ids
    for (let revision = 1; revision <= 500; revision++)
      soc.parts.live.publishAlert(alertRow(own, OWN, { revision, count: revision }))
    soc.parts.live.publishAlert(alertRow(own, OWN, { revision: 3, count: 3 }))
    await settled(analyst)
    const counts = analyst['alert:changed'].map((alert) => alert.count)
    expect(counts.at(-1)).toBe(500)
    expect(counts.length).toBeLessThan(5)
  })

  it('sends every one of many alerts that change at once', async () => {
    const analyst = await listen(soc.person('analyst'))
    for (let number = 0; number < 2500; number++) soc.parts.live.publishAlert(alertRow(`a-${number}`, OWN))
    await settled(analyst)
    expect(new Set(analyst['alert:changed'].map((alert) => alert.id)).size).toBe(2500)
  })

  it('tells an administrator of a sender that was heard, and nobody else', async () => {
    const admin = await listen(soc.person('admin'))
    const analyst = await listen(soc.person('analyst'))
    soc.parts.live.senderHeard({ sender: 'x', at: 1, refusal: 'wrong_token' })
    await settled(admin, analyst)
    expect(admin['sender:heard']).toEqual([{ sender: 'x', at: 1, refusal: 'wrong_token' }])
    expect(analyst['sender:heard']).toEqual([])
  })
})

it('a new source appears on the screens of those who may see its unit', async () => {
  const own = await listen(soc.person('owner', [OWN]))
  const foreign = await listen(soc.person('owner', [FOREIGN]))
  const { headers } = soc.person('admin')
  const payload = { name: 'Máy chủ', unit: OWN, networks: [], speaksFor: 'self', utcOffsetMinutes: 420 }
  await soc.app.inject({ method: 'POST', url: '/api/sources', headers, payload })
  await settled(own, foreign)
  expect(own['source:changed'].map((source) => source.state)).toEqual(['never'])
  expect(foreign['source:changed']).toEqual([])
})

describe('who may listen', () => {
  it('is whoever is signed in, from our own page, with the password changed', async () => {
    await refused(listen({ cookie: '' }))
    await refused(listen({ cookie: 'A'.repeat(43) }))
    await refused(listen(soc.person('analyst', [], { mustChange: true })))
    await refused(listen(soc.person('analyst'), { origin: 'https://evil.example' }))
    await refused(listen(soc.person('analyst'), { 'sec-fetch-site': 'cross-site' }))
    await listen(soc.person('analyst'), { origin: url.slice(0, -1) })
  })

  it('is cut off when the session ends', async () => {
    const person = soc.person('analyst')
    const heard = await listen(person)
    const other = await listen(soc.person('analyst'))
    await soc.app.inject({ method: 'DELETE', url: '/api/session', headers: person.headers })
    expect(await heard.closed).toBe('io server disconnect')
    expect(other.socket.connected).toBe(true)
    await refused(listen(person))
  })

  it('is cut off when the grant changes, and comes back with the new one', async () => {
    const person = soc.person('owner', [OWN])
    const heard = await listen(person)
    const { headers } = soc.person('admin')
    const url = `/api/users/${person.id}`
    await soc.app.inject({ method: 'PATCH', url, headers, payload: { units: [FOREIGN] } })
    await heard.closed
    const again = await listen(person)
    soc.parts.live.publishAlert(alertRow(soc.world.ids.own, OWN))
    soc.parts.live.publishAlert(alertRow(soc.world.ids.foreign, FOREIGN))
    await settled(again)
    expect(again['alert:changed'].map((alert) => alert.id)).toEqual([soc.world.ids.foreign])
  })

  it('says nothing: any word from the browser ends the connection', async () => {
    const heard = await listen(soc.person('admin'))
    heard.socket.emit('alert:changed', alertRow('forged', OWN))
    expect(await heard.closed).toBe('io server disconnect')
  })

  it('has at most ten connections per session', async () => {
    const person = soc.person('analyst')
    for (let more = 0; more < 10; more++) await listen(person)
    await refused(listen(person))
    await listen(soc.person('analyst'))
    expect(soc.parts.live.connections()).toBe(11)
  })
})

describe('rights for a time', () => {
  const grant = (id: string, by: Person, length: number) =>
    soc.app.inject({
      method: 'POST',
      url: `/api/users/${id}/grants`,
      headers: by.headers,
      payload: { role: null, units: [FOREIGN], from: 0, to: soc.parts.clock.now() + length, reason: 'trực thay' }
    })

  it('disconnect when they are given and when they are taken back', async () => {
    const [admin, owner] = [soc.person('admin'), soc.person('owner', [OWN])]
    const before = await listen(owner)
    const { id } = (await grant(owner.id, admin, 3_600_000)).json() as { id: string }
    await before.closed
    const during = await listen(owner)
    soc.parts.live.publishAlert(alertRow('a-1', FOREIGN))
    await settled(during)
    expect(during['alert:changed']).toHaveLength(1)
    await soc.app.inject({ method: 'DELETE', url: `/api/users/${owner.id}/grants/${id}`, headers: admin.headers })
    await during.closed
    const after = await listen(owner)
    soc.parts.live.publishAlert(alertRow('a-2', FOREIGN))
    await settled(after)
    expect(after['alert:changed']).toEqual([])
  })

  it('that are over by the clock push nothing more, before any timer has run', async () => {
    const [admin, owner] = [soc.person('admin'), soc.person('owner', [OWN])]
    await grant(owner.id, admin, 3_600_000)
    const heard = await listen(owner)
    soc.parts.clock.advance(3_600_000)
    soc.parts.live.publishAlert(alertRow('a-1', FOREIGN))
    await heard.closed
    expect(heard['alert:changed']).toEqual([])
  })
})
