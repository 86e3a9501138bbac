import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCatalogue } from '#control/catalogue/catalogue.ts'
import { systemClock } from '#core/clock.ts'
import { readConfig } from '#core/config.ts'
import type { MatchFold } from '#core/match.ts'
import { createAlerts } from '#control/triage/alerts.ts'
import { addToEvidence, sampleFold } from '#testing/folds.ts'
import { createHealth, type Health } from '#control/health/health.ts'
import { openControl } from '#control/database/control.ts'
import { startProbesPlane } from '#threads/probes-plane.ts'
import { type ProbesPlane } from '#core/probes-plane.ts'
import { createDemonstratedSystems } from '#demonstration/demonstrated-systems.ts'
import { readStory } from '#demonstration/story.ts'
import type { SimulatedSystems } from '#demonstration/systems.ts'

/** The demonstration's systems with the real engine, probes thread, alerts and catalogue: as wired, without a console. */
const control = openControl(':memory:')
const catalogue = createCatalogue({ control, clock: systemClock, date: '2023-11-30' })
const alerts = createAlerts({ control, inventory: catalogue.inventory, clock: systemClock })
const intake = createServer((request, response) => {
  request.resume()
  response.writeHead(204).end()
})
let health: Health
let plane: ProbesPlane
let systems: SimulatedSystems
let demonstrated: ReturnType<typeof createDemonstratedSystems>
let ticking: NodeJS.Timeout

beforeAll(async () => {
  intake.listen(0, '127.0.0.1')
  await once(intake, 'listening')
  const url = `http://127.0.0.1:${(intake.address() as AddressInfo).port}`
  plane = await startProbesPlane(readConfig({}), {
    results: (batch) => health.take(batch),
    warned: () => undefined,
    failed: () => undefined
  })
  let allow: string[] = []
  let authority = ''
  const hand = () =>
    plane.setSnapshot({
      probes: health.definitions(),
      allow: { demonstration: allow },
      authorities: { demonstration: authority }
    })
  health = createHealth({
    control,
    inventory: () => catalogue.inventory,
    clock: systemClock,
    origin: 'demonstration',
    raise: (fold) => void alerts.raise(fold),
    resolve: (fingerprint, params) => void alerts.resolve(fingerprint, params),
    alertOf: () => undefined,
    recheck: (ids) => plane.recheck(ids),
    onProbesChanged: () => undefined,
    onWallChanged: () => undefined,
    settings: { settleMs: 300, holdMaxMs: 3_000 }
  })
  health.start(systemClock.now())
  demonstrated = createDemonstratedSystems({
    seed: 6,
    control,
    clock: systemClock,
    catalogue,
    health,
    allow(endpoints, pem) {
      allow = endpoints
      authority = pem
    },
    recheck: (ids) => plane.recheck(ids),
    consoleUrl: () => '',
    log: () => undefined
  })
  const story = { ...readStory(join(import.meta.dirname, '../sample-logs/story')), turns: [] }
  systems = await demonstrated.start({
    story,
    startedAt: systemClock.now(),
    fresh: true,
    events: { url, token: 'secret' },
    heartbeatsUrl: url
  })
  hand()
  ticking = setInterval(() => health.tick(), 100)
  plane.recheck(health.definitions().map((probe) => probe.id))
})
afterAll(async () => {
  clearInterval(ticking)
  await systems.stop()
  await plane.stop()
  intake.close()
  intake.closeAllConnections()
  control.close()
})

const stateOf = (model: number) => health.wall().models.find((one) => one.id === model)?.state
const soon = { timeout: 10_000, interval: 20 }

describe('the demonstration on the wall', () => {
  it('is up after its first round, VNeID over TLS too, and turns when Hue-S is broken by hand and mended', async () => {
    await expect.poll(() => [stateOf(22), stateOf(30), stateOf(44)], soon).toEqual(['UP', 'UP', 'UP'])
    await systems.break('hue-s', 'down')
    await expect.poll(() => [22, 23, 27, 44].map(stateOf), soon).toEqual(['DOWN', 'DOWN', 'DOWN', 'DOWN'])
    await expect.poll(() => health.wall().outages.map((outage) => outage.system), soon).toEqual(['hue-s'])
    await systems.mend('hue-s')
    await expect.poll(() => [22, 27, 44].map(stateOf), soon).toEqual(['UP', 'UP', 'UP'])
    await expect.poll(() => health.wall().outages, soon).toEqual([])
  })

  it('puts the fall of the commune portal into the incident of its web shell', async () => {
    const now = systemClock.now()
    const shell: MatchFold = {
      ...sampleFold(
        {
          rule: 'web-shell',
          level: 'high',
          entity: '203.0.113.24',
          origin: 'demonstration',
          lastSeen: now,
          events: ['e']
        },
        now
      )
    }
    addToEvidence(shell, { host: { name: 'web-phongthu' } })
    alerts.raise(shell)
    await systems.break('cong-phong-thu', 'down')
    const incidents = () => alerts.incidents({ scope: undefined, limit: 10 }).items
    await expect
      .poll(() => incidents().map(({ reason, alerts: count }) => ({ reason, count })), soon)
      .toContainEqual({
        reason: 'outage_with_alert',
        count: 2
      })
  })

  it('has some days behind it for the strips, and troubles of the past are over', () => {
    const { windows } = health.system('lgsp')!
    expect(windows.h24.coverage).toBeGreaterThan(0.95)
    expect(windows.h24.uptime).not.toBeNull()
    expect(windows.d90.uptime).toBeNull()
    expect(
      health
        .wall()
        .models.find((model) => model.id === 26)!
        .bars.filter((bar) => bar === 'UP').length
    ).toBeGreaterThan(20)
  })

  it('ends without a trace: no probe, no state, no system of its own', async () => {
    await systems.stop()
    demonstrated.forget()
    expect(catalogue.inventory.system('cong-phong-thu')).toBeUndefined()
    expect(health.definitions()).toEqual([])
    expect(health.wall().models.filter((model) => model.state === 'UP')).toEqual([])
    expect(health.outages(0, systemClock.now(), 'demonstration')).toEqual([])
  })
})
