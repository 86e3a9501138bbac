import { MINUTE_MS } from '#core/time.ts'
import { expect, it } from 'vitest'
import { START, allSystems, beatDraft, testWorld, type World } from '#testing/health.ts'

const cameras = Array.from({ length: 13 }, (_none, place) => `camera-csgt-${String(place + 1).padStart(2, '0')}`)

function provinceWorld(): World {
  const world = testWorld()
  world.measure(allSystems)
  world.run(MINUTE_MS)
  return world
}

it('all is well: models with a measured system are UP, planned and undescribed ones are not, and nothing is told', () => {
  const world = provinceWorld()
  expect(world.models('PLANNED')).toEqual([3, 7, 14, 17, 29, 33, 35])
  expect(world.models('UNDESCRIBED')).toEqual([12, 15, 19, 21, 41, 42, 43, 46])
  expect(world.models('UP')).toHaveLength(31)
  expect(world.raised).toEqual([])
})

it('Hue-S fails: one alert, one incident, ten models', () => {
  const world = provinceWorld()
  world.broken.add('hue-s')
  world.run(3 * MINUTE_MS)
  const outages = world.alertsOf('soc.outage')
  expect(outages).toHaveLength(1)
  expect(world.raised).toHaveLength(1)
  expect(outages[0]).toMatchObject({ level: 'critical', unit: { code: 'H57.hueioc' } })
  expect(world.raised[0]?.values).toMatchObject({
    name: 'Hue-S',
    'models.down': '22, 23, 27, 44',
    'models.degraded': '2, 18, 24, 25, 28, 32',
    'models.count': '10',
    'soc.system': 'hue-s',
    'soc.hosts': 'hue-s.example'
  })
  expect(world.models('DOWN')).toEqual([22, 23, 27, 44])
  expect(world.models('DEGRADED')).toEqual([2, 18, 24, 25, 28, 32])
  const wall = world.health.wall()
  expect(wall.outages).toHaveLength(1)
  expect(wall.outages[0]).toMatchObject({ system: 'hue-s', down: [22, 23, 27, 44], alert: outages[0]?.id })
  expect(wall.outages[0]?.incident).toMatch(/\S/)
  const citizen = wall.models.find(({ id }) => id === 24)
  expect(citizen?.because).toMatchObject({ root: 'hue-s', via: ['hue-s', 'vi-hue-s'], edge: 'hard' })
  expect(citizen?.because?.text.vi).toMatch(/^do Hue-S ngừng từ \d\d:\d\d, qua Ví điện tử Hue-S$/)
})

it.each([
  ['Hue-S first', ['hue-s', 'ndxp'], 40_000],
  ['NDXP first', ['ndxp', 'hue-s'], 40_000],
  ['NDXP first, long before', ['ndxp', 'hue-s'], 5 * MINUTE_MS],
  ['together', ['hue-s', 'ndxp'], 0]
])('Hue-S and NDXP fail (%s): exactly two alerts', (_name, systems, gap) => {
  const world = provinceWorld()
  for (const system of systems) {
    world.broken.add(system)
    world.run(gap)
  }
  world.run(4 * MINUTE_MS)
  expect(world.raised.map((fold) => fold.values['soc.system']).sort()).toEqual(['hue-s', 'ndxp'])
  expect(world.health.wall().outages).toHaveLength(2)
})

it('what NDXP takes with it, its ministries and LGSP, is told of with it', () => {
  const world = provinceWorld()
  for (const system of ['ndxp', 'lgsp', 'bo-nganh-01', 'bo-nganh-02']) world.broken.add(system)
  world.run(4 * MINUTE_MS)
  expect(world.raised.map((fold) => fold.values['soc.system'])).toEqual(['ndxp'])
  expect(world.health.wall().outages[0]?.attached.sort()).toEqual(['bo-nganh-01', 'bo-nganh-02', 'lgsp'])
})

