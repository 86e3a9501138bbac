import { createSign, generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { manualClock } from '#core/clock.ts'
import { PASSWORD, testConsole, type TestConsole } from '#testing/console.ts'

/*
 * Two providers: the real oidc-provider for the whole way of a browser with its cookies, and a small one that signs
 * whatever a test wants, for answers a real one never gives.
 */
const CLIENT = { id: 'vong-lau', secret: 'mot-bi-mat-dung-de-thu-nghiem' }
const BASE = 'http://127.0.0.1:8045'
const RETURN = `${BASE}/api/session/oidc/return`

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const environment = (issuer: string, more: Record<string, string> = {}) => ({
  SOC_PUBLIC_URL: BASE,
  SOC_OIDC_ISSUER: issuer,
  SOC_OIDC_CLIENT_ID: CLIENT.id,
  SOC_OIDC_CLIENT_SECRET: CLIENT.secret,
  SOC_OIDC_NAME: 'Cổng tỉnh',
  ...more
})
async function console_(issuer: string, more: Record<string, string> = {}): Promise<TestConsole> {
  const soc = testConsole({ environment: environment(issuer, more) })
  // The provider's clock is the machine's.
  soc.parts.clock.advance(Date.now() - soc.parts.clock.now())
  await soc.app.ready()
  return soc
}
/** The button: where to go, and the cookie that binds the answer. */
async function begin(soc: TestConsole) {
  const answer = await soc.app.inject({ method: 'POST', url: '/api/session/oidc' })
  const cookie = answer.cookies.find((one) => one.name === 'vl_oidc')
  return { status: answer.statusCode, body: answer.json(), cookie: `vl_oidc=${cookie?.value ?? ''}`, set: cookie }
}
async function back(soc: TestConsole, location: string, cookie: string) {
  const url = new URL(location)
  const answer = await soc.app.inject({ url: `${url.pathname}${url.search}`, headers: { cookie } })
  return {
    location: answer.headers.location,
    session: answer.cookies.find((one) => one.name === 'vl_session')?.value
  }
}
const whoIs = async (soc: TestConsole, session: string | undefined) =>
  (await soc.app.inject({ url: '/api/session', headers: { cookie: `vl_session=${session ?? ''}` } })).json()

describe('sign-in with a real provider', () => {
  const server = createServer()
  let issuer = ''
  beforeAll(async () => {
    // The provider warns of its development defaults on the console.
    for (const way of ['warn', 'info', 'log'] as const) vi.spyOn(console, way).mockImplementation(() => undefined)
    issuer = await listening(server)
    const people: Record<string, object> = {
      'lan-sub': {
        email: 'Lan.Nguyen@example.vn',
        email_verified: true,
        preferred_username: 'lan.nguyen',
        groups: ['soc']
      },
      'mai-sub': { email: 'lan.nguyen@example.vn', email_verified: false, preferred_username: 'mai', groups: ['khac'] },
      'gia-sub': { email: 'gia@example.vn', email_verified: true, preferred_username: 'lan.nguyen@example.vn' },
      'hung-sub': {
        email: 'hung@example.vn',
        email_verified: true,
        preferred_username: 'hung',
        name: 'Hùng',
        groups: ['soc', 'kiem-tra']
      }
    }
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [RETURN],
          post_logout_redirect_uris: [`${BASE}/`],
          response_types: ['code'],
          grant_types: ['authorization_code']
        }
      ],
      claims: {
        openid: ['sub'],
        email: ['email', 'email_verified'],
        profile: ['name', 'preferred_username', 'groups']
      },
      findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
      pkce: { required: () => true }
    })
    server.on('request', provider.callback())
  })
  afterAll(async () => {
    vi.restoreAllMocks()
    await new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
  })

  /** What a browser does at the provider: follows, fills the two forms in, keeps cookies; gives the address it is sent back to. */
  async function walk(start: string, login: string): Promise<string> {
    const jar = new Map<string, string>()
    let [url, body]: [string, string | undefined] = [start, undefined]
    for (let hops = 0; hops < 12; hops++) {
      const answer: Response = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: {
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
          connection: 'close',
          ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' })
        },
        ...(body === undefined ? {} : { body })
      })
      for (const set of answer.headers.getSetCookie()) {
        const [name, value] = set.split(';')[0]!.split('=') as [string, string]
        jar.set(name, value)
      }
      const location = answer.headers.get('location')
      const page: string = await answer.text()
      body = undefined
      if (location !== null) {
        url = new URL(location, url).href
        if (url.startsWith(BASE)) return url
        continue
      }
      const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1]
      if (action === undefined) throw new Error(`the provider shows no form: ${page.slice(0, 500)}`)
      url = new URL(action, url).href
      const prompt: string = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? ''
      body = new URLSearchParams({ prompt, ...(prompt === 'login' ? { login, password: 'x' } : {}) }).toString()
    }
    throw new Error('the provider never sent the browser back')
  }
  async function signIn(soc: TestConsole, login: string) {
    const { body, cookie } = await begin(soc)
    return back(soc, await walk(body.location, login), cookie)
  }
  const link = (soc: TestConsole, id: string, body: object) =>
    soc.app.inject({ method: 'PUT', url: `/api/users/${id}/oidc`, headers: soc.person('admin').headers, payload: body })

  it('opens the account an administrator has tied by verified e-mail, and from then on by subject', async () => {
    const soc = await console_(issuer)
    expect((await soc.app.inject({ url: '/api/session/ways' })).json()).toEqual({ oidc: { name: 'Cổng tỉnh' } })
    const person = soc.person('analyst')
    expect((await link(soc, person.id, { login: 'lan.nguyen@EXAMPLE.vn' })).statusCode).toBe(204)
    // The same address, but nobody has verified it.
    expect((await signIn(soc, 'mai-sub')).location).toBe('/?refused=oidc.unknown')
    // Nor does it become anybody's by being chosen as a user name.
    expect((await signIn(soc, 'gia-sub')).location).toBe('/?refused=oidc.unknown')
    const first = await signIn(soc, 'lan-sub')
    expect(first.location).toBe('/')
    expect((await whoIs(soc, first.session)).user.id).toBe(person.id)
    const detail = await soc.app.inject({ url: `/api/users/${person.id}`, headers: soc.person('admin').headers })
    expect(detail.json().oidc).toMatchObject({ subject: 'lan-sub' })
    expect(detail.json().sessions[0]).toMatchObject({ via: 'oidc' })
    expect((await signIn(soc, 'lan-sub')).location).toBe('/')
    const csrf = (await whoIs(soc, first.session)).csrf as string
    const headers = { cookie: `vl_session=${first.session}`, 'x-csrf-token': csrf }
    const out = await soc.app.inject({ method: 'DELETE', url: '/api/session', headers })
    expect(out.json().location).toContain(`${issuer}/session/end`)
    await soc.close()
  })

  it('refuses whom nobody has tied, and a closed account', async () => {
    const soc = await console_(issuer)
    expect(await signIn(soc, 'hung-sub')).toEqual({ location: '/?refused=oidc.unknown', session: undefined })
    const person = soc.person('analyst')
    await link(soc, person.id, { subject: 'hung-sub' })
    soc.parts.control.sql('UPDATE users SET enabled = 0 WHERE id = ?').run(person.id)
    expect((await signIn(soc, 'hung-sub')).location).toBe('/?refused=oidc.disabled')
    const taken = await link(soc, soc.person('analyst').id, { subject: 'hung-sub' })
    expect(taken.json().code).toBe('oidc.taken')
    await soc.close()
  })

  it('makes an account when told so, with the role of the first mapped group, and follows the groups', async () => {
    const roles = { SOC_OIDC_ROLES: 'kiem-tra=auditor,soc=analyst', SOC_OIDC_CREATE: 'on' }
    const soc = await console_(issuer, roles)
    const made = await signIn(soc, 'hung-sub')
    expect((await whoIs(soc, made.session)).user).toMatchObject({ username: 'hung', role: 'auditor', name: 'Hùng' })
    expect((await signIn(soc, 'mai-sub')).location).toBe('/?refused=oidc.no_role')
    soc.parts.control.sql(`UPDATE users SET role = 'leader' WHERE username = 'hung'`).run()
    expect((await whoIs(soc, (await signIn(soc, 'hung-sub')).session)).user.role).toBe('auditor')
    // No password opens it.
    const local = { username: 'hung', password: '!' }
    expect((await soc.app.inject({ method: 'POST', url: '/api/session', payload: local })).statusCode).toBe(401)
    await soc.close()
  })

  it('takes an answer only from the browser that asked, once, and in time', async () => {
    const soc = await console_(issuer)
    const person = soc.person('analyst')
    await link(soc, person.id, { subject: 'lan-sub' })
    const asked = await begin(soc)
    expect(asked.set).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
    const location = await walk(asked.body.location, 'lan-sub')
    expect((await back(soc, location, 'vl_oidc=fremd')).location).toBe('/?refused=oidc.flow')
    const forged = new URL(location)
    forged.searchParams.set('state', 'x')
    expect((await back(soc, forged.href, asked.cookie)).location).toBe('/?refused=oidc.token')
    // The flow is spent by the forged answer: the true one comes too late.
    expect((await back(soc, location, asked.cookie)).location).toBe('/?refused=oidc.flow')
    const slow = await begin(soc)
    const answer = await walk(slow.body.location, 'lan-sub')
    soc.parts.clock.advance(10 * 60_000)
    expect((await back(soc, answer, slow.cookie)).location).toBe('/?refused=oidc.flow')
    await soc.close()
  })
})

