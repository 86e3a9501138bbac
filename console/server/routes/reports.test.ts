import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ReportJob, ReportList, ReportRow, ReportSettings, ReportSubscriber } from '#core/api/reports.ts'
import { actsOn } from '#testing/sample-period.ts'
import { HOUR_MS } from '#core/time.ts'
import { FOREIGN, OWN, START, testConsole, type Person, type TestConsole } from '#testing/console.ts'

const WEEK = { from: '2023-11-20', to: '2023-11-26' }
let server: TestConsole
let leader: Person
let admin: Person
let owner: Person

beforeAll(async () => {
  server = testConsole()
  await server.app.ready()
  leader = server.person('leader')
  admin = server.person('admin')
  owner = server.person('owner', [OWN])
  const acts = actsOn(server.parts.control)
  acts.hear(START - 5 * 24 * HOUR_MS, OWN, 1234)
})
afterAll(() => server.close())

async function call(person: Person, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
  const answer = await server.app.inject({
    method,
    url,
    headers: person.headers,
    ...(payload === undefined ? {} : { payload })
  })
  return { status: answer.statusCode, headers: answer.headers, raw: answer.rawPayload, json: <T>() => answer.json<T>() }
}
const code = (answer: { json<T>(): T }) => answer.json<{ code: string }>().code
const audited = () => server.parts.control.sql('SELECT act, target FROM audit ORDER BY id DESC LIMIT 1').get()

/** Makes a report as this person and asks until it is done, as the screen does. */
async function made(person: Person, body: object): Promise<ReportRow> {
  let job = (await call(person, 'POST', '/api/reports', body)).json<ReportJob>()
  await vi.waitFor(
    async () => {
      job = (await call(person, 'GET', `/api/reports/jobs/${job.id}`)).json<ReportJob>()
      expect(job.step).toBe('done')
    },
    { timeout: 60_000, interval: 50 }
  )
  return job.report!
}

describe('reports over the API', { timeout: 90_000 }, () => {
  let province: ReportRow
  let own: ReportRow
  beforeAll(async () => {
    province = await made(leader, { kind: 'weekly', period: WEEK, unit: '' })
    own = await made(admin, { kind: 'unit_weekly', period: WEEK, unit: OWN })
  }, 90_000)

  it('are made by a leader, and given as PDF and Word files that no browser guesses about', async () => {
    expect(province).toMatchObject({ kind: 'weekly', version: 1, draft: false, unit: null })
    for (const [file, type] of [
      ['pdf', 'application/pdf'],
      ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document']
    ] as const) {
      const answer = await call(leader, 'GET', `/api/reports/${province.id}/files/${file}`)
      expect(answer.status).toBe(200)
      expect(answer.headers).toMatchObject({ 'content-type': type, 'x-content-type-options': 'nosniff' })
      expect(answer.headers['content-disposition']).toBe(
        `attachment; filename="${province.id}-2023-11-20-2023-11-26.${file}"`
      )
      expect(answer.raw.length).toBe(province[file].bytes)
      expect(audited()).toEqual({ act: 'report.read', target: province.id })
    }
  })

  it('of its own units only are an owner’s to read; what is not is not there', async () => {
    const list = (await call(owner, 'GET', '/api/reports')).json<ReportList>()
    expect(list.reports.map(({ id }) => id)).toEqual([own.id])
    expect((await call(owner, 'GET', `/api/reports/${own.id}/files/pdf`)).status).toBe(200)
    for (const path of ['', '/files/pdf', '/files/docx']) {
      const answer = await call(owner, 'GET', `/api/reports/${province.id}${path}`)
      expect([answer.status, code(answer)]).toEqual([404, 'report.not_found'])
    }
    const stranger = server.person('owner', [FOREIGN])
    expect((await call(stranger, 'GET', '/api/reports')).json<ReportList>().reports).toEqual([])
    expect((await call(stranger, 'GET', `/api/reports/${own.id}`)).status).toBe(404)
  })

  it('are not made by owners and auditors, nor of another unit by somebody with few units', async () => {
    const body = { kind: 'weekly', period: WEEK, unit: '' }
    for (const person of [owner, server.person('auditor')]) {
      expect((await call(person, 'POST', '/api/reports', body)).status).toBe(403)
    }
    const narrow = server.person('leader', [OWN])
    expect(code(await call(narrow, 'POST', '/api/reports', body))).toBe('unit.unknown')
    const other = { kind: 'unit_weekly', period: WEEK, unit: FOREIGN }
    expect(code(await call(narrow, 'POST', '/api/reports', other))).toBe('unit.unknown')
    const again = await made(narrow, { kind: 'unit_weekly', period: WEEK, unit: OWN })
    expect(again).toEqual(own)
  })

  it('are refused for what is no report', async () => {
    for (const [body, expected] of [
      [{ kind: 'weekly', period: { from: '2023-11-26', to: '2023-11-20' }, unit: '' }, 'posture.backwards'],
      [{ kind: 'weekly', period: { from: '2024-11-20', to: '2024-11-26' }, unit: '' }, 'posture.future'],
      [{ kind: 'weekly', period: { from: '2022-11-20', to: '2022-11-26' }, unit: '' }, 'posture.before_data'],
      [{ kind: 'unit_weekly', period: { from: '2022-11-20', to: '2022-11-26' }, unit: OWN }, 'posture.before_data'],
      [{ kind: 'yearly', period: WEEK, unit: '' }, 'request.invalid'],
      [{ kind: 'weekly', period: { from: 'today', to: 'today' }, unit: '' }, 'request.invalid'],
      [{ kind: 'weekly', period: WEEK, unit: OWN }, 'report.unit']
    ] as const) {
      expect(code(await call(leader, 'POST', '/api/reports', body))).toBe(expected)
    }
    expect((await call(leader, 'GET', '/api/reports/jobs/none')).status).toBe(404)
    expect((await call(leader, 'GET', `/api/reports/${province.id}/files/exe`)).status).toBe(400)
    expect((await call(leader, 'GET', '/api/reports/..%2f..%2fcontrol.db/files/pdf')).status).toBe(404)
  })

  it('are listed newest first, page by page, by kind', async () => {
    const all = (await call(leader, 'GET', '/api/reports?limit=1')).json<ReportList>()
    expect([all.reports[0]?.id, all.cursor === null]).toEqual([own.id, false])
    const next = (await call(leader, 'GET', `/api/reports?limit=1&cursor=${all.cursor}`)).json<ReportList>()
    expect([next.reports[0]?.id, next.cursor]).toEqual([province.id, null])
    const weekly = (await call(leader, 'GET', '/api/reports?kind=weekly')).json<ReportList>()
    expect(weekly.reports.map(({ id }) => id)).toEqual([province.id])
  })
})