it('Hue-S comes back while the water company stays down: one new alert after the settle time', () => {
  const world = provinceWorld()
  world.broken.add('hue-s')
  world.broken.add('tien-nuoc')
  world.run(4 * MINUTE_MS)
  expect(world.raised.map((fold) => fold.values['soc.system'])).toEqual(['hue-s'])
  world.broken.delete('hue-s')
  world.run(75_000)
  expect(world.alertsOf('soc.outage').map((alert) => alert.status)).toEqual(['closed'])
  world.run(2 * MINUTE_MS)
  expect(world.raised.map((fold) => fold.values['soc.system'])).toEqual(['hue-s', 'tien-nuoc'])
  expect(world.models('DEGRADED')).toEqual([23])
  world.broken.clear()
  world.run(2 * MINUTE_MS)
  expect(world.health.wall().outages).toEqual([])
  expect(world.resolved).toHaveLength(2)
})

it('a system that flaps is one alert: it closes only after staying up', () => {
  const world = provinceWorld()
  for (let round = 0; round < 6; round += 1) {
    world.broken.add('vneid')
    world.run(45_000)
    world.broken.delete('vneid')
    world.run(31_000)
  }
  world.run(2 * MINUTE_MS)
  expect(world.alertsOf('soc.outage')).toHaveLength(1)
})

it('our own line is lost: nobody is blamed, one alert says so, and states come back from fresh results', () => {
  const world = testWorld()
  world.measure(['uplink', ...allSystems, 'uplink'])
  world.run(MINUTE_MS)
  world.cut = true
  world.run(5 * MINUTE_MS)
  expect(world.raised.map((fold) => fold.rule.id)).toEqual(['soc.uplink_lost'])
  expect(world.health.wall().uplinkLostSince).not.toBeNull()
  expect(world.models('DOWN')).toEqual([])
  expect(world.models('DEGRADED')).toEqual([])
  expect(world.models('UNKNOWN')).toHaveLength(31)
  world.cut = false
  world.run(2 * MINUTE_MS)
  expect(world.health.wall().uplinkLostSince).toBeNull()
  expect(world.models('UP')).toHaveLength(31)
  expect(world.raised).toHaveLength(1)
  expect(world.resolved).toHaveLength(1)
  // Not one millisecond of the loss was anybody's outage.
  for (const { id } of world.health.wall().models) {
    expect(world.health.uptime(`model:${id}`, 0, world.clock.now()).ms.DOWN).toBe(0)
  }
  for (const system of allSystems) {
    expect(world.health.uptime(`system:${system}`, 0, world.clock.now()).ms.DOWN).toBe(0)
  }
})

it('3 of 13 cameras fall silent: one outage of the group, medium, and its models are degraded', () => {
  const world = testWorld()
  world.measure(['hue-s', 'hue-s-camera', 'dang-ky-phuong-tien', 'httt-tthc'])
  for (const camera of cameras) world.health.addProbe(beatDraft(camera))
  world.run(2 * MINUTE_MS)
  expect(world.models('UP')).toContain(18)
  for (const camera of cameras.slice(0, 3)) world.broken.add(camera)
  world.run(5 * MINUTE_MS)
  expect(world.alertsOf('soc.outage')).toHaveLength(1)
  const last = world.raised.at(-1)
  expect(last).toMatchObject({ rule: { level: 'medium' }, values: { lost: '3/13', 'soc.system': 'camera-csgt' } })
  expect(last?.values['models.down']).toBe('–')
  expect(world.models('DEGRADED')).toEqual([1, 18])
  expect(world.health.system('camera-csgt')?.system).toMatchObject({ state: 'DEGRADED', because: { root: null } })
  expect(world.health.model(18)?.model.because?.text.vi).toMatch(/^do .+ suy giảm từ .+ \(mất 3\/13\)$/)

  for (const camera of cameras) world.broken.add(camera)
  world.run(5 * MINUTE_MS)
  expect(world.health.system('camera-csgt')?.system.state).toBe('DOWN')
  expect(world.alertsOf('soc.outage')).toHaveLength(1)
  expect(world.raised.at(-1)).toMatchObject({ rule: { level: 'high' }, values: { lost: '13/13' } })
  world.broken.clear()
  world.run(3 * MINUTE_MS)
  expect(world.health.wall().outages).toEqual([])
})