describe('a provider that answers wrongly', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
  let answer: { claims?: object; key?: typeof privateKey; status?: number; text?: string } = {}
  let issuer = ''
  let nonce = ''
  const server = createServer((request, response) => {
    const send = (body: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
    if (request.url === '/.well-known/openid-configuration')
      return send({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        authorization_response_iss_parameter_supported: false
      })
    if (request.url === '/jwks')
      return send({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' }] })
    if (answer.status !== undefined) return void response.writeHead(answer.status).end(answer.text ?? '')
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer, sub: 'lan-sub', aud: CLIENT.id, iat: now, exp: now + 300, nonce, ...answer.claims }
    const text = `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}`
    const signature = createSign('RSA-SHA256')
      .update(text)
      .sign(answer.key ?? privateKey)
    send({ access_token: 'x', token_type: 'Bearer', id_token: `${text}.${signature.toString('base64url')}` })
  })
  let soc: TestConsole
  beforeAll(async () => {
    issuer = await listening(server)
    soc = await console_(issuer)
    const person = soc.person('analyst')
    await soc.app.inject({
      method: 'PUT',
      url: `/api/users/${person.id}/oidc`,
      headers: soc.person('admin').headers,
      payload: { subject: 'lan-sub' }
    })
  })
  afterAll(async () => {
    await soc.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  async function attempt(given: typeof answer, query = 'code=x') {
    const { body, cookie } = await begin(soc)
    const asked = new URL(body.location)
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256')
    nonce = asked.searchParams.get('nonce')!
    answer = given
    return (await back(soc, `${RETURN}?${query}&state=${asked.searchParams.get('state')}`, cookie)).location
  }

  it('opens nothing', async () => {
    const past = Math.floor(Date.now() / 1000) - 3600
    expect(await attempt({})).toBe('/')
    const wrong: [string, typeof answer][] = [
      ['nonce', { claims: { nonce: 'khac' } }],
      ['issuer', { claims: { iss: 'https://evil.example' } }],
      ['audience', { claims: { aud: 'khac' } }],
      ['expired token', { claims: { exp: past, iat: past - 60 } }],
      ['token without an end', { claims: { exp: undefined } }],
      ['signature', { key: other.privateKey }]
    ]
    for (const [name, given] of wrong) expect(await attempt(given), name).toBe('/?refused=oidc.token')
    expect(await attempt({}, 'error=access_denied')).toBe('/?refused=oidc.denied')
  })

  it('that stumbles is away, and local accounts work all the same', async () => {
    expect(await attempt({ status: 502, text: '<html>' })).toBe('/?refused=oidc.away')
    expect(await attempt({ status: 200, text: 'x'.repeat(1000) })).toBe('/?refused=oidc.away')
    const away = testConsole({
      environment: environment('http://127.0.0.1:1'),
      clock: manualClock(Date.now())
    })
    await away.app.ready()
    expect(await begin(away)).toMatchObject({ status: 503, body: { code: 'oidc.away' } })
    const { username } = away.parts.control.single<{ username: string }>(
      'SELECT username FROM users WHERE id = ?',
      away.person('analyst').id
    )
    const payload = { username, password: PASSWORD }
    expect((await away.app.inject({ method: 'POST', url: '/api/session', payload })).statusCode).toBe(200)
    await away.close()
  })
})
