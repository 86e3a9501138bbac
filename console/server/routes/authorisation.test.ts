import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { roles, type Role } from '#core/roles.ts'
import { permissions } from '#core/permissions.ts'
import { may } from '#control/rights/permissions.ts'
import { accountRights } from '#testing/account-rights.ts'
import { notificationRights } from '#testing/notification-rights.ts'
import { announcement } from '#testing/notifications.ts'
import { defaultSettings } from '#control/reports/settings.ts'
import { areas } from './index.ts'
import { CITIZEN, FOREIGN, OWN, PHONE, SCRIPT, START, testConsole, type Person } from '#testing/console.ts'
import { heartbeatDraft, httpDraft, measureProvince, probesThread, resultOf } from '#testing/measured-health.ts'

/*
 * The expectation is written down here once more, from docs/api.md and docs/accounts.md, independently of the tables under test.
 * `own` and `foreign` are the same request aimed at something of one's own unit and at something of another's.
 */
type Shot = { url: string | (() => string); body?: unknown }
/** `then`: the refusal of the matter itself that those who may ask get here, instead of a 2xx; `provinceOnly`: those of one unit. */
type Expected = { roles: readonly Role[]; own: Shot; foreign?: Shot; then?: string; provinceOnly?: string }
const all = roles
const soc = ['admin', 'analyst'] as const
const readers = ['admin', 'analyst', 'auditor'] as const
const readersAndOwner = [...readers, 'owner'] as const
const november = 'from=2023-11-01&to=2023-11-30'
const source = { name: 'Máy chủ', networks: [], speaksFor: 'self', utcOffsetMinutes: 420 }

const taskDraft = (unit: string, alert: string) => ({
  unit,
  alerts: [alert],
  incident: null,
  title: { vi: 'x', en: '' },
  what: { vi: 'x', en: '' },
  steps: [{ vi: 'x', en: '' }],
  deadline: START + 3_600_000,
  contact: null
})

