import { afterEach, beforeEach, expect, it } from 'vitest'
import { FOREIGN, OWN, testConsole, type TestConsole } from '#testing/console.ts'
import { incidentHeader } from '../views/incident-view.ts'
import { DAY_MS } from '#core/time.ts'

/* What an administrator of one district tries, to come to more than his district. */

let soc: TestConsole
let district = ''
beforeEach(() => {
  soc = testConsole()
  district = soc.parts.inventory.unit(OWN)!.parent!
})
afterEach(() => soc.close())

type Who = { headers: Record<string, string> }
const ask = (who: Who, method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', url: string, payload?: object) =>
  soc.app.inject({ method, url, headers: who.headers, ...(payload === undefined ? {} : { payload }) })
const grant = (more: object) => ({
  role: null,
  units: [FOREIGN],
  from: 0,
  to: soc.parts.clock.now() + DAY_MS,
  reason: 'trực thay',
  ...more
})
const code = (answer: { json(): { code?: string } }) => answer.json().code

it('a temporary right elsewhere keeps every act on the account from the administrator of its own district', async () => {
  const province = soc.person('admin')
  const admin = soc.person('admin', [district])
  for (const given of [grant({}), grant({ role: 'admin' }), grant({ from: soc.parts.clock.now() + 1000 })]) {
    const person = soc.person('owner', [OWN])
    const at = `/api/users/${person.id}`
    const made = await ask(province, 'POST', `${at}/grants`, given)
    expect(made.statusCode).toBe(200)
    for (const [method, path, body] of [
      ['PATCH', '', { role: 'admin' }],
      ['PATCH', '', { enabled: false }],
      ['PATCH', '', { email: 'x@example.org' }],
      ['POST', '/password', undefined],
      ['POST', '/link', undefined],
      ['DELETE', '/link', undefined],
      ['DELETE', '/totp', undefined],
      ['DELETE', '/sessions', undefined],
      ['DELETE', '/sessions/x', undefined],
      ['PUT', '/oidc', { login: 'x@example.org' }],
      ['POST', '/grants', grant({ units: [OWN] })],
      ['DELETE', `/grants/${made.json<{ id: string }>().id}`, undefined]
    ] as const) {
      const answer = await ask(admin, method, at + path, body)
      expect([method, path, answer.statusCode, code(answer)]).toEqual([method, path, 403, 'user.beyond'])
    }
    // Once it is taken back the account is the district's again.
    expect((await ask(province, 'DELETE', `${at}/grants/${made.json<{ id: string }>().id}`)).statusCode).toBe(204)
    expect((await ask(admin, 'POST', `${at}/password`)).statusCode).toBe(200)
  }
})

it('a grant keeps the role and units of the moment it was given', async () => {
  const province = soc.person('admin')
  const person = soc.person('owner', [OWN])
  const made = await ask(province, 'POST', `/api/users/${person.id}/grants`, grant({}))
  expect(made.json()).toMatchObject({ role: 'owner', units: [FOREIGN] })
  const stays = await ask(province, 'POST', `/api/users/${person.id}/grants`, grant({ role: 'analyst', units: [] }))
  expect(stays.json()).toMatchObject({ role: 'analyst', units: [OWN] })
  await ask(province, 'PATCH', `/api/users/${person.id}`, { role: 'admin', units: [district] })
  expect((await ask(person, 'GET', `/api/alerts/${soc.world.ids.foreign}`)).statusCode).toBe(200)
  // An administrator in the own district, an owner where the grant says so.
  const source = { name: 'x', unit: FOREIGN, networks: [], speaksFor: 'self', utcOffsetMinutes: 420 }
  expect((await ask(person, 'POST', '/api/sources', source)).statusCode).toBe(422)
})

it('nobody gives the right to see numbers whole who does not have it, nor lays hands on who has it', async () => {
  const admin = soc.person('admin', [district])
  const other = soc.person('analyst', [OWN])
  const seer = soc.person('analyst', [OWN], { mayUnmask: true })
  const draft = { username: 'nguoi-moi', name: 'x', role: 'analyst', units: [OWN], mayUnmask: true }
  for (const answer of [
    await ask(admin, 'POST', '/api/users', draft),
    await ask(admin, 'POST', '/api/users', { ...draft, invite: true }),
    await ask(admin, 'PATCH', `/api/users/${other.id}`, { mayUnmask: true }),
    await ask(admin, 'POST', `/api/users/${seer.id}/password`),
    await ask(admin, 'POST', `/api/users/${seer.id}/link`),
    await ask(admin, 'DELETE', `/api/users/${seer.id}/totp`),
    await ask(admin, 'PUT', `/api/users/${seer.id}/oidc`, { login: 'x@example.org' }),
    await ask(admin, 'POST', `/api/users/${seer.id}/grants`, grant({ role: 'owner', units: [district] })),
    await ask(admin, 'PATCH', `/api/users/${seer.id}`, { email: 'x@example.org' })
  ])
    expect([answer.statusCode, code(answer)]).toEqual([403, 'user.beyond'])
  // Taking away is no giving.
  expect((await ask(admin, 'PATCH', `/api/users/${seer.id}`, { mayUnmask: false })).statusCode).toBe(200)
  const whole = soc.person('admin', [district], { mayUnmask: true })
  expect((await ask(whole, 'POST', '/api/users', draft)).statusCode).toBe(200)
})

it('the right to see numbers whole is given where the giver has it, not in other units', async () => {
  const admin = soc.person('admin', [], {})
  const half = soc.person('admin', [district], { mayUnmask: true })
  const outside = { username: 'o-ngoai', name: 'x', role: 'owner', units: [FOREIGN], mayUnmask: true }
  expect((await ask(half, 'POST', '/api/users', outside)).statusCode).toBe(422)
  expect((await ask(admin, 'POST', '/api/users', outside)).statusCode).toBe(403)
  expect((await ask(admin, 'POST', '/api/users', { ...outside, mayUnmask: false })).statusCode).toBe(200)
})

it('a source is given nothing of units outside, by any field', async () => {
  const province = soc.person('admin')
  const admin = soc.person('admin', [district])
  const draft = { name: 'x', unit: OWN, networks: [], speaksFor: 'self', utcOffsetMinutes: 420 }
  const foreign = { ...draft, name: 'Nguồn bên kia', unit: FOREIGN, networks: ['198.51.100.0/24'] }
  expect((await ask(province, 'POST', '/api/sources', foreign)).statusCode).toBe(200)
  const own = (await ask(admin, 'POST', '/api/sources', draft)).json<{ id: string }>().id
  for (const [more, refusal] of [
    [{ speaksFor: 'any' }, 'source.speaks_beyond'],
    [{ speaksFor: [OWN, FOREIGN] }, 'unit.unknown'],
    [{ unit: FOREIGN }, 'unit.unknown'],
    [{ networks: ['198.51.100.5'] }, 'network.not_yours'],
    [{ networks: ['198.51.100.0/24'] }, 'network.not_yours'],
    [{ networks: ['198.51.0.0/16'] }, 'network.not_yours'],
    [{ networks: ['::ffff:198.51.100.9'] }, 'network.not_yours'],
    [{ networks: ['10.0.0.0/8'] }, 'network.too_wide_here'],
    [{ networks: ['2001:db8::/32'] }, 'network.too_wide_here']
  ] as const) {
    const made = await ask(admin, 'POST', '/api/sources', { ...draft, ...more })
    const changed = await ask(admin, 'PATCH', `/api/sources/${own}`, more)
    expect([more, code(made), code(changed)]).toEqual([more, refusal, refusal])
    expect(made.body + changed.body).not.toContain('bên kia')
  }
  // Two sources of the own district may lie in one another, as before.
  expect((await ask(admin, 'PATCH', `/api/sources/${own}`, { networks: ['192.0.2.0/24'] })).statusCode).toBe(200)
  expect((await ask(admin, 'POST', '/api/sources', { ...draft, networks: ['192.0.2.7'] })).statusCode).toBe(200)
  // What the province lets speak for others is no longer the district's to hand tokens of.
  expect((await ask(province, 'PATCH', `/api/sources/${own}`, { speaksFor: 'any' })).statusCode).toBe(200)
  for (const [method, path, body] of [
    ['PATCH', '', { name: 'y' }],
    ['POST', '/tokens', undefined],
    ['DELETE', '/tokens', undefined]
  ] as const)
    expect(code(await ask(admin, method, `/api/sources/${own}${path}`, body))).toBe('source.beyond')
})

it('the header of a shared incident speaks of the own units only, on the page, in the list and in a push', async () => {
  const { sharedIncident, sharedOwn } = soc.world.ids
  const { alerts } = soc.parts
  const whole = alerts.incident(sharedIncident)!.incident
  soc.parts.control
    .sql('UPDATE incidents SET title = ?, level = ?, level_rank = 4, deadline = 1 WHERE id = ?')
    .run(JSON.stringify({ vi: 'Chuyện của đơn vị kia', en: 'Tale of the other unit' }), 'critical', sharedIncident)
  const own = alerts.detail(sharedOwn)!.alert
  for (const role of ['owner', 'analyst', 'auditor'] as const) {
    const person = soc.person(role, [OWN])
    const page = (await ask(person, 'GET', `/api/incidents/${sharedIncident}`)).json()
    const list = (await ask(person, 'GET', '/api/incidents')).json<{ items: { id: string }[] }>()
    const pushed = incidentHeader(soc.parts, alerts.incident(sharedIncident)!.incident, new Set([OWN]))
    for (const header of [page.incident, list.items.find(({ id }) => id === sharedIncident), pushed]) {
      expect(JSON.stringify(header)).not.toMatch(/đơn vị kia|other unit/)
      expect(header).toMatchObject({ level: own.level, alerts: 1, deadline: own.deadline, units: [{ code: OWN }] })
    }
    expect(page.alerts).toHaveLength(1)
  }
  const province = soc.person('analyst')
  const all = (await ask(province, 'GET', `/api/incidents/${sharedIncident}`)).json()
  expect(all.incident).toMatchObject({ alerts: whole.alerts, title: { vi: 'Chuyện của đơn vị kia' } })
})

it('people of a scope are those who can work in it, by their own role or a right that runs', async () => {
  const mine = soc.person('analyst', [OWN])
  const theirs = soc.person('analyst', [FOREIGN])
  const province = soc.person('admin')
  const helper = soc.person('owner', [FOREIGN])
  await ask(province, 'POST', `/api/users/${helper.id}/grants`, grant({ role: 'analyst', units: [OWN] }))
  const ids = async (who: Who) => (await ask(who, 'GET', '/api/people')).json<{ id: string }[]>().map(({ id }) => id)
  const seen = await ids(mine)
  expect(seen).toEqual(expect.arrayContaining([mine.id, province.id, helper.id]))
  expect(seen).not.toContain(theirs.id)
  expect(await ids(province)).toEqual(expect.arrayContaining([mine.id, theirs.id, helper.id]))
  const assign = { ids: [soc.world.ids.own], act: { kind: 'assign', userId: theirs.id } }
  expect(code(await ask(mine, 'POST', '/api/alerts/acts', assign))).toBe('user.not_assignable')
})
