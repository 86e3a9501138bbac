import { DAY_MS } from '#core/time.ts'
import { expect, it } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { createHealth } from '#control/health/health.ts'
import { loadInventory } from '#province/load.ts'
import { openControl } from '#control/database/control.ts'
import { probesFor } from '#simulator/probes.ts'
import { faceOf } from '#simulator/stand-ins.ts'
import { writePastDays } from './past-days.ts'

const inventory = loadInventory('2023-11-30')
const until = Date.parse('2023-11-14T09:00:00+07:00')

it('a demonstration has some days behind it, with small troubles, and prints no figure for the days before them', () => {
  const control = openControl(':memory:')
  const engine = (clock: ReturnType<typeof manualClock>) =>
    createHealth({
      control,
      inventory: () => inventory,
      clock,
      origin: 'demonstration',
      raise: () => undefined,
      resolve: () => undefined,
      alertOf: () => undefined,
      recheck: () => undefined,
      onProbesChanged: () => undefined,
      onWallChanged: () => undefined
    })
  const clock = manualClock(until - 7 * DAY_MS)
  const drafts = probesFor(
    inventory.systems.flatMap((system) => {
      const face = faceOf(system, inventory)
      if (face === undefined) return []
      return [{ system: system.id, name: system.name, face, host: '127.0.0.1', port: face === 'heartbeat' ? null : 1 }]
    })
  )
  const { results } = writePastDays({ health: engine(clock), clock, until, drafts, seed: 6 })
  expect(clock.now()).toBe(until)
  expect(results).toBe(336 * drafts.length)

  const live = engine(manualClock(until))
  live.start(until)
  expect(live.probes()).toEqual([])
  const hue = live.system('hue-s')!.windows
  expect(hue.h24.coverage).toBeGreaterThan(0.95)
  expect(hue.h24.uptime).not.toBeNull()
  expect(hue.d30.uptime).toBeNull()
  const past = live.outages(until - 7 * DAY_MS, until, 'demonstration')
  expect(past.length).toBeGreaterThan(0)
  expect(past.filter((outage) => outage.until === null)).toEqual([])
  expect(live.wall().outages).toEqual([])
  control.close()
})