let ids = { ownSource: '', foreignSource: '', ownUser: '', foreignUser: '', messages: { own: 0, foreign: 0 } }
const expectations = (): Record<string, Expected> => ({
  'GET /api/session': { roles: all, own: { url: '/api/session' } },
  'DELETE /api/session': { roles: all, own: { url: '/api/session' } },
  'POST /api/session/password': {
    then: 'password.wrong',
    roles: all,
    own: { url: '/api/session/password', body: { current: 'x', next: 'y' } }
  },
  'GET /api/summary': { roles: all, own: { url: '/api/summary' } },
  'GET /api/alerts': { roles: readersAndOwner, own: { url: '/api/alerts' } },
  'GET /api/alerts/:id': {
    roles: readersAndOwner,
    own: { url: `/api/alerts/${triage.own}` },
    foreign: { url: `/api/alerts/${triage.foreign}` }
  },
  'POST /api/alerts/acts': {
    roles: soc,
    own: { url: '/api/alerts/acts', body: { ids: [triage.own], act: { kind: 'acknowledge' } } },
    foreign: { url: '/api/alerts/acts', body: { ids: [triage.own, triage.foreign], act: { kind: 'acknowledge' } } }
  },
  'GET /api/incidents': { roles: readersAndOwner, own: { url: '/api/incidents' } },
  'GET /api/incidents/:id': {
    roles: readersAndOwner,
    own: { url: `/api/incidents/${triage.ownIncident}` },
    foreign: { url: `/api/incidents/${triage.foreignIncident}` }
  },
  'POST /api/incidents/:id/acts': {
    roles: soc,
    own: { url: `/api/incidents/${triage.ownIncident}/acts`, body: { kind: 'note', text: 'x' } },
    foreign: { url: `/api/incidents/${triage.sharedIncident}/acts`, body: { kind: 'note', text: 'x' } }
  },
  'GET /api/units': { roles: all, own: { url: '/api/units' } },
  'GET /api/units/:code': { roles: all, own: { url: `/api/units/${OWN}` }, foreign: { url: `/api/units/${FOREIGN}` } },
  'PUT /api/units/:code/contacts': {
    roles: ['admin'],
    own: { url: `/api/units/${OWN}/contacts`, body: { contacts: [] } },
    foreign: { url: `/api/units/${FOREIGN}/contacts`, body: { contacts: [] } }
  },
  'GET /api/events': { roles: readersAndOwner, own: { url: '/api/events' } },
  'GET /api/events/advice': { roles: readersAndOwner, own: { url: '/api/events/advice' } },
  'GET /api/events/histogram': { roles: readersAndOwner, own: { url: '/api/events/histogram' } },
  'GET /api/events/:id': {
    roles: readersAndOwner,
    own: { url: '/api/events/e-own' },
    foreign: { url: '/api/events/e-foreign' }
  },
  'POST /api/events/:id/unmask': { roles: [], own: { url: '/api/events/e-own/unmask' } },
  'GET /api/sources': { roles: readersAndOwner, own: { url: '/api/sources' } },
  'POST /api/sources': {
    roles: ['admin'],
    own: { url: '/api/sources', body: { ...source, unit: OWN } },
    foreign: { url: '/api/sources', body: { ...source, unit: FOREIGN } }
  },
  'PATCH /api/sources/:id': {
    roles: ['admin'],
    own: { url: `/api/sources/${ids.ownSource}`, body: { name: 'Khác' } },
    foreign: { url: `/api/sources/${ids.foreignSource}`, body: { name: 'Khác' } }
  },
  'POST /api/sources/:id/tokens': {
    roles: ['admin'],
    own: { url: `/api/sources/${ids.ownSource}/tokens` },
    foreign: { url: `/api/sources/${ids.foreignSource}/tokens` }
  },
  'GET /api/sources/:id/tokens': {
    roles: ['admin'],
    own: { url: `/api/sources/${ids.ownSource}/tokens` },
    foreign: { url: `/api/sources/${ids.foreignSource}/tokens` }
  },
  'DELETE /api/sources/:id/tokens/:token': {
    then: 'token.not_found',
    roles: ['admin'],
    own: { url: `/api/sources/${ids.ownSource}/tokens/x` },
    foreign: { url: `/api/sources/${ids.foreignSource}/tokens/x` }
  },
  'DELETE /api/sources/:id/tokens': {
    roles: ['admin'],
    own: { url: `/api/sources/${ids.ownSource}/tokens` },
    foreign: { url: `/api/sources/${ids.foreignSource}/tokens` }
  },
  'GET /api/dead-letters': { roles: readers, own: { url: '/api/dead-letters' } },
  'POST /api/dead-letters/replay': {
    roles: soc,
    own: { url: '/api/dead-letters/replay', body: { ids: ['d-own'] } },
    foreign: { url: '/api/dead-letters/replay', body: { ids: ['d-foreign'] } }
  },
  'GET /api/rules': { roles: readers, own: { url: '/api/rules' } },
  'GET /api/rules/:id': { roles: readers, own: { url: '/api/rules/rule-1' } },
  'GET /api/tasks': { roles: readersAndOwner, own: { url: '/api/tasks' } },
  'GET /api/tasks/:id': {
    roles: readersAndOwner,
    own: { url: '/api/tasks/NV-0001' },
    foreign: { url: '/api/tasks/NV-0002' }
  },
  'GET /api/task-suggestion': {
    roles: soc,
    own: { url: `/api/task-suggestion?alerts=${triage.own}` },
    foreign: { url: `/api/task-suggestion?alerts=${triage.foreign}` }
  },
  'POST /api/tasks': {
    roles: soc,
    own: { url: '/api/tasks', body: taskDraft(OWN, triage.own) },
    foreign: { url: '/api/tasks', body: taskDraft(FOREIGN, triage.foreign) }
  },
  'POST /api/tasks/:id/acts': {
    roles: soc,
    own: { url: '/api/tasks/NV-0001/acts', body: { kind: 'revoke' } },
    foreign: { url: '/api/tasks/NV-0002/acts', body: { kind: 'revoke' } }
  },
  'POST /api/tasks/:id/answers': {
    roles: ['owner'],
    own: { url: '/api/tasks/NV-0001/answers', body: { kind: 'doing' } },
    foreign: { url: '/api/tasks/NV-0002/answers', body: { kind: 'doing' } }
  },
  // Without a name beside it a file is refused before it is read; see tasks/evidence.test.ts for the rest.
  'POST /api/tasks/:id/files': { roles: ['owner'], own: { url: '/api/tasks/NV-0001/files' }, then: 'request.invalid' },
  'GET /api/tasks/:id/files/:file': {
    roles: soc,
    own: { url: '/api/tasks/NV-0001/files/none' },
    foreign: { url: '/api/tasks/NV-0002/files/none' },
    then: 'file.not_found'
  },
  'GET /api/reports': { roles: all, own: { url: '/api/reports' } },
  'POST /api/reports': {
    roles: ['admin', 'analyst', 'leader'],
    own: {
      url: '/api/reports',
      body: { kind: 'unit_weekly', period: { from: '2023-11-20', to: '2023-11-26' }, unit: OWN }
    },
    foreign: {
      url: '/api/reports',
      body: { kind: 'unit_weekly', period: { from: '2023-11-20', to: '2023-11-26' }, unit: FOREIGN }
    }
  },
  'GET /api/reports/:id': { roles: all, own: { url: '/api/reports/BC-9999' }, then: 'report.not_found' },
  'GET /api/reports/:id/files/:file': {
    roles: all,
    own: { url: '/api/reports/BC-9999/files/pdf' },
    then: 'report.not_found'
  },
  'GET /api/reports/jobs/:id': {
    roles: ['admin', 'analyst', 'leader'],
    own: { url: '/api/reports/jobs/none' },
    then: 'report.not_found'
  },
  'GET /api/reports/settings': { roles: ['admin', 'analyst', 'leader'], own: { url: '/api/reports/settings' } },
  'PUT /api/reports/settings': {
    provinceOnly: 'scope.province',
    roles: ['admin'],
    own: { url: '/api/reports/settings', body: defaultSettings }
  },
  'GET /api/reports/subscribers': { roles: ['admin'], own: { url: '/api/reports/subscribers' } },
  'POST /api/reports/subscribers': {
    roles: ['admin'],
    own: {
      url: '/api/reports/subscribers',
      body: { kind: 'unit_weekly', unit: OWN, userId: null, address: 'truc@example.vn', name: 'Ca trực' }
    },
    foreign: {
      url: '/api/reports/subscribers',
      body: { kind: 'daily', unit: '', userId: null, address: 'tinh@example.vn', name: 'Ca trực' }
    }
  },
  'DELETE /api/reports/subscribers/:id': {
    roles: ['admin'],
    own: { url: '/api/reports/subscribers/none' },
    then: 'report.subscriber_not_found'
  },
  'GET /api/catalogue': { roles: all, own: { url: '/api/catalogue' } },
  'GET /api/catalogue/changes': { roles: ['admin'], own: { url: '/api/catalogue/changes' } },
  'POST /api/catalogue/changes': {
    provinceOnly: 'catalogue.province_only',
    roles: ['admin'],
    own: {
      url: '/api/catalogue/changes',
      body: { edit: { kind: 'system', id: 'hue-s', set: { security: '3' } }, reason: 'x' }
    }
  },
  'POST /api/catalogue/changes/:id/revert': {
    provinceOnly: 'catalogue.province_only',
    roles: ['admin'],
    own: { url: '/api/catalogue/changes/999/revert', body: { reason: 'x' } },
    then: 'catalogue.change_not_found'
  },
  'GET /api/models': { roles: all, own: { url: '/api/models' } },
  'GET /api/models/:id': { roles: all, own: { url: '/api/models/1' } },
  'GET /api/health/wall': { roles: all, own: { url: '/api/health/wall' } },
  'GET /api/models/:id/health': { roles: all, own: { url: '/api/models/22/health' } },
  'GET /api/systems': { roles: all, own: { url: '/api/systems' } },
  'GET /api/systems/:id': { roles: all, own: { url: '/api/systems/hue-s' } },
  'GET /api/probes': { roles: readersAndOwner, own: { url: '/api/probes' } },
  'GET /api/probes/:id': {
    roles: readersAndOwner,
    own: { url: `/api/probes/${probeOf('hue-s')}` },
    foreign: { url: `/api/probes/${probeOf('qlvb')}` }
  },
  'POST /api/probes': {
    roles: ['admin'],
    own: { url: '/api/probes', body: httpDraft('hue-s', 'x') },
    foreign: { url: '/api/probes', body: httpDraft('qlvb', 'x') }
  },
  'PATCH /api/probes/:id': {
    roles: ['admin'],
    own: { url: `/api/probes/${probeOf('hue-s')}`, body: { enabled: false } },
    foreign: { url: `/api/probes/${probeOf('qlvb')}`, body: { enabled: false } }
  },
  'DELETE /api/probes/:id': {
    roles: ['admin'],
    own: { url: () => `/api/probes/${spareProbe('hue-s')}` },
    foreign: { url: () => `/api/probes/${spareProbe('qlvb')}` }
  },
  'POST /api/probes/:id/heartbeat-key': {
    roles: ['admin'],
    own: { url: `/api/probes/${heartbeat}/heartbeat-key` },
    foreign: { url: `/api/probes/${foreignBeat}/heartbeat-key` }
  },
  'POST /api/probes/try': {
    roles: soc,
    own: { url: '/api/probes/try', body: httpDraft('hue-s', 'x') },
    foreign: { url: '/api/probes/try', body: httpDraft('qlvb', 'x') }
  },
  'GET /api/maintenance': { roles: all, own: { url: '/api/maintenance' } },
  'POST /api/maintenance': {
    roles: soc,
    own: { url: '/api/maintenance', body: window('hue-s') },
    foreign: { url: '/api/maintenance', body: window('hue-s', 'qlvb') }
  },
  'POST /api/maintenance/:id/cancel': {
    roles: soc,
    own: { url: () => `/api/maintenance/${spareWindow('hue-s')}/cancel` },
    foreign: { url: () => `/api/maintenance/${spareWindow('qlvb')}/cancel` }
  },
  'GET /api/posture': { roles: [...readers, 'leader'], own: { url: `/api/posture?${november}` } },
  'GET /api/posture/units': { roles: [...readers, 'leader'], own: { url: `/api/posture/units?${november}` } },
  'GET /api/posture/units.csv': { roles: [...readers, 'leader'], own: { url: `/api/posture/units.csv?${november}` } },
  'GET /api/posture/units/:code': {
    roles: [...readers, 'leader'],
    own: { url: `/api/posture/units/${OWN}?${november}` },
    foreign: { url: `/api/posture/units/${FOREIGN}?${november}` }
  },
  'GET /api/people': { roles: soc, own: { url: '/api/people' } },
  ...accountRights(ids),
  'GET /api/audit/export': { roles: ['admin', 'auditor'], own: { url: '/api/audit/export?format=csv' } },
  'GET /api/audit': { roles: ['admin', 'auditor'], own: { url: '/api/audit' } },
  ...notificationRights(ids.ownUser, ids.messages),
  'POST /api/demonstration/end': { roles: ['admin'], own: { url: '/api/demonstration/end' } },
  'GET /api/openapi.json': { roles: all, own: { url: '/api/openapi.json' } }
})
const open = [
  'POST /api/session',
  'POST /api/session/step',
  'GET /api/session/ways',
  'POST /api/session/oidc',
  'GET /api/session/oidc/return',
  'GET /api/task-links/:token',
  'POST /api/task-links/:token/answers',
  'POST /api/task-links/:token/files',
  'GET /api/welcome/:token',
  'POST /api/welcome/:token',
  'POST /hooks/notifications/:channel',
  'GET /hooks/notifications/:channel',
  'GET /healthz',
  'GET /readyz',
  'GET /metrics'
]
const rows: Record<string, { who: string }> = Object.assign({}, ...areas.map((area) => area.api))
const routes = Object.keys(rows)