it('planned work: measured all the same, nobody is alerted; still down when it ends is an outage from then', () => {
  const world = provinceWorld()
  const from = world.clock.now()
  const to = from + 10 * MINUTE_MS
  world.health.addMaintenance({ systems: ['hue-s'], from, to, reason: 'Nâng cấp' }, 'u1')
  world.broken.add('hue-s')
  world.run(9 * MINUTE_MS)
  expect(world.models('MAINTENANCE')).toEqual([22, 23, 27, 44])
  expect(world.raised).toEqual([])
  expect(world.health.wall().models.find(({ id }) => id === 22)?.maintenanceUntil).toBe(to)
  world.run(2 * MINUTE_MS)
  expect(world.raised.map((fold) => fold.values['soc.system'])).toEqual(['hue-s'])
  expect(world.health.wall().outages[0]?.since).toBe(to)
  expect(world.health.uptime('model:22', from, to).ms.MAINTENANCE).toBe(to - from)
})

it('a restart: the gap is UNKNOWN for every node, and an outage that goes on is the same outage', () => {
  const world = provinceWorld()
  world.broken.add('hue-s')
  world.run(3 * MINUTE_MS)
  const [before] = world.health.wall().outages
  const died = world.clock.now()
  const again = testWorld({ control: world.control, at: died + 7 * MINUTE_MS })
  again.broken.add('hue-s')
  expect(again.models('UNKNOWN')).toHaveLength(31)
  for (const node of ['model:22', 'system:vneid', `probe:${again.health.definitions()[0]?.id ?? ''}`] as const) {
    expect(again.health.uptime(node, died, died + 7 * MINUTE_MS).ms.UNKNOWN).toBe(7 * MINUTE_MS)
  }
  again.run(3 * MINUTE_MS)
  expect(again.raised).toEqual([])
  expect(again.health.wall().outages).toHaveLength(1)
  expect(again.health.wall().outages[0]).toMatchObject({ since: before?.since, alert: before?.alert })
  again.broken.clear()
  again.run(2 * MINUTE_MS)
  expect(again.health.wall().outages).toEqual([])
  expect(again.alertsOf('soc.outage').map(({ status }) => status)).toEqual(['closed'])
})

it('a process that ran with its clock a year ahead leaves no future behind once the clock is right', () => {
  const world = provinceWorld()
  world.run(3 * MINUTE_MS)
  const died = world.clock.now()
  const ahead = testWorld({ control: world.control, at: died + 400 * 24 * 60 * MINUTE_MS })
  ahead.run(2 * MINUTE_MS)
  const again = testWorld({ control: world.control, at: died + 10 * MINUTE_MS })
  again.run(3 * MINUTE_MS)
  const now = again.clock.now()
  expect(again.health.wall().at).toBe(now)
  expect(again.models('UP').length).toBeGreaterThan(0)
  const { ms } = again.health.uptime('system:hue-s', START, now)
  expect(Object.values(ms).reduce((sum, item) => sum + item, 0)).toBe(now - START)
  expect(ms.UNKNOWN).toBeGreaterThanOrEqual(10 * MINUTE_MS)
  const plan = { systems: ['hue-s'], from: now, to: now + 60 * MINUTE_MS, reason: 'x' }
  expect(again.health.addMaintenance(plan, 'u1').status).toBe('running')
})

it('an outage names the incident that holds its alert now', () => {
  const world = provinceWorld()
  world.broken.add('hue-s')
  world.run(3 * MINUTE_MS)
  const [outage] = world.health.wall().outages
  const by = { id: 'u1', name: 'u1' }
  world.control
    .sql(
      `INSERT INTO users (id, username, name, role, password, created_at) VALUES ('u1', 'u1', 'u1', 'analyst', '', 0)`
    )
    .run()
  world.alerts.actOnIncident(outage!.incident!, { kind: 'release', alerts: [outage!.alert!], into: 'new' }, by)
  const held = world.alerts.incidentOf(outage!.alert!)
  expect(held).not.toBe(outage!.incident)
  expect(world.health.wall().outages[0]?.incident).toBe(held)
  world.alerts.actOnIncident(held!, { kind: 'release', alerts: [outage!.alert!], into: null }, by)
  expect(world.health.wall().outages[0]?.incident).toBeNull()
})
