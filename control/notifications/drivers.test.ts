import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { manualClock, systemClock } from '#core/clock.ts'
import { smsBrandname, receiptKey } from './channels/sms-brandname.ts'
import { smtp } from './channels/smtp.ts'
import { telegram } from './channels/telegram.ts'
import { signature, webhook } from './channels/webhook.ts'
import { zaloBot } from './channels/zalo-bot.ts'
import { zaloOa } from './channels/zalo-oa.ts'
import { createZaloToken, type ZaloToken } from './channels/zalo-token.ts'
import { zaloZns } from './channels/zalo-zns.ts'
import type { OutgoingMessage } from './driver.ts'
import { START } from '#testing/notifications.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const act of undo.splice(0).reverse()) await act()
})

const message = (more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  id: 'vl0123456789abcdef01234567',
  address: 'truc@example.test',
  name: 'Trực ban',
  priority: 1,
  topic: 'incident',
  code: 'VL-0231',
  subject: 'incident:VL-0231',
  title: '[SOC Huế] P1 Trục NDXP ngừng (VL-0231)',
  text: 'Trục NDXP ngừng.',
  link: '',
  at: START,
  attachments: [],
  ...more
})

type Call = { url: string; headers: IncomingMessage['headers']; body: string }

/** A stand-in of a provider: answers by `answer`, keeps what it was asked. */
async function provider(answer: (call: Call, reply: ServerResponse) => unknown) {
  const calls: Call[] = []
  const server = createServer((request, reply) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const call = { url: request.url ?? '', headers: request.headers, body: Buffer.concat(parts).toString('utf8') }
      calls.push(call)
      const said = answer(call, reply)
      if (said !== undefined) reply.end(typeof said === 'string' ? said : JSON.stringify(said))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls }
}

const heldToken: ZaloToken = {
  configured: true,
  get: async () => 'tok',
  refused: () => undefined,
  age: () => undefined
}

