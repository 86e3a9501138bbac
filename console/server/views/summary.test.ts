import { plannedState } from '#control/health/graph.ts'
import { ictDay } from '#core/time.ts'
import { countSent } from '#control/senders/feeds.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SourceRow, Summary } from '#core/api/sources.ts'
import { OWN, ledgerRow, testConsole } from '#testing/console.ts'

const soc = testConsole({ quiet: true })
soc.world.demonstration = null
const { app, parts, world } = soc
const admin = soc.person('admin')
const owner = soc.person('owner', [OWN])
beforeAll(async () => void (await app.ready()))
afterAll(() => soc.close())

const blind = async (headers = admin.headers) =>
  (await app.inject({ method: 'GET', url: '/api/summary', headers })).json<Summary>().blind
const sent = (sender: string, at: number) =>
  countSent(parts.control, [{ day: ictDay(at), sender, unit: OWN, origin: 'real', events: 1, firstAt: at, lastAt: at }])
const isWatched = ({ kind, scope }: { kind: string; scope?: string }) =>
  kind === 'commune' || kind === 'district' || (kind === 'department' && scope === 'monitored')

it('a unit under watch that never sent, or fell silent, is a blind spot, and so is a scope that received nothing', async () => {
  const watched = parts.inventory.units().filter(isWatched).length
  world.ledger = []
  expect(watched).toBeGreaterThan(100)
  expect(await blind()).toMatchObject({ unitsNotConnected: watched, nothingReceived: true })
  expect(await blind(owner.headers)).toMatchObject({ unitsNotConnected: 1, nothingReceived: true })

  const payload = { name: 'Tường lửa', unit: OWN, networks: [], speaksFor: 'self', utcOffsetMinutes: 420 }
  const made = await app.inject({ method: 'POST', url: '/api/sources', headers: admin.headers, payload })
  const source = made.json<SourceRow>()
  // A source that never sent connects nothing.
  expect(await blind(owner.headers)).toMatchObject({ unitsNotConnected: 1, neverHeard: 1, nothingReceived: true })
  world.ledger = [ledgerRow(source.id)]
  sent(source.id, parts.clock.now())
  expect(await blind(owner.headers)).toMatchObject({ unitsNotConnected: 0, unitsSilent: 0, neverHeard: 0 })
  expect(await blind()).toMatchObject({ unitsNotConnected: watched - 1, nothingReceived: false })

  parts.clock.advance(2 * 3_600_000)
  expect(await blind(owner.headers)).toMatchObject({ unitsNotConnected: 0, unitsSilent: 1 })
  const url = `/api/sources/${source.id}`
  await app.inject({ method: 'PATCH', url, headers: admin.headers, payload: { enabled: false } })
  // Switched off on purpose: neither silent nor never connected.
  expect(await blind(owner.headers)).toMatchObject({ unitsNotConnected: 0, unitsSilent: 0 })
})

it('a model that nothing measures is a blind spot for those who see the province', async () => {
  // Nothing is measured here: every model that is not only planned is unknown.
  const unknown = parts.inventory.models.filter((model) => plannedState(model) === undefined).length
  world.ledger = []
  parts.clock.advance(6_000)
  expect(await blind()).toMatchObject({ modelsWithoutData: unknown })
  expect(await blind(owner.headers)).toMatchObject({ modelsWithoutData: 0 })
})
