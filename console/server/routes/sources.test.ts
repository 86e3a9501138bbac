import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SourceList, SourceRow } from '#core/api/sources.ts'
import { UNASSIGNED } from '#core/frame.ts'
import { ictDay } from '#core/time.ts'
import { countSent } from '#control/senders/feeds.ts'
import { readSourceNetwork } from '#control/senders/networks.ts'
import { dataPlaneSnapshot, tokenHash } from '#control/senders/senders.ts'
import { createChangeNotice } from '#control/senders/source-rows.ts'
import { FOREIGN, OWN, START, ledgerRow, testConsole } from '#testing/console.ts'
import { actsOn } from '#testing/sample-period.ts'
import { hostileFold } from '#testing/triage.ts'

const soc = testConsole()
const { app, parts, world } = soc
const admin = soc.person('admin')
beforeAll(async () => void (await app.ready()))
beforeEach(() => {
  world.snapshots.length = 0
  world.ledger = []
})
afterAll(() => soc.close())

const call = async (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  payload?: object,
  headers = admin.headers
) => {
  const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
}
const draft = (more: object = {}) => ({
  name: 'Tường lửa',
  unit: OWN,
  networks: [],
  speaksFor: 'self',
  utcOffsetMinutes: 420,
  ...more
})
const create = async (more: object = {}) => (await call('POST', '/api/sources', draft(more))).body as SourceRow

describe('source networks', () => {
  it.each([
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['198.51.100.7', '198.51.100.7/32'],
    ['2001:DB8:0:0::/32', '2001:db8::/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::ffff:192.0.2.1', '192.0.2.1/32']
  ])('%s is kept as %s', (written, kept) => {
    expect(readSourceNetwork(written).text).toBe(kept)
  })

  it.each([
    ['0.0.0.0/0', 'network.too_wide'],
    ['::/0', 'network.too_wide'],
    ['10.0.0.0/7', 'network.too_wide'],
    ['192.0.2.0/33', 'network.invalid'],
    ['192.0.2.0/-1', 'network.invalid'],
    ['192.0.2/24', 'network.invalid'],
    ['example.vn', 'network.invalid'],
    ['', 'network.invalid'],
    ['192.0.2.0/24/24', 'network.invalid']
  ])('%s is refused with %s', (written, code) => {
    expect(() => readSourceNetwork(written)).toThrow(expect.objectContaining({ code, status: 422 }))
  })

  it('are a network or a refusal, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.ipV4Extended(),
          fc.ipV6(),
          fc.tuple(fc.ipV6(), fc.nat(200)).map((p) => p.join('/'))
        ),
        (written) => {
          let text: string
          try {
            text = readSourceNetwork(written).text
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^network\./) })
            return
          }
          expect(readSourceNetwork(text).text).toBe(text)
        }
      )
    )
  })

  it('belong to one sender: the refusal names the other', async () => {
    const first = await create({ name: 'Cổng thông tin', networks: ['192.0.2.0/24'] })
    const { status, body } = await call('POST', '/api/sources', draft({ networks: ['192.0.2.99/24'] }))
    expect([status, body.code, body.params]).toEqual([
      409,
      'network.taken',
      { network: '192.0.2.0/24', other: 'Cổng thông tin' }
    ])
    const second = await create({ networks: ['192.0.2.0/25'] })
    expect((await call('PATCH', `/api/sources/${second.id}`, { networks: ['192.0.2.0/24'] })).status).toBe(409)
    expect(
      (await call('PATCH', `/api/sources/${first.id}`, { networks: ['192.0.2.0/24', '192.0.2.5/24'] })).body.networks
    ).toEqual(['192.0.2.0/24'])
    // A refused act is on record and changed nothing.
    expect(world.snapshots).toHaveLength(3)
    const { n } = parts.control.single<{ n: number }>(`SELECT count(*) n FROM audit WHERE act = 'refused'`)
    expect(n).toBe(2)
  })
})

