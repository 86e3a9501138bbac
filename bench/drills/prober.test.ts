import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import type { Probe } from '#core/health.ts'
import { loadInventory } from '#province/load.ts'
import type { FaultKind } from '#simulator/faults.ts'
import { createSimulator, type Simulator } from '#simulator/simulator.ts'
import { createProber } from './prober.ts'

const clock = manualClock(Date.parse('2023-11-14T09:00:00+07:00'))
let simulator: Simulator
let probes: Probe[]
beforeAll(async () => {
  simulator = await createSimulator({ seed: 6, clock, catalogue: loadInventory('2023-11-30'), slowByMs: 900 })
  probes = simulator
    .probes({ intervalMs: 30_000, timeoutMs: 3_000, attempts: 2, retryMs: 1_000, slowMs: 700 })
    .map((draft, index) => ({ ...draft, id: `${draft.system}#${index}`, origin: 'real' }))
})
beforeEach(() => simulator.mend())
afterAll(() => simulator.stop())

describe('the real probe runners against the stand-ins', () => {
  it('find everybody up, each once an interval', async () => {
    const prober = createProber(simulator, clock)
    prober.setProbes(probes)
    const results = []
    for (let second = 0; second <= 30; second++) {
      results.push(...(await prober.run()))
      clock.advance(1_000)
    }
    expect(results.filter((result) => result.outcome !== 'up')).toEqual([])
    const asked = probes.filter((probe) => probe.target.kind !== 'heartbeat')
    expect(new Set(results.map((result) => result.probe)).size).toBe(asked.length)
    expect(results.length).toBeLessThan(asked.length * 1.1)
  })

  it.each<[string, FaultKind, string, string]>([
    ['hue-s', 'down', 'down', 'tcp.refused'],
    ['tslcd', 'down', 'down', 'tcp.refused'],
    ['vbdlis', 'slow', 'degraded', 'slow'],
    ['asm', 'errors', 'down', 'http.status'],
    ['vneid', 'wrong_certificate', 'down', 'tls.name'],
    ['uplink', 'down', 'down', 'tcp.refused'],
    ['tra-cuu-bhyt', 'business_rejections', 'up', '']
  ])('see %s with %s as %s (%s)', async (system, kind, outcome, code) => {
    const prober = createProber(simulator, clock)
    prober.setProbes(probes.filter((probe) => probe.system === system))
    await simulator.break(system, kind)
    clock.advance(30_000)
    const results = await prober.run()
    expect(results.length).toBeGreaterThan(0)
    for (const result of results) expect(result).toMatchObject({ outcome, code })
  })

  it('ask at once what shall be checked again', async () => {
    const prober = createProber(simulator, clock)
    prober.setProbes(probes)
    await prober.run()
    const asked = probes.find((probe) => probe.system === 'ndxp')!
    prober.recheck([asked.id, 'unknown'])
    expect((await prober.run()).map((result) => result.probe)).toEqual([asked.id])
  })
})
