import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFirstAdministrator, resetPassword } from '#control/accounts/accounts.ts'
import { createSignInLimit } from '#control/accounts/sign-in-limit.ts'
import { manualClock } from '#core/clock.ts'
import { openControl } from '#control/database/control.ts'
import { PASSWORD, START, testConsole } from '#testing/console.ts'

const soc = testConsole()
const { app, parts } = soc
beforeAll(async () => void (await app.ready()))
afterAll(() => soc.close())

const nameOf = (id: string) =>
  parts.control.single<{ username: string }>('SELECT username FROM users WHERE id = ?', id).username
const signIn = (username: string, password = PASSWORD, headers: Record<string, string> = {}, remoteAddress?: string) =>
  app.inject({
    method: 'POST',
    url: '/api/session',
    headers,
    payload: { username, password },
    ...(remoteAddress === undefined ? {} : { remoteAddress })
  })
const whoAmI = (cookie: string) => app.inject({ url: '/api/session', headers: { cookie: `vl_session=${cookie}` } })
const lastAudit = () => parts.control.sql('SELECT user, act, target, address FROM audit ORDER BY id DESC LIMIT 1').get()

describe('signing in', () => {
  it('gives a cookie that scripts, other sites and the database cannot use', async () => {
    const username = nameOf(soc.person('analyst').id)
    const answer = await signIn(username.toUpperCase())
    expect(answer.statusCode).toBe(200)
    const [cookie] = answer.cookies
    expect(cookie).toMatchObject({ name: 'vl_session', httpOnly: true, sameSite: 'Strict', path: '/' })
    expect(Buffer.from(cookie!.value, 'base64url')).toHaveLength(32)
    const stored = JSON.stringify(parts.control.sql('SELECT * FROM sessions').all())
    expect(stored).not.toContain(cookie!.value)
    expect((await whoAmI(cookie!.value)).json().user.username).toBe(username)
    expect(lastAudit()).toMatchObject({ user: username, act: 'session.opened' })
  })

  it('says the same of a wrong password, an unknown name and a closed account', async () => {
    const person = soc.person('analyst')
    parts.control.sql('UPDATE users SET enabled = 0 WHERE id = ?').run(person.id)
    const answers = [
      await signIn(nameOf(soc.person('analyst').id), 'không phải mật khẩu'),
      await signIn('khong-co-ai'),
      await signIn(nameOf(person.id))
    ]
    for (const answer of answers) {
      expect(answer.statusCode).toBe(401)
      expect(answer.json()).toEqual(answers[0]!.json())
      expect(answer.cookies).toEqual([])
    }
  })

  it('never writes down a name that is no account: it may be a password', async () => {
    await signIn('mật khẩu gõ nhầm chỗ')
    expect(lastAudit()).toMatchObject({ user: '(unknown)', act: 'session.refused' })
    expect(JSON.stringify(parts.control.sql('SELECT * FROM audit').all())).not.toContain('gõ nhầm')
  })

  it('never takes over a session id that came along, and ends the session it named', async () => {
    const person = soc.person('analyst')
    const planted = 'B'.repeat(43)
    const fixed = await signIn(nameOf(person.id), PASSWORD, { cookie: `vl_session=${planted}` })
    expect(fixed.cookies[0]!.value).not.toBe(planted)
    expect((await whoAmI(planted)).statusCode).toBe(401)
    const again = await signIn(nameOf(person.id), PASSWORD, { cookie: `vl_session=${fixed.cookies[0]!.value}` })
    expect((await whoAmI(fixed.cookies[0]!.value)).statusCode).toBe(401)
    expect((await whoAmI(again.cookies[0]!.value)).statusCode).toBe(200)
  })

  it('is refused from a page of another site', async () => {
    const username = nameOf(soc.person('analyst').id)
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'none', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'none', cookie: 'vl_session=x' }
    ]
    for (const headers of foreign) {
      const answer = await signIn(username, PASSWORD, headers)
      expect(answer.json().code).toBe('request.foreign_origin')
    }
    expect(
      (await signIn(username, PASSWORD, { origin: 'http://localhost:8045', host: 'localhost:8045' })).statusCode
    ).toBe(200)
  })

  it('slows down an account under attack and tells how long to wait', async () => {
    const username = nameOf(soc.person('analyst').id)
    let answer = await signIn(username, 'sai', {}, '198.51.100.9')
    for (let tries = 1; tries < 5; tries++) answer = await signIn(username, 'sai', {}, '198.51.100.9')
    expect(answer.statusCode).toBe(401)
    answer = await signIn(username, PASSWORD, {}, '198.51.100.9')
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'session.too_many'])
    expect(answer.headers['retry-after']).toBe('1')
    parts.clock.advance(1000)
    expect((await signIn(username, PASSWORD, {}, '198.51.100.9')).statusCode).toBe(200)
  })
})