const testing = testConsole()
const { ids: triage } = testing.world
const { catalogue, clock, health: plane } = testing.parts
// Systems belong to departments; for this walk two communes own some, so that there is something of one's own.
for (const [id, owner] of [
  ['hue-s', OWN],
  ['qlvb', FOREIGN]
] as const)
  catalogue.change({ kind: 'system', id, set: { owner } }, { user: 'quan-tri', reason: 'x' })
const { health, probeOf, heartbeat } = measureProvince(testing.parts)
const foreignBeat = health.addProbe(heartbeatDraft('qlvb')).id
plane.attach(probesThread((probe) => resultOf(probe.id, clock.now())))
/** Removed and cancelled by every role that may: something new each time, for what is gone would hide a refusal. */
const spareProbe = (system: string) => health.addProbe(httpDraft(system, 'thừa')).id
const window = (...systems: string[]) => ({
  ...{ systems, from: clock.now(), to: clock.now() + 3_600_000, reason: 'x' }
})
const spareWindow = (system: string) => health.addMaintenance(window(system), 'x').id
const registered: string[] = []
testing.app.addHook('onRoute', ({ method, url }) => void registered.push(`${String(method)} ${url}`))
let fresh = 0
async function shoot(route: string, shot: Shot, headers: Record<string, string>) {
  const body = JSON.stringify(shot.body)?.replace('NEW', `nguoi-moi-${++fresh}`)
  const answer = await testing.app.inject({
    method: route.split(' ')[0] as 'GET',
    url: typeof shot.url === 'string' ? shot.url : shot.url(),
    // An office each: wrong passwords of one must not make the next one wait.
    remoteAddress: `2001:db8::${(++fresh).toString(16)}`,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { payload: body })
  })
  return {
    status: answer.statusCode,
    body: answer.body,
    code: (String(answer.headers['content-type']).startsWith('application/json') && answer.json().code) as
      string | undefined
  }
}

