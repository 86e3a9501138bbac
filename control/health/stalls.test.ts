import { expect, it } from 'vitest'
import { readConfig } from '#core/config.ts'
import { manualClock } from '#core/clock.ts'
import { openControl } from '#control/database/control.ts'
import { createAlerts } from '#control/triage/alerts.ts'
import { beatDraft, inventory, result, START, tcpDraft } from '#testing/health.ts'
import { createHealthPlane } from './health-plane.ts'
import { StallWatch } from './stalls.ts'

/** The health of the process on a clock of its own, whose event loop may stand still. */
function world() {
  const control = openControl(':memory:')
  const clock = manualClock(START)
  let monotonic = 0
  const alerts = createAlerts({ control, inventory, clock })
  const plane = createHealthPlane({
    ...{ config: readConfig({}), control, inventory, clock, alerts },
    stalls: new StallWatch(
      () => monotonic,
      () => clock.now()
    ),
    onWallChanged: () => undefined,
    onKeysChanged: () => undefined
  })
  const health = plane.of('real')
  health.start(START)
  const pass = (ms: number) => {
    clock.advance(ms)
    monotonic += ms
  }
  const run = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 250) {
      pass(250)
      plane.tick()
    }
  }
  return {
    ...{ plane, health, clock, pass, run },
    stateOf: (id: string) => health.probe(id)?.probe.state,
    notices: () => control.sql("SELECT id FROM alerts WHERE rule_id = 'soc.stood_still'").all().length,
    outages: () => control.sql("SELECT id FROM alerts WHERE rule_id = 'soc.outage'").all().length
  }
}

it('what failed while we stood still changes no state, is told once, and is measured again', () => {
  const { plane, health, clock, pass, run, stateOf, notices, outages } = world()
  const ids = ['hue-s', 'vneid', 'kiosk-hcc'].map((system) => health.addProbe(tcpDraft(system)).id)
  run(1_000)
  plane.take(ids.map((id) => result(id, clock.now(), 'up')))
  run(1_000)
  pass(5_000)
  plane.take(ids.map((id) => result(id, clock.now() - 1_000, 'down')))
  plane.take(ids.map((id) => result(id, clock.now() + 500, 'down')))
  expect(ids.map(stateOf)).toEqual(['UP', 'UP', 'UP'])
  expect(notices()).toBe(1)
  expect(health.probe(ids[0]!)?.results[0]).toMatchObject({ outcome: 'unknown', code: 'probe.stalled', detail: '5 s' })
  run(10_000)
  expect(outages()).toBe(0)
  // What fails after it fails.
  plane.take([result(ids[0]!, clock.now(), 'down')])
  expect(ids.map(stateOf)).toEqual(['DOWN', 'UP', 'UP'])
  expect(notices()).toBe(1)
})

it('without fresh results what was measured before goes stale: a gap, not an outage', () => {
  const { plane, health, clock, pass, run, stateOf, outages } = world()
  const { id } = health.addProbe(tcpDraft('hue-s'))
  run(1_000)
  plane.take([result(id, clock.now(), 'up')])
  pass(10 * 60_000)
  plane.take([result(id, clock.now(), 'down')])
  plane.tick()
  expect(stateOf(id)).toBe('UNKNOWN')
  run(20_000)
  expect(outages()).toBe(0)
})

it.each([
  ['the machine was suspended', 3_600_000],
  ['the clock was set forward', 60_000],
  ['the clock was set back', -60_000]
])('%s: results of that time are thrown away', (_why, step) => {
  const { plane, health, clock, run, stateOf } = world()
  const { id } = health.addProbe(tcpDraft('hue-s', { intervalMs: 3_600_000 }))
  run(1_000)
  plane.take([result(id, clock.now(), 'up')])
  const before = clock.now()
  clock.advance(step)
  plane.take([result(id, Math.max(before, clock.now()), 'down', { startedAt: before + 1 })])
  expect(stateOf(id)).toBe('UP')
})

it('a heartbeat has its time again after we stood still', () => {
  const { plane, health, clock, pass, run, stateOf } = world()
  const { id } = health.addProbe(beatDraft('kiosk-hcc'))
  run(1_000)
  plane.take([result(id, clock.now(), 'up', { startedAt: clock.now() })])
  pass(10 * 60_000)
  plane.tick()
  expect(stateOf(id)).toBe('UP')
  run(91_000)
  expect(stateOf(id)).toBe('DOWN')
})

it('what went well went well', () => {
  const { plane, health, clock, pass, run, stateOf, notices } = world()
  const { id } = health.addProbe(tcpDraft('hue-s'))
  run(1_000)
  pass(5_000)
  plane.take([result(id, clock.now() - 500, 'up')])
  expect(stateOf(id)).toBe('UP')
  expect(notices()).toBe(0)
})