it('a source needs a unit of the inventory, and speaks only for such', async () => {
  expect((await call('POST', '/api/sources', draft({ unit: '99999' }))).body.code).toBe('unit.unknown')
  expect((await call('POST', '/api/sources', draft({ speaksFor: [OWN, '99999'] }))).body.code).toBe('unit.unknown')
  expect((await create({ speaksFor: [OWN] })).speaksFor).toEqual([OWN])
})

describe('a token', () => {
  it('is shown once with its snippets, kept as a hash, and known to the data plane at once', async () => {
    const source = await create()
    const { body } = await call('POST', `/api/sources/${source.id}/tokens`)
    expect(body.token).toMatch(/^vl_[A-Za-z0-9_-]{43}$/)
    expect(body.source.tokens).toBe(1)
    expect(body.snippets.length).toBeGreaterThan(2)
    expect(body.snippets.some((snippet: { text: string }) => snippet.text.includes(body.token))).toBe(true)
    const everything = ['tokens', 'senders', 'audit'].map((table) => parts.control.sql(`SELECT * FROM ${table}`).all())
    expect(JSON.stringify(everything)).not.toContain(body.token)
    const { senders } = world.snapshots.at(-1) as ReturnType<typeof dataPlaneSnapshot>
    expect(senders.find((sender) => sender.id === source.id)!.tokenHashes).toEqual([tokenHash(body.token)])
  })

  it('is revoked with all others of its source', async () => {
    const source = await create()
    for (let more = 0; more < 2; more++) await call('POST', `/api/sources/${source.id}/tokens`)
    expect((await call('DELETE', `/api/sources/${source.id}/tokens`)).status).toBe(204)
    const { senders } = world.snapshots.at(-1) as ReturnType<typeof dataPlaneSnapshot>
    expect(senders.find((sender) => sender.id === source.id)!.tokenHashes).toEqual([])
  })

  it('is not made beyond twenty per source', async () => {
    const source = await create()
    for (let more = 0; more < 20; more++) await call('POST', `/api/sources/${source.id}/tokens`)
    expect((await call('POST', `/api/sources/${source.id}/tokens`)).body.code).toBe('token.too_many')
  })
})

it('the snapshot grows with every change and names every unit with its district', async () => {
  const before = dataPlaneSnapshot(parts.control, parts.inventory)
  const source = await create({ name: 'Một' })
  await call('PATCH', `/api/sources/${source.id}`, { enabled: false, utcOffsetMinutes: 0 })
  const after = dataPlaneSnapshot(parts.control, parts.inventory)
  expect(after.version).toBe(before.version + 2)
  expect(after.senders.find((sender) => sender.id === source.id)).toMatchObject({
    enabled: false,
    utcOffsetMinutes: 0,
    unit: OWN,
    origin: 'real'
  })
  const { name, district } = parts.inventory.label(OWN)
  expect(after.unitNames[OWN]).toBe(`${name} (${district})`)
})

describe('the sources screen', () => {
  it('adds up, also for unknown and removed senders', async () => {
    const own = await create()
    world.ledger = [
      ledgerRow(own.id),
      ledgerRow(own.id, { origin: 'demonstration', received: 5, stored: 5, dead_lettered: 0, queued: 0 }),
      ledgerRow(UNASSIGNED, { received: 3, stored: 3, dead_lettered: 0, queued: 0 }),
      ledgerRow('gone', { received: 2, stored: 2, dead_lettered: 0, queued: 0 })
    ]
    const { body } = (await call('GET', '/api/sources')) as { body: SourceList }
    const { received, fates } = body.ledger
    expect(received).toBe(20)
    expect(Object.values(fates).reduce((sum, count) => sum + count, 0)).toBe(20)
    expect(body.sources.reduce((sum, row) => sum + row.received, 0)).toBe(20)
    expect(body.sources.find((row) => row.id === own.id)).toMatchObject({ received: 15, fates: { stored: 13 } })
    expect(body.sources.find((row) => row.id === UNASSIGNED)!.unit.code).toBe(UNASSIGNED)
  })

  it('shows an owner its own sources and no doors', async () => {
    const own = await create()
    const foreign = await create({ unit: FOREIGN })
    world.ledger = [ledgerRow(own.id), ledgerRow(foreign.id), ledgerRow(UNASSIGNED)]
    const { body } = await call('GET', '/api/sources', undefined, soc.person('owner', [OWN]).headers)
    expect(body.sources.every((row: SourceRow) => row.unit.code === OWN)).toBe(true)
    expect([body.ledger.received, body.listeners]).toEqual([10, []])
  })

  it('tells never heard, receiving, silent and switched off apart', async () => {
    const [never, fresh, silent, off] = [await create(), await create(), await create(), await create()]
    await call('PATCH', `/api/sources/${off.id}`, { enabled: false })
    world.ledger = [
      ledgerRow(fresh.id, { lastReceivedAt: START - 59 * 60_000 }),
      ledgerRow(silent.id, { lastReceivedAt: START - 61 * 60_000 }),
      ledgerRow(off.id)
    ]
    const { sources } = (await call('GET', '/api/sources')).body as SourceList
    const stateOf = (id: string) => sources.find((row) => row.id === id)!.state
    expect([never, fresh, silent, off].map((row) => stateOf(row.id))).toEqual(['never', 'receiving', 'silent', 'off'])
  })
})