describe('mail', () => {
  async function relay(options: SMTPServerOptions, silenceMs?: number) {
    const mails: string[] = []
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, done) {
        let mail = ''
        stream.on('data', (part: Buffer) => (mail += part.toString('utf8')))
        stream.on('end', () => {
          mails.push(mail)
          done(null, 'queued as 4F2A')
        })
      },
      ...options
    })
    server.on('error', () => undefined)
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    undo.push(() => new Promise<void>((resolve) => server.close(resolve)))
    const { port } = server.server.address() as AddressInfo
    return { mails, port, driver: smtpTo(`smtp://127.0.0.1:${port}`, silenceMs) }
  }
  const smtpTo = (url: string, silenceMs = 20_000) => {
    const driver = smtp({ url, from: 'SOC <soc@example.test>', silenceMs })
    undo.push(() => driver.close?.())
    return driver
  }
  const refusal = (responseCode: number) => Object.assign(new Error('no'), { responseCode })

  it('goes out whole, with its fixed Message-ID and its attachment, and accepted is all a relay can say', async () => {
    const { mails, driver } = await relay({})
    const file = { name: 'báo cáo.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.7') }
    expect(await driver.send(message({ attachments: [file] }))).toEqual({ kind: 'accepted', providerId: '4F2A' })
    expect(mails[0]).toContain('Message-ID: <vl0123456789abcdef01234567@example.test>')
    expect(mails[0]).toContain('Auto-Submitted: auto-generated')
    expect(mails[0]).toContain(Buffer.from('%PDF-1.7').toString('base64'))
  })

  it('a name or title with line breaks adds no header and no recipient', async () => {
    const recipients: string[] = []
    const { mails, driver } = await relay({
      onRcptTo(address, _session, done) {
        recipients.push(address.address)
        done()
      }
    })
    await driver.send(message({ name: 'X\r\nBcc: evil@example.test', title: 'A\r\nBcc: evil@example.test' }))
    expect(recipients).toEqual(['truc@example.test'])
    expect(mails[0]!.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im)
  })

  it.each([
    ['greylists', 450, { class: 'retryable', code: 'smtp.450' }],
    ['rejects the mailbox', 550, { class: 'permanent', code: 'smtp.550', messageFault: false }],
    ['wants us to sign in', 530, { class: 'config', code: 'smtp.530' }]
  ])('a relay that %s', async (_name, code, expected) => {
    const { driver } = await relay({ onRcptTo: (_address, _session, done) => done(refusal(code)) })
    expect(await driver.send(message())).toMatchObject({ kind: 'failed', ...expected })
  })

  it('a relay that refuses the content faults the message, not the mailbox', async () => {
    const { driver } = await relay({
      onData(stream, _session, done) {
        stream.resume()
        stream.on('end', () => done(refusal(554)))
      }
    })
    expect(await driver.send(message())).toMatchObject({ class: 'permanent', code: 'smtp.554', messageFault: true })
  })

  it('a relay that hangs after DATA is given up, and the message comes again later', async () => {
    const { driver } = await relay({ onData: (stream) => void stream.resume() }, 300)
    expect(await driver.send(message())).toMatchObject({ kind: 'failed', class: 'retryable' })
  })

  it('a relay that is away or never says a word is retried', async () => {
    const silent: Server = createTcpServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    expect(await smtpTo(`smtp://127.0.0.1:${port}`, 300).send(message())).toMatchObject({ class: 'retryable' })
    await new Promise((resolve) => silent.close(resolve))
    expect(await smtpTo(`smtp://127.0.0.1:${port}`).send(message())).toMatchObject({ class: 'retryable' })
  })

  it('a password is never sent without TLS', async () => {
    let asked = false
    const { mails, port } = await relay({
      onAuth(_auth, _session, done) {
        asked = true
        done(null, { user: 'soc' })
      }
    })
    expect(await smtpTo(`smtp://soc:secret@127.0.0.1:${port}`).send(message())).toMatchObject({ class: 'config' })
    expect([mails, asked]).toEqual([[], false])
  })

  it('without its settings it is off', () => {
    expect(smtp({ url: '', from: 'a@example.test' }).configured).toBe(false)
    expect(smtp({ url: 'smtp://127.0.0.1', from: '' }).configured).toBe(false)
  })
})

describe('webhook', () => {
  const secret = 'a-secret-for-tests'
  const to = (url: string, allowPrivate = true) =>
    [webhook({ url, secret, allowPrivate, clock: systemClock }), message({ address: url })] as const

  it('is signed over time and body and carries the fixed event id', async () => {
    const { url, calls } = await provider(() => ({}))
    const [driver, mail] = to(url)
    expect(await driver.send(mail)).toEqual({ kind: 'delivered' })
    const { headers, body } = calls[0]!
    expect(headers['x-soc-event-id']).toBe(mail.id)
    expect(headers['x-soc-signature']).toBe(signature(secret, String(headers['x-soc-timestamp']), body))
    expect(JSON.parse(body)).toMatchObject({ id: mail.id, code: 'VL-0231', priority: 1 })
  })

  it.each([
    [408, 'retryable'],
    [425, 'retryable'],
    [429, 'retryable'],
    [500, 'retryable'],
    [503, 'retryable'],
    [302, 'permanent'],
    [404, 'permanent'],
    [401, 'config']
  ])('an answer %i is %s', async (status, failure) => {
    const { url } = await provider((_call, reply) => {
      reply.writeHead(status, { 'retry-after': '7', location: 'http://169.254.169.254/' })
      return ''
    })
    const [driver, mail] = to(url)
    expect(await driver.send(mail)).toMatchObject({
      kind: 'failed',
      class: failure,
      code: `http.${status}`,
      ...(failure === 'retryable' ? { retryAfterMs: 7_000 } : {})
    })
  })

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:1/',
    'http://[::1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://10.0.0.1/',
    'http://localhost/',
    'http://0x7f000001/',
    'file:///etc/passwd'
  ])('never goes to %s unless a setting allows it', async (url) => {
    const [driver, mail] = to(url, false)
    expect(await driver.send(mail)).toMatchObject({ kind: 'failed', class: 'config', code: 'network.forbidden' })
  })

  it('an endless answer is cut off, and 2xx before it counts', async () => {
    const { url } = await provider((_call, reply) => {
      reply.writeHead(200)
      const more = () => reply.write('x'.repeat(16_384), (error) => (error ? undefined : setImmediate(more)))
      reply.on('error', () => undefined)
      more()
    })
    const [driver, mail] = to(url)
    expect(await driver.send(mail)).toEqual({ kind: 'delivered' })
  })
})

