import { expect, it } from 'vitest'
import { MINUTE_MS } from '#core/time.ts'
import { allSystems, testWorld } from '#testing/health.ts'

function provinceWorld() {
  const world = testWorld()
  world.measure(allSystems)
  world.run(MINUTE_MS)
  return world
}
const told = (world: ReturnType<typeof provinceWorld>) =>
  world.raised.filter(({ rule }) => rule.id === 'soc.outage').map(({ rule }) => rule.title.vi)

it('many that fall together without depending on each other are one outage, suspected of a common cause', () => {
  const world = provinceWorld()
  for (const system of allSystems) world.broken.add(system)
  world.run(3 * MINUTE_MS)
  expect(told(world)).toEqual([expect.stringMatching(/^\d+ hệ thống cùng ngừng: nghi nguyên nhân chung$/)])
  expect(world.raised[0]?.rule.level).toBe('critical')
  expect(world.health.wall().outages.map(({ because }) => because?.text.vi)).toEqual([
    expect.stringContaining('kiểm tra đường truyền và máy giám sát trước')
  ])
  // A restart tells nothing anew.
  const again = testWorld({ control: world.control, at: world.clock.now() })
  for (const system of allSystems) again.broken.add(system)
  again.run(5 * MINUTE_MS)
  expect(told(again as typeof world)).toEqual([])
  again.broken.clear()
  again.run(3 * MINUTE_MS)
  expect(told(again as typeof world)).toEqual([])
  expect(again.health.wall().outages).toEqual([])
})

it('what stays down when the others are back answers for itself', () => {
  const world = provinceWorld()
  for (const system of allSystems) world.broken.add(system)
  world.run(3 * MINUTE_MS)
  world.broken.clear()
  world.broken.add('vneid')
  world.run(4 * MINUTE_MS)
  expect(told(world)).toHaveLength(2)
  expect(world.health.wall().outages.map(({ system }) => system)).toEqual(['vneid'])
})

it('few that fall together are outages of their own', () => {
  const world = provinceWorld()
  for (const system of ['vneid', 'kiosk-hcc']) world.broken.add(system)
  world.run(3 * MINUTE_MS)
  expect(told(world).every((title) => title.startsWith('Ngừng hoạt động'))).toBe(true)
  expect(told(world)).toHaveLength(2)
})