it('only sources that changed since the last look are pushed', async () => {
  const rows = ((await call('GET', '/api/sources')).body as SourceList).sources
  const changed = createChangeNotice()
  expect(changed(rows)).toEqual([])
  expect(changed(structuredClone(rows))).toEqual([])
  const next = rows.map((row, index) => (index === 1 ? { ...row, received: row.received + 1 } : row))
  const added = { ...rows[0]!, id: 'new' }
  expect(changed([...next, added]).map((row) => row.id)).toEqual([rows[1]!.id, 'new'])
})

describe('units', () => {
  // A real source has sent: the console shows what is real.
  beforeAll(() => actsOn(parts.control).hear(START - 40 * 86_400_000, FOREIGN))
  const sent = (sender: string, unit: string, at: number) =>
    countSent(parts.control, [{ day: ictDay(at), sender, unit, origin: 'real', events: 1, firstAt: at, lastAt: at }])
  const tile = async (code: string) => {
    const { units } = (await call('GET', '/api/units')).body
    return units.find((unit: { code: string }) => unit.code === code)
  }
  const quiet = '19753'

  it('are counted from the inventory', async () => {
    const { counts, units, cols, rows } = (await call('GET', '/api/units')).body
    expect(counts).toMatchObject({ communes: 141, districts: 9 })
    expect(units.length).toBe(counts.communes + counts.districts + counts.departments)
    for (const unit of units.filter((one: { kind: string }) => one.kind === 'commune'))
      expect(unit.col < cols && unit.row < rows).toBe(true)
  })

  it('are green only with evidence from every source that was ever connected', async () => {
    expect((await tile(quiet)).state).toBe('none')
    const first = await create({ unit: quiet })
    expect(await tile(quiet)).toMatchObject({ state: 'none', feed: 'none', sources: 1 })
    sent(first.id, quiet, START)
    expect(await tile(quiet)).toMatchObject({ state: 'quiet', feed: 'sending', sources: 1, lastSeen: START })
    const second = await create({ unit: quiet })
    expect((await tile(quiet)).state).toBe('quiet')
    sent(second.id, quiet, START - 86_400_000)
    expect(await tile(quiet)).toMatchObject({ state: 'silent', feed: 'silent' })
  })

  it('with open alerts are watched; the district above stays itself and says how many below', async () => {
    const watched = '19753'
    parts.alerts.raise(hostileFold('watched', watched, 'high', START))
    expect(await tile(watched)).toMatchObject({ state: 'watch', openAlerts: 1, worst: 'high' })
    expect(await tile(OWN)).toMatchObject({ state: 'incident', feed: 'none', openAlerts: 3, worst: 'critical' })
    const district = parts.inventory.unit(watched)!.parent!
    expect(await tile(district)).toMatchObject({ state: 'none', openAlerts: 0, openIncidents: 0 })
    expect((await tile(district)).below.watch).toBeGreaterThanOrEqual(1)
  })

  it('keep contacts for those who may call them', async () => {
    const contacts = [{ role: 'Trưởng đơn vị', name: 'Người A', phone: '0234 382 3456', email: 'a@example.vn' }]
    const put = await app.inject({
      method: 'PUT',
      url: `/api/units/${OWN}/contacts`,
      headers: admin.headers,
      payload: { contacts }
    })
    expect(put.json().contacts).toMatchObject(contacts)
    const seen = async (role: 'analyst' | 'owner' | 'leader' | 'auditor') =>
      (await call('GET', `/api/units/${OWN}`, undefined, soc.person(role, role === 'owner' ? [OWN] : []).headers)).body
        .contacts
    expect(await seen('analyst')).toMatchObject(contacts)
    expect(await seen('owner')).toMatchObject(contacts)
    expect(await seen('leader')).toEqual([])
    expect(await seen('auditor')).toEqual([])
  })
})