describe('SMS brandname', () => {
  const to = (url: string) =>
    smsBrandname({
      url,
      key: 'k',
      secret: 's',
      brandname: 'SOC HUE',
      callbackUrl: 'https://soc.example/hooks/notifications/sms',
      hookKey: 'hook',
      dailyMax: 10,
      clock: systemClock
    })

  it('100 is accepted, and 124 says that the gateway has this RequestId already', async () => {
    const codes = ['100', '124']
    const { url, calls } = await provider(() => ({ CodeResult: codes.shift(), SMSID: 'sms-1' }))
    const driver = to(url)
    expect(await driver.send(message({ address: '84912345678', text: 'Tin' }))).toEqual({
      kind: 'accepted',
      providerId: 'sms-1'
    })
    expect(await driver.send(message())).toMatchObject({ kind: 'accepted' })
    expect(JSON.parse(calls[0]!.body)).toMatchObject({
      RequestId: message().id,
      Brandname: 'SOC HUE',
      SmsType: '2',
      IsUnicode: '0',
      Phone: '84912345678',
      CallbackUrl: `https://soc.example/hooks/notifications/sms?k=${receiptKey('hook', 'sms')}`
    })
  })

  it.each([
    ['99', 'permanent'],
    ['108', 'permanent'],
    ['103', 'config'],
    ['104', 'config'],
    ['140', 'config'],
    ['146', 'config'],
    ['177', 'deferrable'],
    ['999', 'retryable']
  ])('code %s is %s', async (code, failure) => {
    const { url } = await provider(() => ({ CodeResult: code, ErrorMessage: 'no' }))
    expect(await to(url).send(message())).toMatchObject({ kind: 'failed', class: failure, code: `sms.${code}` })
  })

  it('a receipt needs the key of its address', () => {
    const call = (k: string, body: object) =>
      to('http://127.0.0.1').readReceipt!({
        headers: {},
        query: { k },
        body: Buffer.from(JSON.stringify(body)),
        now: START
      })
    const said = { RequestId: message().id, SendStatus: '5', SendFailed: '0' }
    expect(call('wrong', said)).toBeUndefined()
    expect(call(receiptKey('hook', 'sms'), said)).toEqual([
      { kind: 'status', messageId: message().id, status: 'delivered', code: 'sms.status_5' }
    ])
    expect(call(receiptKey('hook', 'sms'), { ...said, SendFailed: '1' })).toMatchObject([{ status: 'failed' }])
  })
})

