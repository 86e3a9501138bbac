import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ProbeDraft } from '#core/api/health.ts'
import type { SocError } from '#core/errors.ts'
import type { ProbeResult } from '#core/health.ts'
import { ictDayStart, MINUTE_MS } from '#core/time.ts'
import { afterOfficeTime } from './office-hours.ts'
import { beatDraft, inventory, result, START, tcpDraft, testWorld } from '#testing/health.ts'

const codeOf = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    return [(error as SocError).status, (error as SocError).code]
  }
  return undefined
}

it('a failure counts from its first attempt, a recovery from when it was seen', () => {
  const world = testWorld()
  const { id } = world.health.addProbe(tcpDraft('vneid'))
  const at = START + 60_000
  world.clock.advance(90_000)
  world.health.take([result(id, at - 30_000, 'up'), result(id, at, 'down'), result(id, at + 20_000, 'up')])
  expect(world.health.uptime('system:vneid', START, at + 30_000).ms).toEqual({
    UNKNOWN: 30_000,
    UP: 27_000 + 10_000,
    DOWN: 23_000,
    DEGRADED: 0,
    MAINTENANCE: 0
  })
})

it('older, repeated, foreign and senseless results change nothing', () => {
  const world = testWorld()
  const { id } = world.health.addProbe(tcpDraft('vneid'))
  world.clock.advance(90_000)
  const good = result(id, START + 60_000, 'up')
  world.health.take([good])
  world.health.take([
    good,
    result(id, START + 30_000, 'down'),
    result(id, START + 80_000, 'down', { origin: 'demonstration' }),
    result('nobody', START + 80_000, 'down'),
    result(id, START + 80_000, 'down', { startedAt: Number.NaN }),
    result(id, START + 80_000, 'down', { finishedAt: Infinity })
  ])
  expect(world.health.probe(id)).toMatchObject({ probe: { state: 'UP' }, results: [{ at: START + 60_000 }] })
})

it('a probe without results goes grey at the exact moment it is stale, whenever that is noticed', () => {
  const world = testWorld()
  const { id } = world.health.addProbe(tcpDraft('vneid'))
  world.clock.advance(1_000)
  world.health.take([result(id, START + 1_000, 'up')])
  // 2 × 30 s, 2 attempts of 2 s, 1 s between them.
  const stale = START + 1_000 + 65_000
  world.clock.advance(10 * MINUTE_MS)
  world.health.tick()
  expect(world.health.uptime(`probe:${id}`, START + 1_000, START + 10 * MINUTE_MS).ms).toMatchObject({
    UP: stale - START - 1_000,
    UNKNOWN: START + 10 * MINUTE_MS - stale
  })
  expect(world.raised).toEqual([])
})

it('the clock set back by an hour: no overlap, results go on to count, and waits still end', () => {
  const world = testWorld()
  world.measure(['hue-s'])
  world.run(2 * MINUTE_MS)
  world.clock.advance(-60 * MINUTE_MS)
  world.broken.add('hue-s')
  world.run(3 * MINUTE_MS)
  expect(world.raised.map((fold) => fold.values['soc.system'])).toEqual(['hue-s'])
  world.run(60 * MINUTE_MS)
  world.broken.clear()
  world.run(3 * MINUTE_MS)
  expect(world.models('UP')).toContain(22)
  const now = world.clock.now()
  const { ms } = world.health.uptime('model:22', START, now)
  expect(Object.values(ms).reduce((sum, item) => sum + item, 0)).toBe(now - START)
})

it('the newest 200 results of a probe are kept', () => {
  const world = testWorld()
  const { id } = world.health.addProbe(tcpDraft('vneid'))
  world.clock.advance(300_000)
  world.health.take(Array.from({ length: 230 }, (_none, place) => result(id, START + 1_000 * (place + 1), 'up')))
  const results = world.health.probe(id)?.results ?? []
  expect(results).toHaveLength(200)
  expect(results[0]?.at).toBe(START + 230_000)
  expect(results.at(-1)?.at).toBe(START + 31_000)
})

