import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProbeDraft, ProbeRow } from '#core/api/health.ts'
import { systemClock } from '#core/clock.ts'
import { loadInventory } from '#province/load.ts'
import { startSimulatedSystems, type SimulatedSystems } from './systems.ts'

/** Stands in for the intake: notes what comes and takes it. */
const heard: string[] = []
const intake = createServer((request, response) => {
  heard.push(request.url!)
  request.resume()
  response.writeHead(204).end()
})
const url = () => `http://127.0.0.1:${(intake.address() as AddressInfo).port}`

const drafts = new Map<string, ProbeDraft>([['old', {} as ProbeDraft]])
const health = {
  probes: () => [...drafts.keys()].map((id) => ({ id }) as ProbeRow),
  addProbe(draft: ProbeDraft) {
    const id = `p${drafts.size + 1}`
    drafts.set(id, draft)
    return { id } as ProbeRow
  },
  removeProbe: (id: string) => void drafts.delete(id),
  newHeartbeatKey: (id: string) => `key of ${id}`
}
const allowed: string[] = []
const logged: string[] = []
const rechecked: string[] = []
let systems: SimulatedSystems

beforeAll(async () => {
  intake.listen(0, '127.0.0.1')
  await once(intake, 'listening')
  systems = await startSimulatedSystems({
    seed: 6,
    clock: systemClock,
    inventory: loadInventory('2023-11-30'),
    health,
    together: (work) => work(),
    events: { url: url(), token: 'secret' },
    heartbeatsUrl: url(),
    allow: (endpoints, _authority, own = []) => void allowed.push(...endpoints, ...own),
    recheck: (ids) => void rechecked.push(...ids),
    turns: [{ title: 'NDXP ngừng', after: 60, system: 'ndxp', fault: 'down' }],
    startedAt: systemClock.now() - 90_000,
    consoleUrl: 'http://127.0.0.1:8045/',
    log: (message) => void logged.push(message)
  })
})
afterAll(async () => {
  await systems.stop()
  intake.close()
  intake.closeAllConnections()
})

describe('simulated systems of the demonstration', () => {
  it('have a probe each in place of those of an earlier run, and may be asked', () => {
    expect(drafts.has('old')).toBe(false)
    const asked = [...drafts.values()].flatMap(({ target }) => {
      if (target.kind === 'http') return [new URL(target.url).host]
      return target.kind === 'tcp' ? [`${target.host}:${target.port}`] : []
    })
    expect(asked.length).toBeGreaterThan(60)
    for (const host of asked) expect(allowed).toContain(host)
    expect(drafts.values().find((draft) => draft.system === 'soc')?.target).toMatchObject({
      url: 'http://127.0.0.1:8045/healthz'
    })
  })

  it('ask what the story speaks of every 5 seconds, the others less often', () => {
    const interval = (system: string) => drafts.values().find((draft) => draft.system === system)!.intervalMs
    expect([interval('ndxp'), interval('hue-s'), interval('uplink'), interval('vbdlis')]).toEqual([
      5_000, 5_000, 5_000, 15_000
    ])
  })

  it('report by heartbeats, and stand in the middle of the story when it began before', async () => {
    const reporting = [...drafts].filter(([, draft]) => draft.target.kind === 'heartbeat').map(([id]) => id)
    await expect.poll(() => heard.filter((path) => path.startsWith('/v1/heartbeats/')).length).toBe(reporting.length)
    await expect
      .poll(async () => (await (await fetch(`${systems.controlUrl}/state`)).text()).includes('"ndxp","kind":"down"'))
      .toBe(true)
    expect(logged).toContain('NDXP ngừng')
  })

  it('can be broken and mended by hand', async () => {
    rechecked.length = 0
    await systems.break('hue-s', 'down')
    const own = [...drafts].filter(([, draft]) => ['hue-s', 'vi-hue-s', 'hue-s-camera'].includes(draft.system))
    expect(rechecked.sort()).toEqual(own.map(([id]) => id).sort())
    await systems.mend()
    expect(((await (await fetch(`${systems.controlUrl}/state`)).json()) as { broken: unknown[] }).broken).toEqual([])
  })
})
