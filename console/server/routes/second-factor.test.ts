import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createKeyFile } from '#control/accounts/key-file.ts'
import { PASSWORD, testConsole, type Person } from '#testing/console.ts'

const folder = mkdtempSync(join(tmpdir(), 'vl-totp-'))
const soc = testConsole({ environment: { SOC_DATA: folder } })
const { app, parts } = soc
beforeAll(async () => void (await app.ready()))
// Another half-minute, so that no code of one test was used in another.
beforeEach(() => parts.clock.advance(120_000))
afterAll(async () => {
  await soc.close()
  rmSync(folder, { recursive: true })
})

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
const call = async (
  method: Method,
  url: string,
  headers: Record<string, string>,
  payload?: unknown,
  from = '192.0.2.1'
) => {
  const answer = await app.inject({
    method,
    url,
    headers,
    remoteAddress: from,
    ...(payload === undefined ? {} : { payload: payload as object })
  })
  return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json(), cookies: answer.cookies }
}
const nameOf = (id: string) =>
  parts.control.single<{ username: string }>('SELECT username FROM users WHERE id = ?', id).username
const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: parts.clock.now() + steps * 30_000 })
const signIn = (username: string, from?: string) =>
  call('POST', '/api/session', {}, { username, password: PASSWORD }, from)
const step = (token: string, code: string, from?: string) =>
  call('POST', '/api/session/step', {}, { token, code }, from)

/** Sets the second factor up and gives the secret with the recovery codes; this session goes on. */
async function withTotp(person: Person) {
  const { body } = await call('POST', '/api/account/totp', person.headers, { password: PASSWORD })
  const confirmed = await call('POST', '/api/account/totp/confirm', person.headers, { code: codeOf(body.secret) })
  expect(confirmed.status).toBe(200)
  const { headers } = person
  parts.clock.advance(60_000)
  return { secret: body.secret as string, codes: confirmed.body.codes as string[], headers, svg: body.svg as string }
}

