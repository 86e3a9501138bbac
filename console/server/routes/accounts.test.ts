import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealBreakGlass } from '#control/accounts/break-glass.ts'
import { FOREIGN, OWN, PASSWORD, testConsole } from '#testing/console.ts'

const used: unknown[] = []
const soc = testConsole({ parts: { breakGlassUsed: (use) => void used.push(use) } })
const { app, parts, world } = soc
beforeAll(async () => void (await app.ready()))
afterAll(() => soc.close())

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
let office = 0
const call = async (method: Method, url: string, headers: Record<string, string> = {}, payload?: unknown) => {
  const remoteAddress = `2001:db8::${(++office).toString(16)}`
  const answer = await app.inject({
    method,
    url,
    headers,
    remoteAddress,
    ...(payload === undefined ? {} : { payload: payload as object })
  })
  return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json(), cookies: answer.cookies }
}
const nameOf = (id: string) =>
  parts.control.single<{ username: string }>('SELECT username FROM users WHERE id = ?', id).username
const signIn = (username: string, password: string) => call('POST', '/api/session', {}, { username, password })
const GOOD = 'cá kho tộ chiều mưa'

describe('a link to set the own password', () => {
  const invite = async (username: string, more: object = {}) => {
    const admin = soc.person('admin')
    const { body } = await call('POST', '/api/users', admin.headers, {
      username,
      name: 'Người mới',
      role: 'analyst',
      units: [],
      invite: true,
      ...more
    })
    return {
      admin,
      user: body.user,
      path: (body.link.path as string).replace('/welcome/', '/api/welcome/'),
      link: body.link
    }
  }

  it('opens an account that has no password before, once; looking at it changes nothing', async () => {
    const { path, user } = await invite('moi-mot')
    expect(JSON.stringify(parts.control.sql('SELECT * FROM account_links').all())).not.toContain(path.split('/').at(-1))
    expect((await signIn('moi-mot', '!')).body.code).toBe('session.refused')
    const before = JSON.stringify(parts.control.sql('SELECT * FROM account_links').all())
    for (let looks = 0; looks < 3; looks++)
      expect((await call('GET', path)).body).toMatchObject({
        kind: 'invite',
        username: 'moi-mot',
        rules: { minLength: 12 }
      })
    expect(JSON.stringify(parts.control.sql('SELECT * FROM account_links').all())).toBe(before)
    expect((await call('POST', path, {}, { password: 'ngắn' })).body.code).toBe('password.short')
    const opened = await call('POST', path, {}, { password: GOOD })
    expect([opened.status, opened.body.user.id]).toEqual([200, user.id])
    expect((await call('POST', path, {}, { password: GOOD })).body.code).toBe('link.used')
    expect((await call('GET', path)).status).toBe(410)
    expect((await signIn('moi-mot', GOOD)).status).toBe(200)
  })

  it('goes to the address of the account, without a word about who it is', async () => {
    const { link } = await invite('moi-hai', { email: 'moi.hai@example.vn' })
    const announced = world.asked.at(-1) as { link: string; topic: string; to: unknown[]; body: { vi: string } }
    expect(link.sent).toBe(true)
    expect(announced).toMatchObject({
      topic: 'account',
      link: link.path,
      to: [{ channel: 'email', address: 'moi.hai@example.vn' }]
    })
    expect(JSON.stringify([announced.body])).not.toContain('Người mới')
  })

  it('is over after 72 hours, when revoked, and when a newer one is made', async () => {
    const late = await invite('moi-ba')
    parts.clock.advance(72 * 3_600_000)
    expect((await call('POST', late.path, {}, { password: GOOD })).body.code).toBe('link.expired')
    const { admin, path, user } = await invite('moi-bon')
    const newer = await call('POST', `/api/users/${user.id}/link`, admin.headers)
    expect((await call('GET', path)).body.code).toBe('link.revoked')
    expect((await call('DELETE', `/api/users/${user.id}/link`, admin.headers)).status).toBe(204)
    expect((await call('GET', newer.body.path.replace('/welcome/', '/api/welcome/'))).body.code).toBe('link.revoked')
    for (const token of ['x', 'A'.repeat(43), "' OR 1=1 --"])
      expect((await call('GET', `/api/welcome/${encodeURIComponent(token)}`)).body.code).toBe('link.unknown')
  })

  it('opens nothing once the account has another password, by an administrator or by its person', async () => {
    const { admin, user, path } = await invite('moi-doi-mat-khau')
    const { body } = await call('POST', `/api/users/${user.id}/password`, admin.headers)
    expect((await call('GET', path)).body.code).toBe('link.revoked')
    const newer = await call('POST', `/api/users/${user.id}/link`, admin.headers)
    const signedIn = await call('POST', '/api/session', {}, { username: 'moi-doi-mat-khau', password: body.password })
    const headers = {
      cookie: `vl_session=${signedIn.cookies[0]!.value}`,
      'x-csrf-token': signedIn.body.csrf as string
    }
    const changed = await call('POST', '/api/session/password', headers, { current: body.password, next: GOOD })
    expect(changed.status).toBe(200)
    const late = newer.body.path.replace('/welcome/', '/api/welcome/')
    expect((await call('POST', late, {}, { password: GOOD })).body.code).toBe('link.revoked')
  })

  it('that is guessed makes the guesser wait', async () => {
    let last = 0
    for (let tries = 0; tries < 8; tries++)
      last = (await app.inject({ url: `/api/welcome/${'B'.repeat(43)}`, remoteAddress: '198.51.100.77' })).statusCode
    expect(last).toBe(429)
  })

  it('ends the sessions of whoever had the account before', async () => {
    const admin = soc.person('admin')
    const person = soc.person('analyst')
    parts.control.sql('UPDATE users SET last_sign_in_at = 1 WHERE id = ?').run(person.id)
    const { body } = await call('POST', `/api/users/${person.id}/link`, admin.headers)
    const path = body.path.replace('/welcome/', '/api/welcome/')
    expect((await call('GET', path)).body.kind).toBe('reset')
    expect((await call('POST', path, {}, { password: GOOD })).status).toBe(200)
    expect((await call('GET', '/api/session', person.headers)).status).toBe(401)
  })
})

