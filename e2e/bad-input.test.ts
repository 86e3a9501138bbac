import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AlertList } from '#core/api/alerts.ts'
import type { DeadLetterList, EventSearch, RuleList, SourceList } from '#core/api/sources.ts'
import {
  addSource,
  signInAsAdmin,
  startSocProcess,
  temporaryFolder,
  type AdminClient,
  type SocProcess
} from '#testing/running-process.ts'
import { accountedFor, addUser, clientOf, fatesNow, post, sendTcp, sendUdp } from './running.ts'

const HERE = '19849'
const ELSEWHERE = '19756'

const goodRule = `title: A probe was heard
id: 1f2e7a54-3a0e-4a53-9b7c-45ad0be00046
status: test
logsource: { product: linux, service: sshd }
detection:
  selection:
    user.name|startswith: do-
  condition: selection
level: low
soc:
  entity: [user.name]
`
const catastrophic = goodRule
  .replace('00046', '00047')
  .replace('A probe was heard', 'Nested quantifiers')
  .replace('user.name|startswith: do-', () => "user.name|re: '^(([a-z])+.)+[A-Z]([a-z])+$'")
const backreference = goodRule.replace('00046', '00048').replace('user.name|startswith: do-', "user.name|re: '(a)\\1'")
const unfinished = 'title: Not finished\nid: 1f2e7a54-3a0e-4a53-9b7c-45ad0be00049\ndetection: [\n'
const noCondition = goodRule.replace('00046', '00050').replace('condition: selection', 'condition: selection and (')

const ssh = (user: string, host = 'may-1', at = new Date().toISOString()) =>
  `<38>${at} ${host} sshd[1]: Accepted password for ${user} from 192.0.2.1 port 40000 ssh2`

let data: string
let fullData: string
let soc: SocProcess
let full: SocProcess
let admin: AdminClient
let token: string
/** What happens to a sender of the process whose disk is full; it waits eight seconds, and the other tests run meanwhile. */
let refused: ReturnType<typeof post>
let fullAdmin: AdminClient
let held: Socket
const bearer = (type: string) => ({ authorization: `Bearer ${token}`, 'content-type': type })

beforeAll(async () => {
  data = temporaryFolder('bad-input')
  fullData = temporaryFolder('bad-input-full')
  const rules = join(data, 'rules')
  mkdirSync(rules)
  const files = { good: goodRule, catastrophic, backreference, unfinished, noCondition }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(rules, `${name}.yml`), text)
  ;[soc, full] = await Promise.all([
    startSocProcess(data, { SOC_RULES: rules }),
    // More than any disk of ours has free: this process finds its disk full from the first frame on.
    startSocProcess(fullData, { SOC_RULES: rules, SOC_DISK_RESERVE_MB: '1048576' })
  ])
  admin = await signInAsAdmin(soc)
  token = (await addSource(admin, { name: 'HTTP', unit: HERE })).token
  await addSource(admin, { name: 'syslog', unit: HERE, networks: ['127.0.0.0/8'] })

  fullAdmin = await signInAsAdmin(full)
  const { token: fullToken } = await addSource(fullAdmin, { name: 'HTTP' })
  held = connect(full.port('syslog-tcp'), '127.0.0.1')
  await once(held, 'connect')
  held.write(`${ssh('cho-dia')}\n`)
  refused = post(
    full,
    '/v1/events',
    {
      authorization: `Bearer ${fullToken}`,
      'content-type': 'application/x-ndjson',
      'user-agent': 'syslog-ng'
    },
    '{"message":"x"}'
  )
})

afterAll(async () => {
  await Promise.all([soc?.stop(), full?.stop()])
  for (const folder of [data, fullData]) rmSync(folder, { recursive: true, force: true })
})

const letters = async () => (await admin.get<DeadLetterList>('/api/dead-letters?limit=200')).letters
const find = (q: string) =>
  admin.get<EventSearch>(`/api/events?q=${encodeURIComponent(q)}&from=0&to=${Date.now() + 60_000}&limit=10`)