it('every act leaves its entry in the audit log', async () => {
  const source = await create()
  const user = soc.person('owner', [OWN])
  const acts: [string, 'POST' | 'PATCH' | 'DELETE', string, object?][] = [
    ['source.created', 'POST', '/api/sources', draft()],
    ['source.changed', 'PATCH', `/api/sources/${source.id}`, { name: 'x' }],
    ['token.created', 'POST', `/api/sources/${source.id}/tokens`],
    ['token.revoked', 'DELETE', `/api/sources/${source.id}/tokens`],
    [
      'alert.verdict',
      'POST',
      '/api/alerts/acts',
      { ids: [world.ids.own], act: { kind: 'verdict', verdict: 'benign' } }
    ],
    ['alert.merge', 'POST', '/api/alerts/acts', { ids: [world.ids.own], act: { kind: 'merge', incident: null } }],
    ['incident.status', 'POST', `/api/incidents/${world.ids.ownIncident}/acts`, { kind: 'status', status: 'review' }],
    [
      'incident.merge',
      'POST',
      `/api/incidents/${world.ids.ownIncident}/acts`,
      { kind: 'merge', from: world.ids.foreignIncident }
    ],
    ['dead_letters.replayed', 'POST', '/api/dead-letters/replay', { ids: ['d-own'] }],
    ['user.created', 'POST', '/api/users', { username: 'nguoi-thu', name: 'x', role: 'leader', units: [] }],
    ['user.changed', 'PATCH', `/api/users/${user.id}`, { role: 'leader' }],
    ['user.password_reset', 'POST', `/api/users/${user.id}/password`],
    ['user.sessions_ended', 'DELETE', `/api/users/${user.id}/sessions`],
    ['demonstration.ended', 'POST', '/api/demonstration/end']
  ]
  for (const [act, method, url, payload] of acts) {
    const { status } = await call(method, url, payload)
    expect(status, act).toBeLessThan(300)
    const { entries } = (await call('GET', '/api/audit?limit=1')).body
    expect(entries[0]).toMatchObject({ act, at: START, address: '127.0.0.1' })
  }
  expect(() => parts.control.sql('DELETE FROM audit').run()).toThrow('append-only')
})

it('the audit log is read page by page, by person and by kind of act', async () => {
  for (let more = 0; more < 5; more++) await create()
  const first = (await call('GET', '/api/audit?limit=3&act=source')).body
  const second = (await call('GET', `/api/audit?limit=3&act=source&before=${first.cursor}`)).body
  expect(first.entries).toHaveLength(3)
  expect(second.entries[0].id).toBeLessThan(first.entries[2].id)
  expect(first.entries.every((entry: { act: string }) => entry.act.startsWith('source.'))).toBe(true)
})