it('a heartbeat that was never heard blames nobody; one that stops is down when its grace is over', () => {
  const world = testWorld()
  const { id } = world.health.addProbe(beatDraft('kiosk-hcc'))
  world.clock.advance(10 * MINUTE_MS)
  world.health.tick()
  expect(world.health.probe(id)?.probe.state).toBe('UNKNOWN')
  const beat = world.clock.now()
  world.health.take([result(id, beat, 'up', { startedAt: beat })])
  world.clock.advance(10 * MINUTE_MS)
  world.health.tick()
  expect(world.health.probe(id)?.probe).toMatchObject({ state: 'DOWN', since: beat + 90_000 })
  expect(world.health.system('kiosk-hcc')?.system.because?.text.vi).toContain('không báo nhịp')
})

it('a site that said it is degraded and then fell silent is told as silent', () => {
  const world = testWorld()
  const { id } = world.health.addProbe(beatDraft('kiosk-hcc'))
  const beat = world.clock.now()
  const said = { startedAt: beat, code: 'heartbeat.degraded', detail: 'một máy in hỏng' }
  world.health.take([result(id, beat, 'degraded', said)])
  expect(world.health.system('kiosk-hcc')?.system.because?.text.vi).toContain('nơi gửi tự báo đang kém')
  world.clock.advance(10 * MINUTE_MS)
  world.health.tick()
  expect(world.health.system('kiosk-hcc')?.system).toMatchObject({ state: 'DOWN' })
  expect(world.health.system('kiosk-hcc')?.system.because?.text.vi).toContain('không báo nhịp đúng hạn')
})

it('a heartbeat heard before a restart that does not beat again is down, counted from the restart', () => {
  const world = testWorld()
  const { id } = world.health.addProbe(beatDraft('kiosk-hcc'))
  const { id: never } = world.health.addProbe(beatDraft('vneid'))
  world.clock.advance(MINUTE_MS)
  const beat = world.clock.now()
  world.health.take([result(id, beat, 'up', { startedAt: beat })])
  const restart = beat + 10 * MINUTE_MS
  const again = testWorld({ control: world.control, at: restart })
  again.clock.advance(89_000)
  again.health.tick()
  expect(again.health.probe(id)?.probe.state).toBe('UNKNOWN')
  again.clock.advance(10 * MINUTE_MS)
  again.health.tick()
  expect(again.health.probe(id)?.probe).toMatchObject({ state: 'DOWN', since: restart + 90_000 })
  expect(again.health.system('kiosk-hcc')?.system.state).toBe('DOWN')
  expect(again.health.probe(never)?.probe.state).toBe('UNKNOWN')
})

it('office time runs from 07:30 to 17:00 on working days', () => {
  const monday = ictDayStart('2023-11-13')
  const hour = 60 * MINUTE_MS
  expect(afterOfficeTime(monday + 8 * hour, hour)).toBe(monday + 9 * hour)
  expect(afterOfficeTime(monday + 16.5 * hour, hour)).toBe(monday + 24 * hour + 8 * hour)
  // Friday evening: the hour ends on Monday morning.
  const friday = ictDayStart('2023-11-17')
  expect(afterOfficeTime(friday + 20 * hour, hour)).toBe(friday + 3 * 24 * hour + 8.5 * hour)
})