beforeAll(async () => {
  await testing.app.ready()
  const admin = testing.person('admin')
  const make = async (unit: string) =>
    (
      await testing.app.inject({
        method: 'POST',
        url: '/api/sources',
        headers: admin.headers,
        payload: { ...source, unit }
      })
    ).json().id as string
  ids = {
    ownSource: await make(OWN),
    foreignSource: await make(FOREIGN),
    ownUser: testing.person('owner', [OWN]).id,
    foreignUser: testing.person('owner', [FOREIGN]).id,
    messages: ids.messages
  }
  const asking = { id: testing.person('analyst').id, name: 'Trực ban' }
  testing.parts.tasks.send(taskDraft(OWN, triage.own), asking)
  testing.parts.tasks.send(taskDraft(FOREIGN, triage.foreign), asking)
  for (const unit of [OWN, FOREIGN])
    testing.parts.notifications.announce(announcement({ unit, to: [{ kind: 'unit', unit }], escalates: false }))
  testing.parts.control.sql(`UPDATE notifications SET status = 'failed'`).run()
  const messageOf = (unit: string) =>
    testing.parts.control
      .sql('SELECT n.id FROM notifications n JOIN announcements a ON a.id = n.announcement_id WHERE a.unit = ?')
      .get(unit)!['id'] as number
  ids.messages = { own: messageOf(OWN), foreign: messageOf(FOREIGN) }
})
afterAll(() => testing.close())
it('every registered route has an entry, every entry a route, and every entry an expectation', () => {
  expect(registered.sort()).toEqual(routes.toSorted())
  expect(Object.keys(expectations()).sort()).toEqual(routes.filter((route) => !open.includes(route)).sort())
})

