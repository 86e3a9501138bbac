import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Posture, UnitPostureDetail, UnitPostureList } from '#core/api/posture.ts'
import { actsOn } from '#testing/sample-period.ts'
import { HOUR_MS } from '#core/time.ts'
import { FOREIGN, OWN, START, testConsole, type Person, type TestConsole } from '#testing/console.ts'

const NOVEMBER = 'from=2023-11-01&to=2023-11-30'
let server: TestConsole
let leader: Person
let narrow: Person

beforeAll(async () => {
  server = testConsole({ quiet: true })
  await server.app.ready()
  leader = server.person('leader')
  narrow = server.person('leader', [OWN])
  const acts = actsOn(server.parts.control)
  acts.hear(START - 48 * HOUR_MS, OWN, 1234)
  acts.hear(START - HOUR_MS, FOREIGN, 5)
  acts.open(START - HOUR_MS, [acts.raise(START - HOUR_MS, { unit: FOREIGN, title: 'Web shell được gọi' })])
  acts.ask(START - 3 * HOUR_MS, OWN)
})
afterAll(() => server.close())

const get = async (url: string, person = leader) => {
  const answer = await server.app.inject({ url, headers: person.headers })
  return { status: answer.statusCode, body: answer.body, headers: answer.headers, json: <T>() => answer.json<T>() }
}

describe('posture', () => {
  it('gives a leader the figures and a paragraph made from them', async () => {
    const { figures, paragraph } = (await get(`/api/posture?${NOVEMBER}`)).json<Posture>()
    expect(figures).toMatchObject({
      running: true,
      origin: 'real',
      events: { value: 1239 },
      incidents: { needDecision: { value: 1 } },
      tasks: { overdueAtEnd: { value: 1 } }
    })
    expect(paragraph[0]?.text.vi).toMatch(/^Đến nay, kỳ này có 1 sự cố cần chỉ đạo, ở xã .+\.$/)
  })

  it('cut to a leader’s own units tells nothing of others', async () => {
    const { body } = await get(`/api/posture?${NOVEMBER}`, narrow)
    expect(body).not.toContain(FOREIGN)
    expect(body).not.toContain('Web shell')
    expect((JSON.parse(body) as Posture).figures).toMatchObject({ events: { value: 1234 }, coverage: { units: 1 } })
    expect((await get(`/api/posture/units/${FOREIGN}?${NOVEMBER}`, narrow)).status).toBe(404)
    expect((await get(`/api/posture/units.csv?${NOVEMBER}`, narrow)).body).not.toContain(FOREIGN)
  })

  it('goes down to units, by what they need, and to one unit with its days', async () => {
    const list = (await get(`/api/posture/units?${NOVEMBER}&show=risk`)).json<UnitPostureList>()
    expect(list.units.map((row) => row.unit.code).sort()).toEqual([OWN, FOREIGN].sort())
    const silent = (await get(`/api/posture/units?${NOVEMBER}&show=unheard`)).json<UnitPostureList>()
    expect(silent.units.every((row) => row.sent === 0)).toBe(true)
    const unit = (await get(`/api/posture/units/${OWN}?${NOVEMBER}`)).json<UnitPostureDetail>()
    expect(unit.days).toHaveLength(30)
    expect(unit.days.find((day) => day.events > 0)).toEqual({ day: '2023-11-28', events: 1234 })
    expect((await get(`/api/posture/units/00000?${NOVEMBER}`)).status).toBe(404)
  })

  it('exports the units as a table, and the export is in the audit log', async () => {
    const { body, headers } = await get(`/api/posture/units.csv?${NOVEMBER}&show=risk`)
    expect(headers['content-type']).toContain('text/csv')
    const lines = body.trim().split('\r\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toContain('Mã;Đơn vị;Thuộc')
    expect(lines.find((line) => line.startsWith(OWN))).toContain(';im lặng;1;1234;1234;0;0;0;1;0;1')
    const last = server.parts.control.sql('SELECT act, target FROM audit ORDER BY id DESC LIMIT 1').get()
    expect(last).toEqual({ act: 'posture.exported', target: '2023-11-01/2023-11-30' })
  })

  it.each([
    ['from=2023-11-30&to=2023-11-01', 'posture.backwards'],
    ['from=2022-01-01&to=2023-11-30', 'posture.too_long'],
    ['from=2023-12-01&to=2023-12-31', 'posture.future'],
    ['from=2023-02-30&to=2023-11-30', 'posture.no_day'],
    ['from=2023-09-01&to=2023-09-30', 'posture.before_data'],
    ['from=2023-11-01', 'request.invalid'],
    ["from=2023-11-01&to=2023-11-30'--", 'request.invalid'],
    [`${NOVEMBER}&origin=all`, 'request.invalid']
  ])('%s is refused with %s', async (query, code) => {
    for (const path of ['', '/units', '/units.csv', `/units/${OWN}`]) {
      const answer = await get(`/api/posture${path}?${query}`)
      expect([answer.status, answer.json<{ code: string }>().code]).toEqual([400, code])
    }
  })

  it('speaks of the demonstration only while nothing real was heard, or when asked', async () => {
    const fresh = testConsole({ quiet: true })
    await fresh.app.ready()
    const headers = fresh.person('leader').headers
    const origin = async (query: string) =>
      (await fresh.app.inject({ url: `/api/posture?${NOVEMBER}${query}`, headers })).json<Posture>().figures.origin
    expect(await origin('')).toBe('demonstration')
    expect(await origin('&origin=real')).toBe('real')
    actsOn(fresh.parts.control).hear(START, OWN)
    expect(await origin('')).toBe('real')
    await fresh.close()
  })
})