it('probes are made, changed and removed, and hostile drafts are refused with a code', () => {
  const world = testWorld()
  const { health } = world
  const add = (more: object) => codeOf(() => health.addProbe({ ...tcpDraft('vneid'), ...more }))
  expect(add({ system: 'nobody' })).toEqual([422, 'probe.system'])
  expect(add({ timeoutMs: 40_000 })).toEqual([422, 'probe.timeout'])
  expect(add({ intervalMs: 1 })).toEqual([422, 'probe.invalid'])
  expect(add({ attempts: 1_000 })).toEqual([422, 'probe.invalid'])
  expect(add({ name: 'x'.repeat(10_000) })).toEqual([422, 'probe.invalid'])
  expect(add({ target: { kind: 'telnet' } })).toEqual([422, 'probe.invalid'])
  expect(add({ ...beatDraft('uplink') })).toEqual([422, 'probe.uplink'])
  expect(health.probes()).toEqual([])

  const { id } = health.addProbe(tcpDraft('vneid'))
  world.clock.advance(1_000)
  health.take([result(id, START + 1_000, 'up')])
  expect(health.changeProbe(id, { name: 'Cổng VNeID' })).toMatchObject({ state: 'UP', draft: { name: 'Cổng VNeID' } })
  // Another target: what was said of the old one does not count.
  const target = { kind: 'tcp' as const, host: 'other.example', port: 1, slowMs: 0 }
  expect(health.changeProbe(id, { target }).state).toBe('UNKNOWN')
  expect(codeOf(() => health.newHeartbeatKey(id))).toEqual([409, 'probe.no_heartbeat'])
  health.removeProbe(id)
  expect(health.probe(id)).toBeUndefined()
  expect(codeOf(() => health.removeProbe(id))).toEqual([404, 'probe.unknown'])
  expect(world.control.sql('SELECT COUNT(*) AS n FROM health_intervals WHERE node = ?').get(`probe:${id}`)).toEqual({
    n: 0
  })
})

it('whatever comes as a draft or a result is refused or ignored, and breaks nothing', () => {
  const world = testWorld()
  const { id } = world.health.addProbe(tcpDraft('vneid'))
  const drafts = fc.record(
    {
      name: fc.anything(),
      system: fc.anything(),
      target: fc.anything(),
      intervalMs: fc.anything(),
      attempts: fc.anything()
    },
    { requiredKeys: [] }
  )
  fc.assert(
    fc.property(drafts, fc.anything(), fc.double(), fc.double(), (draft, outcome, startedAt, finishedAt) => {
      const added = codeOf(() => world.health.addProbe({ ...tcpDraft('vneid'), ...draft } as ProbeDraft))
      if (added !== undefined) expect(added[0]).toBe(422)
      world.health.take([
        { ...result(id, START, 'up'), startedAt, finishedAt, outcome: outcome as ProbeResult['outcome'] }
      ])
      world.health.tick()
    }),
    { numRuns: 200 }
  )
  expect(Object.values(world.health.uptime('model:5', START - 1, START).ms).every(Number.isSafeInteger)).toBe(true)
})

it('a heartbeat key is 32 random bytes, handed down with the time of the newest beat', () => {
  const { health, clock } = testWorld()
  const { id } = health.addProbe(beatDraft('kiosk-hcc'))
  expect(health.heartbeatKeys().size).toBe(0)
  const key = health.newHeartbeatKey(id)
  expect(Buffer.from(key, 'base64url')).toHaveLength(32)
  clock.advance(5_000)
  health.take([result(id, START + 5_000, 'up', { dueAt: START + 5_000, startedAt: START + 5_000 })])
  expect(health.heartbeatKeys()).toEqual(new Map([[id, { key, lastAt: START + 5_000 }]]))
  expect(health.newHeartbeatKey(id)).not.toBe(key)
  expect(JSON.stringify([health.probes(), health.probe(id), health.wall()])).not.toContain(key)
})