describe('the rules for passwords', () => {
  const policy = { minLength: 12, classes: 0, history: 3, maxAgeDays: 0, refusedWords: [] as string[], totpRoles: [] }
  const set = async (change: object) => {
    const answer = await call('PUT', '/api/account-policy', soc.person('admin').headers, { ...policy, ...change })
    expect(answer.status).toBe(200)
  }
  const change = async (person: { headers: Record<string, string> }, current: string, next: string) => {
    const answer = await call('POST', '/api/session/password', person.headers, { current, next })
    if (answer.status === 200)
      person.headers = { cookie: `vl_session=${answer.cookies[0]!.value}`, 'x-csrf-token': answer.body.csrf }
    return answer.status === 200 ? 'ok' : (answer.body.code as string)
  }

  it('ask for length, kinds of characters and other words as an administrator decides', async () => {
    const person = soc.person('analyst')
    await set({ minLength: 20 })
    expect(await change(person, PASSWORD, GOOD)).toBe('password.short')
    await set({ classes: 3 })
    expect(await change(person, PASSWORD, GOOD)).toBe('password.kinds')
    await set({ refusedWords: ['Bún bò', 'Chợ Đông Ba'] })
    expect(await change(person, PASSWORD, 'chodongba-bunbo-2024')).toBe('password.common')
    expect(await change(person, PASSWORD, 'Phú Vang Hương Thủy 24')).toBe('password.common')
    expect(await change(person, PASSWORD, GOOD)).toBe('ok')
    await set({})
  })

  it('let the last passwords not come back, and no longer', async () => {
    const person = soc.person('analyst')
    const [one, two, three, four] = [
      'mèo mun trèo cau',
      'gió lùa qua khe cửa',
      'thuyền rời bến sớm',
      'tiếng chuông chiều xa'
    ]
    await set({})
    for (const [current, next] of [
      [PASSWORD, one],
      [one, two],
      [two, three]
    ] as [string, string][])
      expect(await change(person, current, next)).toBe('ok')
    expect(await change(person, three!, one!)).toBe('password.reused')
    expect(await change(person, three!, four!)).toBe('ok')
    expect(await change(person, four!, one!)).toBe('ok')
  })

  it('make an old password be changed, when there is an age', async () => {
    const person = soc.person('analyst')
    parts.control
      .sql('UPDATE users SET password_set_at = ? WHERE id = ?')
      .run(parts.clock.now() - 91 * 86_400_000, person.id)
    expect((await call('GET', '/api/alerts', person.headers)).status).toBe(200)
    await set({ maxAgeDays: 90 })
    expect((await call('GET', '/api/alerts', person.headers)).body.code).toBe('password.must_change')
    expect(await change(person, PASSWORD, GOOD)).toBe('ok')
    expect((await call('GET', '/api/alerts', person.headers)).status).toBe(200)
    await set({})
  })

  it('are set over the province, not within a unit, and within bounds', async () => {
    const bound = await call('PUT', '/api/account-policy', soc.person('admin', [OWN]).headers, policy)
    expect(bound.body.code).toBe('policy.province_only')
    for (const wrong of [{ minLength: 4 }, { history: 1000 }, { totpRoles: ['root'] }, { classes: 5 }])
      expect(
        (await call('PUT', '/api/account-policy', soc.person('admin').headers, { ...policy, ...wrong })).status
      ).toBe(400)
  })
})