describe('the sign-in limit', () => {
  it('doubles the wait of an account up to a minute, and forgets after an hour of quiet', () => {
    const clock = manualClock(START)
    const limit = createSignInLimit(clock)
    const waits: number[] = []
    for (let tries = 0; tries < 15; tries++) {
      const wait = limit.begin(`198.51.100.${tries}`, 'lan')
      waits.push(wait)
      clock.advance(wait)
      if (wait > 0) expect(limit.begin(`198.51.100.${tries}`, 'lan')).toBe(0)
    }
    expect(waits.slice(0, 9)).toEqual([0, 0, 0, 0, 0, 1000, 2000, 4000, 8000])
    expect(Math.max(...waits)).toBe(60_000)
    clock.advance(3_700_000)
    expect(limit.begin('198.51.100.1', 'lan')).toBe(0)
  })

  it('counts tries that run at the same time', () => {
    const limit = createSignInLimit(manualClock(START))
    const begun = Array.from({ length: 100 }, () => limit.begin('198.51.100.1', 'lan')).filter((wait) => wait === 0)
    expect(begun).toHaveLength(5)
  })

  it('of an account held by others does not hold its owner, who signed in from this address before', () => {
    const limit = createSignInLimit(manualClock(START), (name, from) => name === 'lan' && from === '198.51.100.9')
    for (let tries = 0; tries < 200; tries++) limit.begin(`203.0.113.${tries}`, 'lan')
    expect(limit.begin('203.0.113.250', 'lan')).toBeGreaterThan(0)
    expect(limit.begin('198.51.100.9', 'lan')).toBe(0)
    for (let tries = 0; tries < 10; tries++) limit.begin('198.51.100.9', 'lan')
    expect(limit.begin('198.51.100.9', 'lan')).toBeGreaterThan(0)
  })

  it('holds an address that tries many names', () => {
    const limit = createSignInLimit(manualClock(START))
    const begun = Array.from({ length: 100 }, (_, n) => limit.begin('198.51.100.1', `user${n}`))
    expect(begun.filter((wait) => wait === 0)).toHaveLength(20)
    expect(limit.begin('198.51.100.2', 'lan')).toBe(0)
  })
})

describe('a device in which somebody has signed in', () => {
  const deviceOf = (answer: Awaited<ReturnType<typeof signIn>>) =>
    `vl_device=${answer.cookies.find(({ name }) => name === 'vl_device')!.value}`

  it('is held neither by strangers at the same address nor by tries on the account from elsewhere, also after signing out', async () => {
    const username = nameOf(soc.person('analyst').id)
    const first = await signIn(username, PASSWORD, {}, '192.0.2.50')
    const cookie = deviceOf(first)
    for (let tries = 0; tries < 60; tries++) {
      parts.signInLimit.begin('192.0.2.50', `random-${tries}`)
      parts.signInLimit.begin(`203.0.113.${tries}`, username)
    }
    parts.control.sql('DELETE FROM sessions').run()
    expect((await signIn(username, PASSWORD, {}, '198.51.100.78')).statusCode).toBe(429)
    expect((await signIn(username, PASSWORD, { cookie }, '192.0.2.50')).statusCode).toBe(200)
    expect((await signIn(username, PASSWORD, { cookie }, '198.51.100.77')).statusCode).toBe(200)
  })

  it('is held by its own tries, and stands for that account only', async () => {
    const [one, two] = [nameOf(soc.person('analyst').id), nameOf(soc.person('analyst').id)]
    const cookie = deviceOf(await signIn(one, PASSWORD, {}, '192.0.2.51'))
    for (let tries = 0; tries < 5; tries++) await signIn(one, 'sai', { cookie }, '192.0.2.51')
    expect((await signIn(one, PASSWORD, { cookie }, '192.0.2.51')).statusCode).toBe(429)
    expect(parts.devices.find(cookie.slice('vl_device='.length), two)).toBeUndefined()
  })

  it('takes no cookie that we did not give', async () => {
    const planted = 'C'.repeat(43)
    const answer = await signIn(nameOf(soc.person('analyst').id), PASSWORD, { cookie: `vl_device=${planted}` })
    expect(deviceOf(answer)).not.toContain(planted)
  })
})

it('addresses of one IPv6 network are one caller', () => {
  const limit = createSignInLimit(manualClock(START))
  for (let tries = 0; tries < 30; tries++) limit.begin(`2001:db8:0:1::${tries}`, `user${tries}`)
  expect(limit.begin('2001:db8:0:1:ffff::1', 'lan')).toBeGreaterThan(0)
  expect(limit.begin('2001:db8:0:2::1', 'lan')).toBe(0)
})