it('a route without an entry cannot be registered', async () => {
  const other = testConsole()
  void other.app.register(async (plugin) => void plugin.get('/api/secret', () => 'x'))
  await expect(other.app.ready()).rejects.toThrow('GET /api/secret has no entry')
})

describe.each(routes.filter((route) => !open.includes(route)))('%s', (route) => {
  it('answers nobody who is not signed in', async () => {
    const { status, code } = await shoot(route, expectations()[route]!.own, {})
    expect([status, code]).toEqual([401, 'session.none'])
  })

  it('answers nobody with a session that never was', async () => {
    const headers = { cookie: `vl_session=${'A'.repeat(43)}`, 'x-csrf-token': 'x' }
    expect((await shoot(route, expectations()[route]!.own, headers)).status).toBe(401)
  })

  it('waits for the first change of password', async () => {
    const { status, code } = await shoot(
      route,
      expectations()[route]!.own,
      testing.person('admin', [], { mustChange: true }).headers
    )
    if (rows[route]?.who === 'own_session') expect(code).not.toBe('password.must_change')
    else expect([status, code]).toEqual([403, 'password.must_change'])
  })

  if (!route.startsWith('GET '))
    it('refuses an act without its CSRF token', async () => {
      const { cookie } = testing.person('admin').headers
      for (const token of [undefined, 'A'.repeat(32)]) {
        const headers = { cookie: cookie!, ...(token === undefined ? {} : { 'x-csrf-token': token }) }
        const { status, code } = await shoot(route, expectations()[route]!.own, headers)
        expect([status, code]).toEqual([403, 'csrf.wrong'])
      }
    })

  it.each(roles)('for %s it is as agreed, over the province and within one unit', async (role) => {
    const { roles: allowed, own, foreign, then, provinceOnly } = expectations()[route]!
    // An owner without units sees nothing, so there is nothing to ask over the province.
    const people: Person[] = [testing.person(role, [OWN]), ...(role === 'owner' ? [] : [testing.person(role)])]
    for (const [index, person] of people.entries()) {
      const mine = await shoot(route, own, person.headers)
      const scoped = index === 0
      if (!allowed.includes(role)) {
        expect([mine.status, mine.code]).toEqual([403, 'access.denied'])
        continue
      }
      const refusal = (scoped ? provinceOnly : undefined) ?? then
      if (refusal !== undefined) expect(mine.code).toBe(refusal)
      else expect(mine.status, mine.body).toBeLessThan(300)
      expect(mine.body).not.toContain(CITIZEN)
      expect(mine.body).not.toContain(PHONE)
      if (scoped)
        for (const id of [triage.foreign, 'e-foreign', 'd-foreign', triage.foreignIncident])
          expect(mine.body).not.toContain(id)
      if (role === 'leader')
        for (const trace of [SCRIPT.slice(0, 8), '046*', '091*', triage.own]) expect(mine.body).not.toContain(trace)
      if (foreign === undefined) continue
      const theirs = await shoot(route, foreign, testing.person(role, scoped ? [OWN] : []).headers)
      if (scoped) expect([404, 422], theirs.body).toContain(theirs.status)
      else if (then !== undefined) expect(theirs.code).toBe(then)
      else expect(theirs.status, theirs.body).toBeLessThan(300)
    }
  })
})