describe('accounts', () => {
  const patch = (id: string, payload: object, headers = admin.headers) =>
    call('PATCH', `/api/users/${id}`, payload, headers)

  it('never leave the province without an administrator', async () => {
    const lone = testConsole()
    const one = lone.person('admin')
    lone.person('admin', [OWN])
    for (const payload of [{ enabled: false }, { role: 'analyst' }, { units: [OWN] }]) {
      const answer = await lone.app.inject({
        method: 'PATCH',
        url: `/api/users/${one.id}`,
        headers: one.headers,
        payload
      })
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'user.last_admin'])
    }
    expect((await lone.app.inject({ url: '/api/users', headers: one.headers })).statusCode).toBe(200)
    await lone.close()
  })

  it('closed or with another password lose their sessions at once', async () => {
    const who = async (headers: Record<string, string>) =>
      (await call('GET', '/api/session', undefined, headers)).status
    const closed = soc.person('analyst')
    await patch(closed.id, { enabled: false })
    expect(await who(closed.headers)).toBe(401)
    const reset = soc.person('analyst')
    const { body } = await call('POST', `/api/users/${reset.id}/password`)
    expect(body).toMatchObject({
      user: { mustChangePassword: true },
      password: expect.stringMatching(/^[a-z2-9-]{23}$/)
    })
    expect(await who(reset.headers)).toBe(401)
  })

  it('change their rights with the next request', async () => {
    const person = soc.person('analyst')
    await patch(person.id, { role: 'leader' })
    expect((await call('GET', '/api/alerts', undefined, person.headers)).status).toBe(403)
  })

  it('of an administrator of units reach no further than he does', async () => {
    const { headers } = soc.person('admin', [OWN])
    const user = { username: 'nguoi-khac', name: 'x', role: 'admin', units: [] as string[] }
    expect((await call('POST', '/api/users', user, headers)).body.code).toBe('unit.required')
    expect((await call('POST', '/api/users', { ...user, units: [FOREIGN] }, headers)).body.code).toBe('unit.unknown')
    expect((await patch(soc.person('analyst').id, { enabled: false }, headers)).status).toBe(404)
  })

  it('have one name each', async () => {
    const user = { username: 'trung-ten', name: 'x', role: 'leader', units: [] }
    expect((await call('POST', '/api/users', user)).status).toBe(200)
    expect((await call('POST', '/api/users', user)).body).toMatchObject({ code: 'user.exists' })
  })
})

it('work is given only to people who may do it', async () => {
  const assign = async (userId: string) =>
    (await call('POST', '/api/alerts/acts', { ids: [world.ids.own], act: { kind: 'assign', userId } })).status
  expect(await assign(soc.person('analyst').id)).toBe(200)
  for (const userId of [soc.person('leader').id, soc.person('owner', [OWN]).id, 'nobody'])
    expect(await assign(userId)).toBe(422)
})

it('tokens are told and revoked one by one, and end by themselves', async () => {
  const { id } = await create()
  const at = `/api/sources/${id}/tokens`
  const made = [await call('POST', at), await call('POST', `${at}?days=2`)].map(
    ({ body }) => (body as { token: string }).token
  )
  const rows = async () =>
    (await call('GET', at)).body as { id: string; lastUsedAt: number | null; expiresAt: number | null }[]
  expect(await rows()).toHaveLength(2)
  expect(JSON.stringify(await rows())).not.toMatch(/vl_|[0-9a-f]{64}/)
  const now = parts.clock.now()
  const use = (at: number) => parts.tokens.used([{ hash: tokenHash(made[0]!), at }])
  use(now)
  use(now + 5)
  expect((await rows()).map(({ lastUsedAt, expiresAt }) => [lastUsedAt, expiresAt]).sort()).toEqual([
    [null, now + 2 * 86_400_000],
    [now, null]
  ])
  const hashes = () =>
    dataPlaneSnapshot(parts.control, parts.inventory).senders.find((sender) => sender.id === id)!.tokenHashes
  const endless = (await rows()).find(({ expiresAt }) => expiresAt === null)!
  expect((await call('DELETE', `${at}/${endless.id}`)).status).toBe(204)
  expect((await call('DELETE', `${at}/${endless.id}`)).status).toBe(404)
  expect(hashes()).toEqual([tokenHash(made[1]!)])
  expect(parts.tokens.endExpired()).toBe(0)
  parts.clock.advance(2 * 86_400_000)
  expect(parts.tokens.endExpired()).toBe(1)
  expect(hashes()).toEqual([])
})
