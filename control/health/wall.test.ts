import fc from 'fast-check'
import { expect, it } from 'vitest'
import { openControl } from '#control/database/control.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#core/time.ts'
import { countingControl } from '#testing/folds.ts'
import { allSystems, inventory, result, testWorld, type World } from '#testing/health.ts'

/** Every model's row read anew from the database, as its own page reads it. */
const anew = (world: World) => inventory.models.map(({ id }) => world.health.model(id)!.model)

const systems = allSystems.filter((id) => inventory.modelsHitBy(id).length > 0).slice(0, 12)
const system = fc.constantFrom(...systems, 'uplink')
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('turn' as const), system, fails: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(MINUTE_MS, HOUR_MS) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('sleep' as const), ms: fc.constantFrom(9 * HOUR_MS, DAY_MS) })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('work' as const), system, ms: fc.constant(20 * MINUTE_MS) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'reload' as const, 'forget' as const) })
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'disable' as const), place: fc.nat(9) })
  }
)

function take(world: World, change: typeof step extends fc.Arbitrary<infer S> ? S : never) {
  const { health, clock } = world
  switch (change.kind) {
    case 'turn':
      if (change.fails) world.broken.add(change.system)
      else world.broken.delete(change.system)
      return world.run(31_000)
    case 'wait':
      return world.run(Math.min(change.ms, 3 * MINUTE_MS))
    case 'sleep':
      clock.advance(change.ms)
      return health.tick()
    case 'work':
      if (change.system === 'uplink') return
      health.addMaintenance(
        { systems: [change.system], from: clock.now(), to: clock.now() + change.ms, reason: 'thử' },
        'u1'
      )
      return
    case 'restart':
      return health.start(clock.now())
    case 'reload':
      return health.reload()
    case 'forget':
      health.forget()
      health.start(clock.now())
      return world.measure(['uplink', ...systems.slice(0, 10)])
    default: {
      const probes = health.definitions()
      const probe = probes[change.place % Math.max(1, probes.length)]
      if (probe === undefined) return
      if (change.kind === 'remove') health.removeProbe(probe.id)
      else health.changeProbe(probe.id, { enabled: !probe.enabled })
    }
  }
}

it('after any sequence of results and changes the kept wall is the wall built anew', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      const world = testWorld()
      world.measure(['uplink', ...systems.slice(0, 10)])
      world.run(61_000)
      for (const next of steps) {
        take(world, next)
        const wall = world.health.wall()
        expect(wall.models).toEqual(anew(world))
        expect(world.health.counts()).toEqual(wall.counts)
        for (const [state, count] of Object.entries(wall.counts)) {
          expect(wall.models.filter((model) => model.state === state)).toHaveLength(count)
        }
      }
      world.control.close()
    }),
    { numRuns: 8 }
  )
})

it('a wall reads the models that turned and no others; counts read nothing', () => {
  const { control, asked } = countingControl(openControl(':memory:'))
  const world = testWorld({ control })
  world.measure(allSystems)
  world.run(90_000)
  const probeOf = (system: string) => world.health.definitions().find((probe) => probe.system === system)!.id
  const statements = (act: () => unknown) => {
    asked.length = 0
    act()
    return asked.length
  }
  const before = world.health.wall().models
  expect(statements(() => world.health.wall())).toBe(0)
  expect(statements(() => world.health.counts())).toBe(0)
  const hitting = (models: number) => allSystems.filter((id) => inventory.modelsHitBy(id).length === models)
  const [first = '', second = ''] = hitting(1)
  const fail = (system: string, after: number) => {
    world.clock.advance(after)
    const now = world.clock.now()
    world.health.take([result(probeOf(system), now, 'down', { startedAt: now })])
  }
  fail(first, 1_000)
  // Within 200 ms of the first change: this wall is not pushed yet, so it is built here.
  fail(second, 100)
  const reads = statements(() => world.health.wall())
  const turned = world.health.wall().models.filter((model, place) => model.state !== before[place]!.state)
  expect(turned.length).toBeGreaterThanOrEqual(2)
  expect(reads).toBe(2)
})