it('who gets reports of the province is neither shown to nor ended by the administrator of a unit', async () => {
  const [own, all] = [testing.person('admin', [OWN]).headers, testing.person('admin').headers]
  const made = await shoot('POST', expectations()['POST /api/reports/subscribers']!.foreign!, all)
  expect((await shoot('GET', { url: '/api/reports/subscribers' }, own)).body).not.toContain('tinh@example.vn')
  expect((await shoot('DELETE', { url: `/api/reports/subscribers/${JSON.parse(made.body).id}` }, own)).status).toBe(404)
})

it('an owner without units sees nothing at all', async () => {
  const { headers } = testing.person('owner')
  expect((await shoot('GET', { url: '/api/alerts' }, headers)).body).not.toContain(triage.own)
  expect((await shoot('GET', { url: '/api/units' }, headers)).body).toContain('"units":[]')
  expect((await shoot('GET', { url: `/api/alerts/${triage.own}` }, headers)).status).toBe(404)
  expect((await shoot('GET', { url: '/api/events/e-own' }, headers)).status).toBe(404)
})

it('asking for another unit in the address narrows to nothing, never widens', async () => {
  const { headers } = testing.person('owner', [OWN])
  for (const url of [`/api/alerts?tab=all&unit=${FOREIGN}`, `/api/incidents?unit=${FOREIGN}`])
    expect(JSON.parse((await shoot('GET', { url }, headers)).body)).toMatchObject({ items: [], total: 0 })
  await shoot('GET', { url: `/api/events?unit=${FOREIGN}` }, headers)
  expect(testing.world.asked.at(-1)).toMatchObject({ units: [] })
})