describe('bad input through the sockets of a running process', () => {
  it('frames of 0 bytes are nothing; NUL bytes inside a frame are kept', async () => {
    await accountedFor(
      admin,
      async () => {
        await sendUdp(soc, Buffer.alloc(0))
        await sendUdp(soc, Buffer.from('\n\0'))
        await sendTcp(soc, '\n\r\n\0\0\n', `${ssh('nul-\0-inside')}\n`, '\n\n')
      },
      { stored: 1 }
    )
    const empty = await post(soc, '/v1/events', bearer('application/x-ndjson'), '\n\n')
    expect(empty.status).toBe(400)
  })

  it('1 MiB and more: a syslog frame is cut and stored, a JSON event cut in the middle is a dead letter, a body over 100 MiB is refused', async () => {
    const long = ssh('dai').replace('Accepted', `Accepted ${'x'.repeat(1_500_000)}`)
    const event = JSON.stringify({ message: 'y'.repeat(9 * 1024 * 1024), '@timestamp': new Date().toISOString() })
    await accountedFor(
      admin,
      async () => {
        await sendTcp(soc, `${long}\n${ssh('sau-dong-dai')}\n`)
        expect((await post(soc, '/v1/events', bearer('application/x-ndjson'), event)).status).toBe(200)
      },
      { stored: 2, dead_lettered: 1 }
    )
    const declared = { ...bearer('application/x-ndjson'), 'content-length': 101 * 1024 * 1024 }
    expect((await post(soc, '/v1/events', declared, 'x', false)).status).toBe(413)
    expect((await find('user.name:sau-dong-dai')).hits).toHaveLength(1)
  })

  it('invalid UTF-8 is stored, over syslog and over HTTP', async () => {
    const broken = Buffer.concat([
      Buffer.from(`${ssh('byte-la')} `),
      Buffer.from([0xff, 0xfe, 0xc3, 0x28]),
      Buffer.from('\n')
    ])
    const json = Buffer.concat([
      Buffer.from('{"message":"byte '),
      Buffer.from([0xff]),
      Buffer.from(`","@timestamp":"${new Date().toISOString()}"}`)
    ])
    await accountedFor(
      admin,
      async () => {
        await sendTcp(soc, broken)
        expect((await post(soc, '/v1/events', bearer('application/x-ndjson'), json)).status).toBe(200)
      },
      { stored: 2 }
    )
  })

  it('wrong octet counts cost nothing; half a frame at the disconnect is kept', async () => {
    const right = ssh('dem-dung')
    await accountedFor(
      admin,
      () =>
        Promise.all([
          sendTcp(soc, `20 ${ssh('dem-thieu')}\n${right.length} ${right}\n`),
          sendTcp(soc, `9999999 ${ssh('dem-qua')}\n${right.length} ${right}`),
          sendTcp(soc, ssh('nua-khung'))
        ]),
      // A count that is no count is passed over: each message is found by where the next one begins.
      { stored: 5 }
    )
    expect((await find('user.name:dem-thieu')).hits).toHaveLength(1)
    expect((await find('user.name:dem-dung')).hits).toHaveLength(2)
    expect((await find('user.name:nua-khung')).hits).toHaveLength(1)
  })

  it('a broken gzip body, a gzip bomb and half a body are refused whole', async () => {
    const whole = gzipSync(JSON.stringify({ message: 'x' }))
    const gzip = { ...bearer('application/x-ndjson'), 'content-encoding': 'gzip' }
    const answers = await Promise.all([
      post(soc, '/v1/events', gzip, whole.subarray(0, 20)),
      post(soc, '/v1/events', gzip, Buffer.from('not gzip at all')),
      post(soc, '/_bulk', gzip, whole.subarray(0, 20)),
      post(soc, '/v1/events', gzip, gzipSync(Buffer.alloc(120 * 1024 * 1024, 10), { level: 1 })),
      post(soc, '/v1/events', { ...bearer('application/x-ndjson'), 'content-length': 1_000 }, '{"message":"half', false)
    ])
    expect(answers.map((answer) => answer.status)).toEqual([400, 400, 400, 413, 'broken'])
  })

  it('JSON bombs become dead letters; __proto__ is a name like any other and pollutes nothing', async () => {
    const at = new Date().toISOString()
    const deep = `{"@timestamp":"${at}","a":${'['.repeat(300)}${']'.repeat(300)}}`
    const deepest = `{"a":`.repeat(20_000)
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, key) => [`khoa_${key}`, 1])))
    const long = JSON.stringify({ '@timestamp': at, list: Array.from({ length: 70_000 }, () => 0) })
    const polluting = `{"@timestamp":"${at}","message":"do-proto","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}`
    const body = [deep, deepest, wide, long, polluting, '{"message":', '[1,2]', '"text"'].join('\n')
    await accountedFor(
      admin,
      async () => expect((await post(soc, '/v1/events', bearer('application/x-ndjson'), body)).status).toBe(200),
      { stored: 1, dead_lettered: 7 }
    )
    expect((await post(soc, '/v1/events', bearer('application/json'), deepest)).status).toBe(400)
    const codes = new Set((await letters()).map((letter) => letter.code))
    for (const code of ['too_deep', 'too_many_keys', 'too_many_elements', 'bad_json', 'no_parser'])
      expect(codes).toContain(`parse.${code}`)
    const [hit] = (await find('message:"do-proto"')).hits
    expect(Object.keys(hit!.event as object)).not.toContain('polluted')
  })

  it('a wrong token is refused and raises an alert', async () => {
    const wrong = { authorization: 'Bearer khong-dung', 'content-type': 'application/x-ndjson' }
    expect((await post(soc, '/v1/events', wrong, '{"message":"x"}')).status).toBe(401)
    const basic = { ...wrong, authorization: `ApiKey ${Buffer.from('a:b').toString('base64')}` }
    expect((await post(soc, '/_bulk', basic, '{"create":{}}\n{}\n')).status).toBe(401)
    await expect
      .poll(async () => (await admin.get<AlertList>('/api/alerts?tab=new&rule=soc.wrong_token')).total, {
        timeout: 5_000
      })
      .toBe(1)
  })

  it('10,000 distinct host names: all stored, the sources stay as they were', async () => {
    const lines = Array.from({ length: 10_000 }, (_, host) => ssh('nhieu-may', `may-${host}.example`))
    await accountedFor(admin, () => sendTcp(soc, `${lines.join('\n')}\n`), { stored: 10_000 })
    expect((await admin.get<SourceList>('/api/sources')).sources).toHaveLength(2)
    expect((await find('host.name:may-9999.example')).hits).toHaveLength(1)
  })

  it('times in 1970 and 2099 are stored, and found under the time they came in', async () => {
    const from = Date.now() - 60_000
    await accountedFor(
      admin,
      () =>
        sendTcp(
          soc,
          `${ssh('nam-1970', 'may-1', '1970-01-01T00:00:00Z')}\n${ssh('nam-2099', 'may-1', '2099-12-31T23:59:59Z')}\n`
        ),
      { stored: 2 }
    )
    for (const user of ['nam-1970', 'nam-2099']) {
      const query = `/api/events?q=${encodeURIComponent(`user.name:${user}`)}&from=${from}&to=${Date.now() + 60_000}`
      expect((await admin.get<EventSearch>(query)).hits, user).toHaveLength(1)
    }
  })

  it('rules with errors are named with file and line; catastrophic expressions run in linear time; good rules fire', async () => {
    const { rules, broken } = await admin.get<RuleList>('/api/rules?limit=500&offset=0')
    const states = rules
      .filter((rule) => rule.kind === 'detection')
      .map((rule) => [rule.file.split('/').at(-1), rule.state])
    expect(Object.fromEntries(states)).toMatchObject({ 'good.yml': 'live', 'catastrophic.yml': 'live' })
    expect(broken).toBe(3)
    const errors = rules.filter((rule) => rule.state === 'broken').map((rule) => rule.error ?? '')
    for (const file of ['backreference', 'unfinished', 'noCondition'])
      expect(
        errors.some((error) => new RegExp(`${file}\\.yml:\\d+: .`).test(error)),
        `${file}: ${errors.join('\n')}`
      ).toBe(true)

    const evil = `${'a'.repeat(30_000)}!`
    await accountedFor(admin, () => sendTcp(soc, `${ssh(evil)}\n${ssh('do-sau-cung')}\n`), { stored: 2 })
    await expect
      .poll(async () => (await admin.get<AlertList>('/api/alerts?tab=new&q=do-sau-cung')).total, { timeout: 5_000 })
      .toBe(1)
  })

  it("a browser that sends another unit's id sees nothing and changes nothing", async () => {
    const { password } = await addUser(admin, {
      username: 'chu-noi-khac',
      name: 'Chủ nơi khác',
      role: 'owner',
      units: [ELSEWHERE]
    })
    const ask = await clientOf(soc, 'chu-noi-khac', password, 'mat khau cua noi khac 45')
    const [alert] = (await admin.get<AlertList>('/api/alerts?tab=new&q=do-sau-cung')).items
    const [hit] = (await find('user.name:do-sau-cung')).hits
    for (const path of [`/api/alerts/${alert!.id}`, `/api/units/${HERE}`, `/api/events/${hit!.id}`])
      expect((await ask('GET', path)).status, path).toBe(404)
    for (const path of [
      `/api/alerts?tab=all&unit=${HERE}`,
      `/api/events?q=*&unit=${HERE}`,
      `/api/sources`,
      `/api/alerts?tab=all`
    ]) {
      const { text } = await ask('GET', path)
      expect(text, path).not.toMatch(/do-sau-cung|nhieu-may/)
    }
    for (const act of [{ kind: 'acknowledge' }, { kind: 'verdict', verdict: 'benign' }])
      expect((await ask('POST', '/api/alerts/acts', { ids: [alert!.id], act })).status).toBe(403)
    expect((await admin.get<AlertList>('/api/alerts?tab=new&q=do-sau-cung')).items[0]).toMatchObject({ status: 'new' })
  })

  it('a full disk: senders are refused or held, the console says so, and the process stays up', async () => {
    expect(await refused).toMatchObject({ status: 503, retryAfter: '5' })
    const { spool, ledger } = await fullAdmin.get<SourceList>('/api/sources')
    expect(spool.refusal).toBe('disk')
    expect(ledger).toMatchObject({ received: 0, balanced: true })
    expect((await fetch(new URL('/readyz', full.url))).status).toBe(503)
    expect((await fetch(new URL('/healthz', full.url))).status).toBe(200)
    expect(held.destroyed).toBe(false)
    // A sender that goes away while its frame waits must not keep the process from stopping.
    held.destroy()
    await once(held, 'close')
    await full.stop()
    expect(full.child.exitCode).toBe(0)
  })

  it('after all of it the process lives, is ready, and every frame is accounted for', async () => {
    expect(soc.child.exitCode).toBeNull()
    const ready = await fetch(new URL('/readyz', soc.url))
    expect({ status: ready.status, ...((await ready.json()) as object) }).toMatchObject({ status: 200, ready: true })
    const { received, stored, dead_lettered, queued, balanced } = await fatesNow(admin)
    expect({ received, queued, balanced }).toEqual({ received: stored + dead_lettered, queued: 0, balanced: true })
    expect(await letters()).toHaveLength(dead_lettered)
    const failures = readFileSync(join(data, 'soc.log'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && (JSON.parse(line) as { level: number }).level >= 50)
    expect(failures).toEqual([])
  })
})