describe('the break-glass account', () => {
  const open = async (password: string, reason: string) => {
    const asked = await signIn('break-glass', password)
    return asked.status === 202 ? call('POST', '/api/session/step', {}, { token: asked.body.token, reason }) : asked
  }

  it('opens once with the password from the safe and a reason, for an hour, and everybody hears of it', async () => {
    const { username, password } = await sealBreakGlass(parts.control, 'create', parts.clock)
    expect(password.length).toBeGreaterThan(40)
    await expect(sealBreakGlass(parts.control, 'create', parts.clock)).rejects.toMatchObject({
      code: 'break_glass.exists'
    })
    expect((await open(password, 'vội')).body.code).toBe('break_glass.reason')
    expect(used).toEqual([])
    // It works also when every role needs a second factor and every password is too old.
    const strict = { minLength: 12, classes: 0, history: 1, maxAgeDays: 1, refusedWords: [], totpRoles: ['admin'] }
    parts.control
      .sql(
        'INSERT INTO account_policy (only, policy) VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET policy = excluded.policy'
      )
      .run(JSON.stringify(strict))
    parts.clock.advance(3 * 86_400_000)
    const opened = await open(password, 'máy chủ định danh không trả lời')
    expect(opened.body).toMatchObject({
      mustChangePassword: false,
      mustSetUpTotp: false,
      user: { username, role: 'admin' }
    })
    parts.control.sql('DELETE FROM account_policy').run()
    expect(used).toMatchObject([{ username, reason: 'máy chủ định danh không trả lời' }])
    expect(world.asked.at(-1)).toMatchObject({ topic: 'account', priority: 1, to: [{ kind: 'role', role: 'admin' }] })
    expect((await open(password, 'thử lần thứ hai')).body.code).toBe('session.refused')

    const headers = { cookie: `vl_session=${opened.cookies[0]!.value}`, 'x-csrf-token': opened.body.csrf as string }
    expect((await call('GET', '/api/users', headers)).status).toBe(200)
    const own = { current: password, next: GOOD }
    expect((await call('POST', '/api/session/password', headers, own)).status).not.toBe(200)
    parts.clock.advance(3_600_000)
    expect((await call('GET', '/api/session', headers)).status).toBe(401)
  })

  it('is sealed anew with another password', async () => {
    const { password } = await sealBreakGlass(parts.control, 'seal', parts.clock)
    const admin = soc.person('admin')
    const users = (await call('GET', '/api/users', admin.headers)).body as {
      username: string
      breakGlass: string
      id: string
    }[]
    const sealed = users.find((user) => user.breakGlass !== '')!
    expect(sealed).toMatchObject({ username: 'break-glass', breakGlass: 'sealed' })
    const acts: [Method, string, object?][] = [
      ['PATCH', '', { role: 'owner' }],
      ['POST', '/password'],
      ['POST', '/link'],
      ['POST', '/grants', { role: null, units: [FOREIGN], from: 0, to: parts.clock.now() + 1000, reason: 'xxx' }]
    ]
    for (const [method, path, body] of acts)
      expect((await call(method, `/api/users/${sealed.id}${path}`, admin.headers, body)).body.code).toBe(
        'break_glass.sealed'
      )
    expect((await open(password, 'thử sau khi niêm phong lại')).status).toBe(200)
  })

  it('does not count as the last administrator of the province', async () => {
    const other = testConsole()
    await other.app.ready()
    await sealBreakGlass(other.parts.control, 'create', other.parts.clock)
    const admin = other.person('admin')
    const answer = await other.app.inject({
      method: 'PATCH',
      url: `/api/users/${admin.id}`,
      headers: admin.headers,
      payload: { role: 'analyst' }
    })
    expect(answer.json().code).toBe('user.last_admin')
    await other.close()
  })
})

it('an administrator sees the sessions of an account and ends one of them', async () => {
  const admin = soc.person('admin')
  const person = soc.person('analyst')
  const detail = (await call('GET', `/api/users/${person.id}`, admin.headers)).body
  expect(detail).toMatchObject({ user: { username: nameOf(person.id) }, oidc: null, grants: [], links: [] })
  const [session] = detail.sessions
  expect((await call('DELETE', `/api/users/${person.id}/sessions/${session.id}`, admin.headers)).status).toBe(204)
  expect((await call('GET', '/api/session', person.headers)).status).toBe(401)
})