describe('Zalo', () => {
  const zns = (url: string, token = heldToken) =>
    zaloZns({ token, template: '123', appId: 'app', oaSecret: 'oa', dailyMax: 10, clock: systemClock, url })

  it('ZNS tells what is left of its quota and carries the tracking id', async () => {
    const { url, calls } = await provider(() => ({
      error: 0,
      message: 'Success',
      data: { msg_id: 'm1', quota: { dailyQuota: '500', remainingQuota: '499' } }
    }))
    expect(await zns(url).send(message({ address: '84912345678' }))).toEqual({
      kind: 'accepted',
      providerId: 'm1',
      quotaLeft: 499
    })
    expect(JSON.parse(calls[0]!.body)).toMatchObject({
      phone: '84912345678',
      template_id: '123',
      tracking_id: message().id,
      template_data: { code: 'VL-0231', time: '10:05 23/11/2026' }
    })
  })

  it.each([
    [-118, 'permanent'],
    [-108, 'permanent'],
    [-139, 'permanent'],
    [-141, 'permanent'],
    [-133, 'deferrable'],
    [-144, 'deferrable'],
    [-147, 'deferrable'],
    [-124, 'config'],
    [-115, 'config'],
    [-137, 'config'],
    [-146, 'config'],
    [-131, 'config'],
    [-100, 'retryable']
  ])('ZNS error %i is %s', async (error, failure) => {
    const { url } = await provider(() => ({ error, message: 'no' }))
    expect(await zns(url).send(message())).toMatchObject({ kind: 'failed', class: failure, code: `zns.${error}` })
  })

  it.each([
    [-213, 'permanent'],
    [-230, 'deferrable'],
    [-211, 'deferrable'],
    [-216, 'config'],
    [-32, 'retryable']
  ])('OA error %i is %s', async (error, failure) => {
    const { url } = await provider(() => ({ error, message: 'no' }))
    const driver = zaloOa({
      on: true,
      token: heldToken,
      appId: 'a',
      oaSecret: 'o',
      dailyMax: 9,
      clock: systemClock,
      url
    })
    expect(await driver.send(message())).toMatchObject({ kind: 'failed', class: failure, code: `oa.${error}` })
  })

  it('a refresh token is used once: the next one is kept before the access token is used', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'soc-zalo-'))
    undo.push(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'token.json')
    let n = 0
    const { url, calls } = await provider(() => ({
      access_token: `a${++n}`,
      refresh_token: `r${n}`,
      expires_in: '90000'
    }))
    const clock = manualClock(START)
    const make = () => createZaloToken({ appId: 'app', appSecret: 's', firstRefreshToken: 'r0', file, clock, url })
    const token = make()
    expect(await Promise.all([token.get(), token.get()])).toEqual(['a1', 'a1'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    clock.advance(24 * 3_600_000)
    expect(await make().get()).toBe('a2')
    expect(calls.map(({ body }) => new URLSearchParams(body).get('refresh_token'))).toEqual(['r0', 'r1'])
    expect(readFileSync(file, 'utf8')).toContain('r2')
  })

  it('a refused renewal is a fault of the settings', async () => {
    const { url } = await provider(() => ({ error: -14_014, error_description: 'Invalid refresh token' }))
    const token = createZaloToken({
      appId: 'a',
      appSecret: 's',
      firstRefreshToken: 'r',
      file: '/nonexistent/x',
      clock: systemClock,
      url
    })
    expect(await zns(url, token).send(message())).toMatchObject({ class: 'config', code: 'zalo.token_-14014' })
  })
})

describe('bots', () => {
  it.each([
    [401, 'config'],
    [403, 'permanent'],
    [400, 'permanent'],
    [429, 'retryable'],
    [500, 'retryable']
  ])('the Zalo bot’s error %i is %s', async (code, failure) => {
    const { url } = await provider(() => ({ ok: false, error_code: code, description: 'no' }))
    const driver = zaloBot({ token: 'T:1', secret: 'secret-123', dailyMax: 9, clock: systemClock, url })
    expect(await driver.send(message())).toMatchObject({ kind: 'failed', class: failure, code: `bot.${code}` })
  })

  it('Telegram is off until told otherwise, and waits as long as it is asked to', async () => {
    expect(telegram({ on: false, token: 'T:1', clock: systemClock }).configured).toBe(false)
    const { url } = await provider((_call, reply) => {
      reply.statusCode = 429
      return { ok: false, error_code: 429, parameters: { retry_after: 33 } }
    })
    const driver = telegram({ on: true, token: 'T:1', clock: systemClock, url })
    expect(await driver.send(message())).toMatchObject({
      class: 'retryable',
      code: 'telegram.429',
      retryAfterMs: 33_000
    })
  })

  it('a token in an address never stands in a failure', async () => {
    const driver = telegram({ on: true, token: 'SECRET', clock: systemClock, url: 'http://127.0.0.1:1' })
    expect(JSON.stringify(await driver.send(message()))).not.toContain('SECRET')
  })
})