describe('the second factor', () => {
  it('is set up by a picture and a first code, and lies sealed in the database', async () => {
    const person = soc.person('analyst')
    const { secret, codes, svg } = await withTotp(person)
    expect(svg).toMatch(/^<svg/)
    expect(new Set(codes).size).toBe(10)
    const stored = JSON.stringify([
      parts.control.sql('SELECT * FROM totp').all(),
      parts.control.sql('SELECT * FROM recovery_codes').all(),
      parts.control.sql('SELECT * FROM audit').all()
    ])
    for (const shown of [secret, ...codes]) expect(stored).not.toContain(shown)
    expect(statSync(join(folder, 'keys', 'accounts.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'keys'))).toEqual(['accounts.key'])
  })

  it('is not in force before its first code, and a wrong one does not put it there', async () => {
    const person = soc.person('analyst')
    await call('POST', '/api/account/totp', person.headers, { password: PASSWORD })
    const wrong = await call('POST', '/api/account/totp/confirm', person.headers, { code: '000000' })
    expect([wrong.status, wrong.body.code]).toEqual([422, 'totp.wrong'])
    expect((await signIn(nameOf(person.id))).status).toBe(200)
  })

  it('is asked for after the password; a code of one step before or after counts, an older one does not', async () => {
    const person = soc.person('analyst')
    const { secret } = await withTotp(person)
    for (const [steps, status] of [
      [-2, 422],
      [-1, 200],
      [1, 200],
      [2, 422]
    ] as const) {
      const asked = await signIn(nameOf(person.id), `192.0.2.${20 + steps}`)
      expect([asked.status, asked.body.step]).toEqual([202, 'code'])
      expect(asked.cookies).toEqual([])
      expect((await step(asked.body.token, codeOf(secret, steps), `192.0.2.${20 + steps}`)).status).toBe(status)
      parts.clock.advance(90_000)
    }
  })

  it('takes no code twice, not even in another sign-in', async () => {
    const person = soc.person('analyst')
    const { secret } = await withTotp(person)
    const [first, second] = [await signIn(nameOf(person.id)), await signIn(nameOf(person.id))]
    const code = codeOf(secret)
    expect((await step(first.body.token, code)).status).toBe(200)
    expect((await step(second.body.token, code)).body.code).toBe('totp.wrong')
    // The step itself is spent with the sign-in it belongs to.
    expect((await step(first.body.token, codeOf(secret, 1))).body.code).toBe('session.step_expired')
  })

  it('gives five tries, slowed like passwords, and five minutes', async () => {
    const person = soc.person('analyst')
    const { secret } = await withTotp(person)
    const asked = await signIn(nameOf(person.id), '192.0.2.50')
    const seen: string[] = []
    for (let tries = 0; tries < 7; tries++) {
      const { body } = await step(asked.body.token, '000000', '192.0.2.50')
      seen.push(body.code)
      if (body.code === 'session.too_many') parts.clock.advance(body.params.retryAfterS * 1000)
    }
    expect(seen).toEqual([
      ...Array<string>(4).fill('totp.wrong'),
      'session.too_many',
      'session.step_expired',
      'session.step_expired'
    ])
    parts.clock.advance(120_000)
    const late = await signIn(nameOf(person.id), '192.0.2.51')
    parts.clock.advance(5 * 60_000)
    expect((await step(late.body.token, codeOf(secret), '192.0.2.51')).body.code).toBe('session.step_expired')
  })

  it('opens by a recovery code once, and new codes end the old ones', async () => {
    const person = soc.person('analyst')
    const { codes, secret } = await withTotp(person)
    const use = async (code: string) => step((await signIn(nameOf(person.id))).body.token, code)
    const opened = await use(codes[0]!.toUpperCase().replace('-', ''))
    expect(opened.status).toBe(200)
    expect((await use(codes[0]!)).body.code).toBe('totp.wrong')
    const headers = {
      cookie: `vl_session=${opened.cookies[0]!.value}`,
      'x-csrf-token': opened.body.csrf as string
    }
    expect((await call('GET', '/api/account', headers)).body.totp).toMatchObject({ enabled: true, recoveryLeft: 9 })
    const renewed = await call('POST', '/api/account/totp/recovery', headers, { code: codeOf(secret) })
    expect(renewed.body.codes).toHaveLength(10)
    expect((await use(codes[1]!)).body.code).toBe('totp.wrong')
    expect((await use(renewed.body.codes[1])).status).toBe(200)
  })

  it('is switched off with password and code, never while the policy asks for it', async () => {
    const admin = soc.person('admin')
    const person = soc.person('auditor')
    const { secret, headers } = await withTotp(person)
    const policy = { minLength: 12, classes: 0, history: 5, maxAgeDays: 0, refusedWords: [] }
    const off = (code: string, password = PASSWORD) =>
      call('POST', '/api/account/totp/disable', headers, { password, code })
    await call('PUT', '/api/account-policy', admin.headers, { ...policy, totpRoles: ['auditor'] })
    expect((await off(codeOf(secret))).body.code).toBe('totp.required')
    await call('PUT', '/api/account-policy', admin.headers, { ...policy, totpRoles: [] })
    expect((await off(codeOf(secret), 'sai')).body.code).toBe('password.wrong')
    expect((await off('000000')).body.code).toBe('totp.wrong')
    expect((await off(codeOf(secret))).status).toBe(204)
    expect((await signIn(nameOf(person.id))).status).toBe(200)
  })

  it('that a role must have opens nothing else before it is set up', async () => {
    const admin = soc.person('admin')
    const person = soc.person('auditor')
    const policy = { minLength: 12, classes: 0, history: 5, maxAgeDays: 0, refusedWords: [], totpRoles: ['auditor'] }
    await call('PUT', '/api/account-policy', admin.headers, policy)
    const refused = await call('GET', '/api/alerts', person.headers)
    expect([refused.status, refused.body.code]).toEqual([403, 'totp.must_set_up'])
    expect((await call('GET', '/api/session', person.headers)).body.mustSetUpTotp).toBe(true)
    const { headers } = await withTotp(person)
    expect((await call('GET', '/api/alerts', headers)).status).toBe(200)
    await call('PUT', '/api/account-policy', admin.headers, { ...policy, totpRoles: [] })
  })

  it('of a lost phone is taken off by another administrator, on record; nobody does that for himself', async () => {
    const admin = soc.person('admin')
    const person = soc.person('analyst')
    const { headers } = await withTotp(person)
    expect((await call('DELETE', `/api/users/${person.id}/totp`, admin.headers)).status).toBe(204)
    expect((await call('GET', '/api/session', headers)).status).toBe(401)
    expect((await signIn(nameOf(person.id))).status).toBe(200)
    expect((await call('DELETE', `/api/users/${admin.id}/totp`, admin.headers)).body.code).toBe('user.self')
    expect(
      parts.control.sql(`SELECT user, target FROM audit WHERE act = 'user.totp_reset' ORDER BY id DESC LIMIT 1`).get()
    ).toEqual({ user: nameOf(admin.id), target: person.id })
  })
})

describe('own sessions', () => {
  it('are listed with device and address, and end one by one or all but this', async () => {
    const person = soc.person('analyst')
    const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0'
    const more = async () =>
      (
        await app.inject({
          method: 'POST',
          url: '/api/session',
          headers: { 'user-agent': agent },
          payload: { username: nameOf(person.id), password: PASSWORD }
        })
      ).cookies[0]!.value
    const cookies = [await more(), await more()]
    const { sessions } = (await call('GET', '/api/account', person.headers)).body
    expect(sessions).toHaveLength(3)
    expect(sessions.filter((one: { current: boolean }) => one.current)).toHaveLength(1)
    const other = sessions.find((one: { current: boolean }) => !one.current)
    expect(other).toMatchObject({ browser: 'Firefox', system: 'Windows', address: '127.0.0.1', via: 'password' })
    const foreign = soc.person('analyst')
    const theirs = (await call('GET', '/api/account', foreign.headers)).body.sessions[0].id
    expect((await call('DELETE', `/api/account/sessions/${theirs}`, person.headers)).status).toBe(404)
    expect((await call('DELETE', `/api/account/sessions/${other.id}`, person.headers)).status).toBe(204)
    expect((await call('GET', '/api/account', person.headers)).body.sessions).toHaveLength(2)
    expect((await call('DELETE', '/api/account/sessions', person.headers)).status).toBe(204)
    for (const value of cookies)
      expect((await call('GET', '/api/session', { cookie: `vl_session=${value}` })).status).toBe(401)
    expect((await call('GET', '/api/session', person.headers)).status).toBe(200)
  })

  it('last as long as the settings say', async () => {
    const short = testConsole({ environment: { SOC_SESSION_IDLE_MIN: '10', SOC_SESSION_HOURS: '1' } })
    await short.app.ready()
    const { headers } = short.person('analyst')
    const alive = async () => (await short.app.inject({ url: '/api/session', headers })).statusCode
    short.parts.clock.advance(9 * 60_000)
    expect(await alive()).toBe(200)
    short.parts.clock.advance(10 * 60_000)
    expect(await alive()).toBe(401)
    await short.close()
  })
})

it('a sealed secret opens with its key and for its account alone', () => {
  const keys = createKeyFile(folder)
  const sealed = keys.seal('bí mật', 'a')
  expect(createKeyFile(folder).open(sealed, 'a')).toBe('bí mật')
  const broken = Buffer.from(sealed, 'base64url')
  broken[broken.length - 1]! ^= 1
  for (const [text, context] of [
    [sealed, 'b'],
    [broken.toString('base64url'), 'a'],
    ['', 'a']
  ] as const)
    expect(() => keys.open(text, context)).toThrow('cannot be opened')
  expect(readFileSync(join(folder, 'keys', 'accounts.key'))).toHaveLength(32)
})