it('planned work is refused when it makes no sense, may overlap, and can be called off', () => {
  const world = testWorld()
  const { health } = world
  const plan = (from: number, to: number, systems = ['hue-s']) =>
    health.addMaintenance({ systems, from, to, reason: 'x' }, 'u1')
  expect(codeOf(() => plan(START, START + MINUTE_MS, ['nobody']))).toEqual([422, 'maintenance.system'])
  expect(codeOf(() => plan(START + MINUTE_MS, START))).toEqual([422, 'maintenance.order'])
  expect(codeOf(() => plan(START - 2 * MINUTE_MS, START - MINUTE_MS))).toEqual([422, 'maintenance.past'])
  expect(codeOf(() => plan(START, START + 40 * 24 * 60 * MINUTE_MS))).toEqual([422, 'maintenance.too_long'])
  expect(codeOf(() => plan(Number.NaN, START))).toEqual([422, 'maintenance.order'])
  expect(codeOf(() => health.cancelMaintenance('nobody', 'u1'))).toEqual([404, 'maintenance.unknown'])

  const first = plan(START - MINUTE_MS, START + 10 * MINUTE_MS)
  expect(first).toMatchObject({ from: START, status: 'running' })
  const second = plan(START + 5 * MINUTE_MS, START + 20 * MINUTE_MS)
  expect(second.status).toBe('planned')
  world.run(12 * MINUTE_MS)
  // The first is over, the second still runs: one uninterrupted maintenance.
  expect(health.uptime('model:22', START, START + 12 * MINUTE_MS).ms.MAINTENANCE).toBe(12 * MINUTE_MS)
  expect(health.maintenance().map(({ status }) => status)).toEqual(['running', 'over'])
  expect(health.cancelMaintenance(second.id, 'u2').status).toBe('cancelled')
  expect(codeOf(() => health.cancelMaintenance(second.id, 'u2'))).toEqual([409, 'maintenance.over'])
  world.run(MINUTE_MS)
  expect(world.models('MAINTENANCE')).toEqual([])
})

it('everything of an origin can be forgotten', () => {
  const world = testWorld()
  world.measure(['hue-s', 'vneid'])
  world.broken.add('hue-s')
  world.run(3 * MINUTE_MS)
  world.health.forget()
  const tables = ['intervals', 'days', 'probes', 'results', 'maintenance', 'outages', 'life', 'integrations']
  for (const name of tables) {
    expect([name, world.control.sql(`SELECT COUNT(*) AS n FROM health_${name}`).get()]).toEqual([name, { n: 0 }])
  }
  expect(world.health.definitions()).toEqual([])
  expect(world.health.wall().outages).toEqual([])
  expect(inventory.models).toHaveLength(world.health.wall().models.length)
})

it('a failing write leaves no half: the engine goes on from what is written', () => {
  const world = testWorld()
  world.measure(['hue-s'])
  world.run(MINUTE_MS)
  const [probe] = world.health.definitions()
  world.control
    .sql(`CREATE TRIGGER broken BEFORE INSERT ON health_results BEGIN SELECT RAISE(ABORT, 'disk'); END`)
    .run()
  world.clock.advance(10_000)
  expect(() => world.health.take([result(probe?.id ?? '', world.clock.now(), 'down')])).toThrow('disk')
  world.control.sql('DROP TRIGGER broken').run()
  expect(world.models('DOWN')).toEqual([])
  world.run(2 * MINUTE_MS)
  expect(world.models('UP')).toContain(22)
})

it('weekly work comes back at the same hour of every week, also over a restart, until its last week or until called off', () => {
  const world = testWorld()
  world.measure(['hue-s'])
  const { health, clock } = world
  const WEEK = 7 * 24 * 60 * MINUTE_MS
  const from = clock.now() + 10 * MINUTE_MS
  const draft = { systems: ['hue-s'], from, to: from + 30 * MINUTE_MS, reason: 'Sao lưu' }
  expect(codeOf(() => health.addMaintenance({ ...draft, weeklyUntil: from }, 'u1'))).toEqual([
    422,
    'maintenance.weekly'
  ])
  const planned = health.addMaintenance({ ...draft, weeklyUntil: from + 2 * WEEK + MINUTE_MS }, 'u1')
  expect(planned).toMatchObject({ status: 'planned', from })
  const states: string[] = []
  for (let week = 0; week < 4; week++) {
    for (const at of [
      from + week * WEEK - MINUTE_MS,
      from + week * WEEK + MINUTE_MS,
      from + week * WEEK + 31 * MINUTE_MS
    ]) {
      clock.advance(at - clock.now())
      world.run(1_000)
      const [row] = health.maintenance()
      states.push(`${row!.status} ${health.maintainedUntil(['hue-s']) === null ? '-' : 'rests'}`)
    }
  }
  expect(states).toEqual([
    ...['planned -', 'running rests', 'planned -', 'planned -', 'running rests', 'planned -'],
    ...['planned -', 'running rests', 'over -', 'over -', 'over -', 'over -']
  ])
  expect(health.maintainedUntil([])).toBe(null)
})