describe('what is printed and who gets it', () => {
  it('is the administrator’s to change, audited', async () => {
    const settings = (await call(leader, 'GET', '/api/reports/settings')).json<ReportSettings>()
    const changed = { ...settings, hour: 6, form: { ...settings.form, issuing: 'Công an tỉnh|Trung tâm SOC' } }
    expect((await call(leader, 'PUT', '/api/reports/settings', changed)).status).toBe(403)
    expect((await call(admin, 'PUT', '/api/reports/settings', changed)).json()).toEqual(changed)
    expect(audited()).toEqual({ act: 'report.settings', target: 'reports' })
    expect((await call(leader, 'GET', '/api/reports/settings')).json()).toEqual(changed)
    expect((await call(admin, 'PUT', '/api/reports/settings', { ...changed, monthDay: 29 })).status).toBe(400)
    expect((await call(admin, 'PUT', '/api/reports/settings', { ...changed, hour: 24 })).status).toBe(400)
  })

  it('keeps the list of subscribers among administrators', async () => {
    const body = { kind: 'weekly', unit: '', userId: null, address: 'vp@example.vn', name: 'Văn phòng' }
    expect((await call(leader, 'POST', '/api/reports/subscribers', body)).status).toBe(403)
    expect((await call(leader, 'GET', '/api/reports/subscribers')).status).toBe(403)
    const subscriber = (await call(admin, 'POST', '/api/reports/subscribers', body)).json<ReportSubscriber>()
    expect(subscriber).toMatchObject({ name: 'Văn phòng', address: 'vp@example.vn', unit: null })
    const person = (
      await call(admin, 'POST', '/api/reports/subscribers', { ...body, userId: owner.id, address: '' })
    ).json<ReportSubscriber>()
    expect(person.userId).toBe(owner.id)
    expect((await call(admin, 'DELETE', `/api/reports/subscribers/${subscriber.id}`)).status).toBe(204)
    expect((await call(admin, 'DELETE', `/api/reports/subscribers/${subscriber.id}`)).status).toBe(404)
    expect((await call(admin, 'GET', '/api/reports/subscribers')).json()).toEqual([person])
  })
})