describe('a session', () => {
  it('ends after eight idle hours, but not while it is used', async () => {
    const { cookie } = soc.person('analyst')
    for (let hour = 0; hour < 3; hour++) {
      parts.clock.advance(7 * 3_600_000)
      expect((await whoAmI(cookie)).statusCode).toBe(200)
    }
    parts.clock.advance(8 * 3_600_000)
    expect((await whoAmI(cookie)).statusCode).toBe(401)
  })

  it('ends a day after sign-in however much it is used', async () => {
    const { cookie } = soc.person('analyst')
    for (let hour = 0; hour < 23; hour++) {
      parts.clock.advance(3_600_000)
      expect((await whoAmI(cookie)).statusCode).toBe(200)
    }
    parts.clock.advance(3_600_000)
    expect((await whoAmI(cookie)).statusCode).toBe(401)
  })

  it('ends at sign-out and when its account is closed', async () => {
    const person = soc.person('analyst')
    const out = await app.inject({ method: 'DELETE', url: '/api/session', headers: person.headers })
    expect(out.statusCode).toBe(204)
    expect((await whoAmI(person.cookie)).statusCode).toBe(401)
    const closed = soc.person('analyst')
    parts.control.sql('UPDATE users SET enabled = 0 WHERE id = ?').run(closed.id)
    expect((await whoAmI(closed.cookie)).statusCode).toBe(401)
  })

  it('is nothing but 43 characters of its own making', async () => {
    for (const cookie of ['', 'x', "' OR 1=1 --", 'A'.repeat(5000), 'é'.repeat(43)])
      expect((await whoAmI(encodeURIComponent(cookie))).statusCode).toBe(401)
  })

  it('of one person are at most twenty: the oldest ends', async () => {
    const person = soc.person('analyst')
    const username = nameOf(person.id)
    for (let more = 0; more < 20; more++) {
      parts.clock.advance(1000)
      await signIn(username)
    }
    expect((await whoAmI(person.cookie)).statusCode).toBe(401)
    const { n } = parts.control.single<{ n: number }>('SELECT count(*) n FROM sessions WHERE user_id = ?', person.id)
    expect(n).toBe(20)
  })
})

describe('changing the password', () => {
  const change = (headers: Record<string, string>, current: string, next: string) =>
    app.inject({ method: 'POST', url: '/api/session/password', headers, payload: { current, next } })

  it('opens the rest of the console, renews this session and ends the others', async () => {
    const person = soc.person('analyst', [], { mustChange: true })
    const other = (await signIn(nameOf(person.id))).cookies[0]!.value
    const answer = await change(person.headers, PASSWORD, 'cá kho tộ chiều mưa')
    expect(answer.json()).toMatchObject({ mustChangePassword: false })
    const renewed = answer.cookies[0]!.value
    expect(renewed).not.toBe(person.cookie)
    for (const old of [person.cookie, other]) expect((await whoAmI(old)).statusCode).toBe(401)
    const alerts = await app.inject({ url: '/api/alerts', headers: { cookie: `vl_session=${renewed}` } })
    expect(alerts.statusCode).toBe(200)
    expect((await signIn(nameOf(person.id), 'cá kho tộ chiều mưa')).statusCode).toBe(200)
  })

  it.each([
    ['sai', 'cá kho tộ chiều mưa', 'password.wrong'],
    [PASSWORD, PASSWORD, 'password.same'],
    [PASSWORD, 'ngắn', 'password.short'],
    [PASSWORD, 'MatKhau@2024!!', 'password.common']
  ])('from %s to %s is refused with %s', async (current, next, code) => {
    const answer = await change(soc.person('analyst').headers, current, next)
    expect([answer.statusCode, answer.json().code]).toEqual([422, code])
  })
})

describe('without the console', () => {
  it('an empty data folder gets its first administrator once, who must change the password', async () => {
    const control = openControl(':memory:')
    const made = await createFirstAdministrator(control, manualClock(START))
    expect(made).toMatchObject({ username: 'admin' })
    expect(made!.password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/)
    expect(await createFirstAdministrator(control, manualClock(START))).toBeUndefined()
    const fresh = testConsole({ control })
    const payload = { username: 'admin', password: made!.password }
    const answer = await fresh.app.inject({ method: 'POST', url: '/api/session', payload })
    expect(answer.json()).toMatchObject({ mustChangePassword: true, user: { role: 'admin', units: [] } })
    const headers = { cookie: `vl_session=${answer.cookies[0]!.value}` }
    expect((await fresh.app.inject({ url: '/api/alerts', headers })).json().code).toBe('password.must_change')
    await fresh.close()
  })

  it('a password is reset: sessions end, the account opens, the act is on record', async () => {
    const person = soc.person('analyst')
    parts.control.sql('UPDATE users SET enabled = 0 WHERE id = ?').run(person.id)
    const password = await resetPassword(parts.control, nameOf(person.id), parts.clock)
    expect(lastAudit()).toMatchObject({ user: 'system', act: 'user.password_reset', target: person.id })
    expect((await whoAmI(person.cookie)).statusCode).toBe(401)
    expect((await signIn(nameOf(person.id), password)).json()).toMatchObject({ mustChangePassword: true })
    await expect(resetPassword(parts.control, 'khong-co-ai', parts.clock)).rejects.toMatchObject({
      code: 'user.not_found'
    })
  })
})
