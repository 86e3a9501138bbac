import { afterEach, beforeEach, expect, it } from 'vitest'
import type { AlertList } from '#core/api/alerts.ts'
import { CITIZEN, OWN, START, testConsole, type Person, type TestConsole } from '#testing/console.ts'
import { hostileFold } from '#testing/triage.ts'

let soc: TestConsole
beforeEach(() => {
  soc = testConsole()
})
afterEach(() => soc.close())

const get = (person: Person, url: string) => soc.app.inject({ url, headers: person.headers })
const queue = async (person: Person, query: string) =>
  (await get(person, `/api/alerts?tab=all&${query}`)).json<AlertList>().total
const searches = () => soc.parts.audit.list({ act: 'event.number_searched', limit: 100 })

it('the store is told whose search may not match inside masked numbers', async () => {
  const asked = async (person: Person, query = 'x') => {
    await get(person, `/api/events?q=${encodeURIComponent(query)}`)
    await get(person, `/api/events/histogram?q=${encodeURIComponent(query)}`)
    return soc.world.asked.splice(0).map((request) => (request as { masked: boolean }).masked)
  }
  soc.world.asked.splice(0)
  for (const role of ['admin', 'analyst', 'auditor'] as const)
    expect(await asked(soc.person(role))).toEqual([true, true])
  // The right is held by the person, and no role of numbers or reading alone makes use of it.
  expect(await asked(soc.person('auditor', [], { mayUnmask: true }))).toEqual([true, true])
  expect(await asked(soc.person('owner', [OWN], { mayUnmask: true }))).toEqual([false, false])
  expect(await asked(soc.person('analyst', [], { mayUnmask: true }))).toEqual([false, false])
})

it('a search of a number is on record once, whoever asks, and its number is masked in the log', async () => {
  const seer = soc.person('analyst', [], { mayUnmask: true })
  for (const query of ['x', 'source.ip:192.0.2.7', 'event.code:4625', '@timestamp:>2023-11-30'])
    await get(seer, `/api/events?q=${encodeURIComponent(query)}`)
  expect(searches()).toHaveLength(0)
  for (let page = 0; page < 3; page++) await get(seer, `/api/events?q=${CITIZEN}`)
  await get(seer, `/api/alerts?q=${CITIZEN}`)
  // Once on either road.
  expect(searches()).toHaveLength(2)
  // One group of a number written in groups, from who sees it masked.
  await get(soc.person('owner', [OWN]), '/api/events?q=201')
  expect(searches()).toHaveLength(3)
  const log = await get(soc.person('auditor'), '/api/audit?act=event.number_searched')
  expect(log.body).toContain('046*******89')
  expect(log.body).not.toContain(CITIZEN)
})

it('the queue finds no number by its hidden digits, and a whole one for who may see it', async () => {
  soc.parts.alerts.raise(hostileFold(CITIZEN, OWN, 'high', START))
  const seer = soc.person('analyst', [], { mayUnmask: true })
  const masked = soc.person('analyst')
  expect(await queue(seer, `q=${CITIZEN}`)).toBeGreaterThan(0)
  expect(await queue(seer, `entity=${CITIZEN}`)).toBeGreaterThan(0)
  expect(await queue(masked, `entity=${CITIZEN}`)).toBe(0)
  expect(await queue(masked, 'q=046')).toBe(await queue(seer, 'q=046'))
  for (let from = 0; from < 10; from++)
    for (let length = 1; length <= 6; length++) {
      const part = CITIZEN.slice(from, from + length)
      const shown = '046*******89'.includes(part)
      // Shorter ones stand in the alerts' own numbers too.
      const others = await queue(masked, `q=${part}`)
      const hits = (await get(masked, `/api/alerts?tab=all&q=${part}`)).json<AlertList>().items
      if (!shown && part.length > 3) expect([part, others]).toEqual([part, 0])
      expect(JSON.stringify(hits)).not.toContain(CITIZEN)
    }
})