it('an incident of several units shows an owner its header and its own part only', async () => {
  const { body } = await shoot(
    'GET',
    { url: `/api/incidents/${triage.sharedIncident}` },
    testing.person('owner', [OWN]).headers
  )
  const seen = JSON.parse(body)
  expect(seen.incident.units.map((unit: { code: string }) => unit.code)).toEqual([OWN])
  expect(seen.alerts.map((alert: { id: string }) => alert.id)).toEqual([triage.sharedOwn])
  // What belongs to no unit shows what happened, not what was written.
  expect(seen.timeline).toMatchObject([
    { act: 'incident.opened', unit: null, text: '', params: {} },
    { act: 'incident.alert_joined', unit: OWN },
    { act: 'note', unit: OWN }
  ])
  expect(body).not.toContain(FOREIGN)
})

describe('seeing numbers whole', () => {
  it.each([
    ['admin', true, 200],
    ['admin', false, 403],
    ['analyst', true, 200],
    ['owner', true, 200],
    ['leader', true, 403],
    ['auditor', true, 403]
  ] as const)('%s, personally allowed %s: %i', async (role, mayUnmask, status) => {
    const { headers } = testing.person(role, role === 'owner' ? [OWN] : [], { mayUnmask })
    const answer = await shoot('POST', { url: '/api/events/e-own/unmask' }, headers)
    expect(answer.status).toBe(status)
    if (status !== 200) return
    expect(answer.body).toContain(CITIZEN)
    expect((await shoot('GET', { url: '/api/events/e-own' }, headers)).body).not.toContain(CITIZEN)
    const entry = testing.parts.control.sql('SELECT act, target FROM audit ORDER BY id DESC LIMIT 1').get()
    expect(entry).toEqual({ act: 'event.unmasked', target: 'e-own' })
  })

  it('does not reach into another unit', async () => {
    const { headers } = testing.person('owner', [OWN], { mayUnmask: true })
    expect((await shoot('POST', { url: '/api/events/e-foreign/unmask' }, headers)).status).toBe(404)
  })
})

it('no role holds a permission by mistake of its name, and unknown ones are refused', () => {
  for (const role of roles) {
    expect(may({ role, mayUnmask: true }, undefined)).toBe(false)
    expect(may({ role, mayUnmask: true }, 'everything' as never)).toBe(false)
  }
  for (const permission of permissions) expect(may({ role: 'root' as never, mayUnmask: true }, permission)).toBe(false)
})
