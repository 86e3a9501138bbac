import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '#core/clock.ts'
import { readConfig } from '#core/config.ts'
import type { Probe } from '#core/health.ts'
import { loadInventory } from '#province/load.ts'
import { startProbesPlane } from '#threads/probes-plane.ts'
import { type ProbesPlane } from '#core/probes-plane.ts'
import { createSimulator, type Simulator } from '#simulator/simulator.ts'

let simulator: Simulator
let plane: ProbesPlane
beforeAll(async () => {
  simulator = await createSimulator({ seed: 6, clock: systemClock, catalogue: loadInventory('2023-11-30') })
  plane = await startProbesPlane(readConfig({}), {
    results: () => undefined,
    warned: () => undefined,
    failed: () => undefined
  })
})
afterAll(async () => {
  await plane.stop()
  await simulator.stop()
})

it('the probes thread asks stand-ins on loopback and trusts their authority for the demonstration, and for nobody else', async () => {
  const draft = simulator.probes().find((one) => one.system === 'vneid')!
  const asked = (origin: Probe['origin']) => plane.tryProbe({ ...draft, id: `vneid-${origin}`, origin, attempts: 1 })
  plane.setSnapshot({
    probes: [],
    allow: { demonstration: [...simulator.allow] },
    authorities: { demonstration: simulator.authority }
  })
  expect(await asked('demonstration')).toMatchObject({ outcome: 'up', code: '' })
  expect(await asked('real')).toMatchObject({ outcome: 'unknown', code: 'network.forbidden' })
  plane.setSnapshot({
    probes: [],
    allow: { demonstration: [...simulator.allow], real: [...simulator.allow] },
    authorities: { demonstration: simulator.authority }
  })
  expect(await asked('real')).toMatchObject({ outcome: 'down', code: expect.stringMatching(/^tls\./) as string })
})
