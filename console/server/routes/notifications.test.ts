import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type {
  ChannelList,
  NotificationDetail,
  NotificationList,
  DutyRoster,
  OutboxList
} from '#core/api/notifications.ts'
import type { UnitDetail } from '#core/api/province.ts'
import { FOREIGN, OWN, PHONE, testConsole, type Person, type TestConsole } from '#testing/console.ts'
import { receiptKey } from '#control/notifications/channels/sms-brandname.ts'
import { signature } from '#control/notifications/channels/webhook.ts'
import { announcement } from '#testing/notifications.ts'

const environment = {
  SOC_PUBLIC_URL: 'https://soc.example',
  SOC_SMTP_URL: 'smtp://127.0.0.1:1',
  SOC_SMTP_FROM: 'soc@example.test',
  SOC_WEBHOOK_URL: 'http://127.0.0.1:1/hook',
  SOC_WEBHOOK_SECRET: 'webhook-secret',
  SOC_WEBHOOK_PRIVATE: 'on',
  SOC_ZALO_BOT_TOKEN: 'T:1',
  SOC_ZALO_BOT_SECRET: 'bot-secret-1',
  SOC_SMS_KEY: 'k',
  SOC_SMS_SECRET: 's',
  SOC_SMS_BRANDNAME: 'SOC HUE',
  SOC_ZALO_APP_ID: 'app',
  SOC_ZALO_APP_SECRET: 'secret',
  SOC_ZALO_REFRESH_TOKEN: 'r',
  SOC_ZALO_OA: 'on',
  SOC_ZALO_OA_SECRET: 'oa-secret'
}

// One console for all: making one costs more than any of these tests.
let console: TestConsole
beforeAll(async () => {
  console = testConsole({ environment })
  await console.app.ready()
})
afterAll(() => console.close())
beforeEach(() => {
  for (const table of ['announcements', 'contacts', 'duty_weekly', 'duty_overrides', 'escalation_policy'])
    console.parts.control.sql(`DELETE FROM ${table}`).run()
})

function setUp() {
  const ask = async <T>(person: Person, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object) => {
    const answer = await console.app.inject({
      method,
      url,
      headers: person.headers,
      ...(body === undefined ? {} : { payload: body })
    })
    return { status: answer.statusCode, body: answer.json<T>() }
  }
  const { control, notifications } = console.parts
  /** A message that its provider has taken. */
  function taken(channel: string, more: { address?: string; providerId?: string; code?: string } = {}) {
    notifications.announce(
      announcement({
        escalates: false,
        code: more.code ?? 'VL-0007',
        subject: `incident:${more.code ?? 'VL-0007'}`,
        to: [{ kind: 'address', channel: 'email', address: 'x@example.test', name: 'X' }]
      })
    )
    const { id } = control.single<{
      id: number
    }>(`SELECT max(id) AS id FROM notifications WHERE recipient <> 'webhook'`)
    control
      .sql(
        `UPDATE notifications SET channel = ?, address = ?, status = 'accepted', provider_id = ?, next = '[]' WHERE id = ?`
      )
      .run(channel, more.address ?? '84912345678', more.providerId ?? `p-${id}`, id)
    const { message_id: messageId } = control.single<{
      message_id: string
    }>('SELECT message_id FROM notifications WHERE id = ?', id)
    return { id, messageId, status: () => notifications.views.row(id)!.status }
  }
  return { ...console, ask, taken, control, notifications }
}

it('everyone who may read sees a message’s fate with its history, numbers masked, and nobody else', async () => {
  const { ask, person, notifications } = setUp()
  notifications.announce(
    announcement({
      escalates: false,
      unit: OWN,
      to: [],
      title: { vi: `Gọi ${PHONE}`, en: '' },
      link: '/t/secret-token'
    })
  )
  const list = await ask<NotificationList>(person('analyst'), 'GET', '/api/notifications')
  expect(list.body.items.map(({ channel, status }) => [channel, status])).toEqual([['webhook', 'queued']])
  const { id } = list.body.items[0]!
  const detail = await ask<NotificationDetail>(person('auditor'), 'GET', `/api/notifications/${id}`)
  expect(detail.body.history.map(({ status }) => status)).toEqual(['queued'])
  // A real message's link may be somebody's key.
  expect(JSON.stringify(detail.body)).not.toMatch(/secret-token|0912345678/)
  for (const role of ['owner', 'leader'] as const)
    expect((await ask(person(role, role === 'owner' ? [OWN] : []), 'GET', '/api/notifications')).status).toBe(403)
  expect((await ask(person('analyst', [FOREIGN]), 'GET', `/api/notifications/${id}`)).status).toBe(404)
  const foreign = await ask<NotificationList>(person('analyst', [FOREIGN]), 'GET', '/api/notifications')
  expect([foreign.body.items, foreign.body.counts['queued']]).toEqual([[], 0])
  expect((await ask(person('analyst'), 'POST', `/api/notifications/${id}/acts`, { kind: 'cancel' })).status).toBe(403)
})

it('an administrator stops and sends again; both are on record and each new message has an id of its own', async () => {
  const { ask, person, taken, control, notifications } = setUp()
  const admin = person('admin')
  const sent = taken('sms')
  const url = `/api/notifications/${sent.id}/acts`
  expect((await ask(admin, 'POST', url, { kind: 'cancel' })).body).toMatchObject({ code: 'notification.gone' })
  const again = await ask<{ id: number; status: string }>(admin, 'POST', url, { kind: 'resend' })
  expect(again.body.status).toBe('queued')
  expect(notifications.views.detail(again.body.id, undefined)!.messageId).not.toBe(sent.messageId)
  const stopped = await ask(admin, 'POST', `/api/notifications/${again.body.id}/acts`, { kind: 'cancel' })
  expect(stopped.body).toMatchObject({ status: 'cancelled' })
  const acts = control.sql(`SELECT act FROM audit WHERE act LIKE 'notification.%' ORDER BY id`).all()
  expect(acts.map((row) => row['act'])).toEqual(['notification.resend', 'notification.cancel'])
})

it('channels say what is set up; keys of receipts and failing addresses are for administrators alone, secrets for nobody', async () => {
  const { ask, person } = setUp()
  const seen = await ask<ChannelList>(person('analyst'), 'GET', '/api/notifications/channels')
  const whole = await ask<ChannelList>(person('admin'), 'GET', '/api/notifications/channels')
  const sms = (list: ChannelList) => list.channels.find(({ channel }) => channel === 'sms')!
  expect(sms(seen.body)).toMatchObject({ configured: true, receiptUrl: '' })
  expect(sms(whole.body).receiptUrl).toMatch(/^https:\/\/soc\.example\/hooks\/notifications\/sms\?k=/)
  expect(whole.body.channels.find(({ channel }) => channel === 'telegram')!.configured).toBe(false)
  expect(JSON.stringify(whole.body)).not.toMatch(/webhook-secret|bot-secret|oa-secret|T:1/)
  const off = await ask(person('admin'), 'POST', '/api/notifications/channels/telegram/test', { to: '1' })
  expect(off.body).toMatchObject({ code: 'channel.off' })
  const test = await ask(person('admin'), 'POST', '/api/notifications/channels/sms/test', { to: '0912 345 678' })
  expect(test.body).toMatchObject({ status: 'queued', channel: 'sms', topic: 'test' })
})

it('a shift is set for the week, for a day apart, and one person alone is pointed out', async () => {
  const { ask, person, parts, notifications } = setUp()
  const admin = person('admin')
  const [a, b] = [person('analyst'), person('analyst')]
  // The clock stands on Thursday 30/11/2023, 10:00.
  await ask(admin, 'PUT', '/api/notifications/roster/pattern', { weekday: 4, shift: 'day', users: [a.id] })
  const week = await ask<DutyRoster>(a, 'GET', '/api/notifications/roster')
  const thursday = week.body.days[3]!
  expect([week.body.week, thursday.day]).toEqual(['2023-11-27', '2023-11-30'])
  expect(thursday.cells[0]).toMatchObject({ shift: 'day', short: true, now: true, by: 'week' })
  const apart = { day: '2023-11-30', shift: 'day', users: [b.id, a.id] }
  const set = await ask<DutyRoster>(admin, 'PUT', '/api/notifications/roster/day', apart)
  expect(set.body.days[3]!.cells[0]).toMatchObject({ by: 'day', short: false })
  expect(notifications.roster.onDuty(parts.clock.now())).toEqual([b.id, a.id])
  // The night shift of Thursday still runs on Friday at 03:00.
  await ask(admin, 'PUT', '/api/notifications/roster/pattern', { weekday: 4, shift: 'night', users: [b.id] })
  expect(notifications.roster.onDuty(Date.parse('2023-12-01T03:00+07:00'))).toEqual([b.id])
  await ask(admin, 'PUT', '/api/notifications/roster/day', { ...apart, users: null })
  expect(notifications.roster.onDuty(parts.clock.now())).toEqual([a.id])
  for (const [change, code] of [
    [{ ...apart, users: ['nobody'] }, 'user.unknown'],
    [{ ...apart, users: [a.id, a.id] }, 'roster.twice'],
    [{ ...apart, shift: 'x' }, 'roster.shift_unknown'],
    [{ ...apart, day: '2023-13-40' }, 'roster.day']
  ] as const)
    expect((await ask(admin, 'PUT', '/api/notifications/roster/day', change)).body).toMatchObject({ code })
  expect((await ask(person('admin', [OWN]), 'PUT', '/api/notifications/roster/day', apart)).status).toBe(403)
})

it('steps of escalation are set and taken back; a first step that waits is refused', async () => {
  const { ask, person } = setUp()
  const admin = person('admin')
  const policy = { when: 'always', repeatEveryMin: 0, repeats: 0, steps: [{ afterMin: 0, to: 'all', by: ['email'] }] }
  const set = await ask(admin, 'PUT', '/api/notifications/policy/3', policy)
  expect(set.body).toMatchObject({ priority: 3, changed: true, steps: [{ to: 'all' }] })
  const late = { ...policy, steps: [{ afterMin: 5, to: 'all', by: ['email'] }] }
  expect((await ask(admin, 'PUT', '/api/notifications/policy/3', late)).body).toMatchObject({
    code: 'policy.first_step'
  })
  expect((await ask(admin, 'PUT', '/api/notifications/policy/3', { ...policy, repeats: 6 })).status).toBe(400)
  expect((await ask(admin, 'DELETE', '/api/notifications/policy/3')).body).toMatchObject({ changed: false })
})

it('the demonstration’s outbox shows messages as their recipients see them, with the link to open', async () => {
  const { ask, person, notifications } = setUp()
  notifications.announce(
    announcement({
      origin: 'demonstration',
      topic: 'task',
      escalates: false,
      unit: OWN,
      to: [{ kind: 'unit', unit: OWN }],
      link: '/t/demo'
    })
  )
  await notifications.drain()
  const { body } = await ask<OutboxList>(person('analyst'), 'GET', '/api/notifications/outbox')
  expect(body.items.map(({ link }) => link)).toEqual(['/t/demo', '/t/demo'])
  expect(body.items.find(({ notification }) => notification.composedAs === 'sms')!.text).toMatch(
    /^\[SOC Hue\] P1 .*\/t\/demo$/
  )
})

it('receipts climb the ladder and never go down; a second one changes nothing', async () => {
  const { app, taken, notifications, control } = setUp()
  const sms = taken('sms')
  const key = receiptKey(
    control.single<{ value: string }>(`SELECT value FROM meta WHERE key = 'notification_hook_key'`).value,
    'sms'
  )
  const call = (status: number, k = key) =>
    app.inject({
      method: 'GET',
      url: `/hooks/notifications/sms?k=${k}&RequestId=${sms.messageId}&SendStatus=${status}`
    })
  expect((await call(5, 'wrong')).statusCode).toBe(403)
  expect(sms.status()).toBe('accepted')
  for (const _ of [1, 2]) expect((await call(5)).statusCode).toBe(200)
  expect((await call(4)).statusCode).toBe(200)
  expect(sms.status()).toBe('delivered')
  const history = notifications.views.detail(sms.id, undefined)!.history
  expect(history.map(({ status }) => status)).toEqual(['queued', 'delivered'])
})

it('Zalo’s and our own signatures are checked over the bytes; old and changed calls are refused', async () => {
  const { app, taken, parts } = setUp()
  const now = parts.clock.now()
  const zns = taken('zalo_zns', { providerId: 'm1' })
  const event = (at: number, name: string) =>
    JSON.stringify({ event_name: name, timestamp: String(at), message: { msg_id: 'm1' } })
  const send = (body: string, at: number, secret = 'oa-secret') =>
    app.inject({
      method: 'POST',
      url: '/hooks/notifications/zalo_zns',
      headers: {
        'content-type': 'application/json',
        'x-zevent-signature': `mac=${createHash('sha256').update(`app${body}${at}${secret}`).digest('hex')}`
      },
      payload: body
    })
  expect((await send(event(now, 'user_received_message'), now, 'guess')).statusCode).toBe(403)
  expect((await send(event(now - 3_600_000, 'user_received_message'), now - 3_600_000)).statusCode).toBe(403)
  expect(zns.status()).toBe('accepted')
  await send(event(now, 'user_received_message'), now)
  // The template channel is off here (no template), so its calls are refused whole.
  expect(zns.status()).toBe('accepted')
  const oa = taken('zalo_oa', { providerId: 'm2' })
  const body = JSON.stringify({ event_name: 'user_seen_message', timestamp: String(now), message: { msg_ids: ['m2'] } })
  const mac = createHash('sha256').update(`app${body}${now}oa-secret`).digest('hex')
  await app.inject({
    method: 'POST',
    url: '/hooks/notifications/zalo_oa',
    headers: { 'content-type': 'application/json', 'x-zevent-signature': `mac=${mac}` },
    payload: body
  })
  expect(oa.status()).toBe('read')
  const hook = taken('webhook')
  const said = JSON.stringify({ id: hook.messageId, status: 'read' })
  const signed = (at: number, text: string) =>
    app.inject({
      method: 'POST',
      url: '/hooks/notifications/webhook',
      headers: { 'x-soc-timestamp': String(at), 'x-soc-signature': signature('webhook-secret', String(at), said) },
      payload: text
    })
  expect((await signed(now - 600_000, said)).statusCode).toBe(403)
  expect((await signed(now, said.replace('read', 'failed'))).statusCode).toBe(403)
  expect((await signed(now, said)).statusCode).toBe(200)
  expect(hook.status()).toBe('read')
})

it('"OK VL-0007" in the bot’s chat acknowledges it and stops what was to follow', async () => {
  const { app, taken, control } = setUp()
  const bot = taken('zalo_bot', { address: 'c1' })
  const reply = (text: string, secret = 'bot-secret-1') =>
    app.inject({
      method: 'POST',
      url: '/hooks/notifications/zalo_bot',
      headers: { 'content-type': 'application/json', 'x-bot-api-secret-token': secret },
      payload: JSON.stringify({ ok: true, result: { message: { text, chat: { id: 'c1' } } } })
    })
  expect((await reply('OK VL-0007', 'bot-secret-2')).statusCode).toBe(403)
  await reply('đang họp')
  expect(bot.status()).toBe('accepted')
  await reply('ok vl-0007')
  expect(bot.status()).toBe('answered')
  const row = control.sql(`SELECT acknowledged_by AS by FROM announcements WHERE code = 'VL-0007'`).get()
  expect(row).toEqual({ by: 'X' })
})

it('whatever a stranger sends to the hooks, nothing changes and nothing breaks', async () => {
  const { app, taken } = setUp()
  const channels = ['sms', 'zalo_oa', 'zalo_zns', 'zalo_bot', 'webhook', 'telegram', 'email', 'local', 'x', '__proto__']
  const rows = channels.slice(0, 5).map((channel) => taken(channel))
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...channels),
      fc.oneof(fc.json(), fc.string(), fc.constant(JSON.stringify({ id: rows[4]!.messageId, status: 'failed' }))),
      fc.constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'),
      fc.string({ maxLength: 40 }),
      async (channel, payload, type, key) => {
        const answer = await app.inject({
          method: 'POST',
          url: `/hooks/notifications/${channel}?k=${encodeURIComponent(key)}`,
          headers: { 'content-type': type },
          payload
        })
        expect([400, 403]).toContain(answer.statusCode)
      }
    ),
    { numRuns: 100 }
  )
  expect(rows.map(({ status }) => status())).toEqual(Array(5).fill('accepted'))
  const huge = await app.inject({ method: 'POST', url: '/hooks/notifications/sms', payload: 'x'.repeat(40_000) })
  expect(huge.statusCode).toBe(413)
})

it('how people are reached is set by who answers for the province, and the audit log names ways, not numbers', async () => {
  const { ask, person, control } = setUp()
  const admin = person('admin')
  const addresses = {
    phone: '0912 345 678',
    email: 'a@example.test',
    zalo_user: '',
    zalo_chat: '',
    telegram_chat: ''
  }
  const contact = { addresses, channels: ['email'] }
  const set = await ask(admin, 'PUT', `/api/notifications/people/${admin.id}`, contact)
  expect(set.body).toMatchObject({ contact: { addresses: { phone: '0912 345 678' } } })
  expect(
    (
      await ask(admin, 'PUT', `/api/notifications/people/${admin.id}`, {
        ...contact,
        addresses: { ...addresses, email: 'a b@c' }
      })
    ).status
  ).toBe(400)
  expect((await ask(person('analyst'), 'GET', '/api/notifications/people')).status).toBe(403)
  const audit = control.sql(`SELECT params FROM audit WHERE act = 'person.contact'`).get()
  expect(audit).toEqual({ params: JSON.stringify({ ways: 'phone email channels' }) })
})

it('a unit’s contact is told first by the channel it prefers, and keeps that when the contacts are saved', async () => {
  const { ask, person, notifications, control } = setUp()
  const contact = {
    role: 'CNTT',
    name: 'Đầu mối',
    phone: '0905111222',
    email: 'dau-moi@example.test',
    channels: ['email']
  }
  const saved = await ask<UnitDetail>(person('admin'), 'PUT', `/api/units/${OWN}/contacts`, { contacts: [contact] })
  expect(saved.body.contacts[0]!.channels).toEqual(['email'])
  notifications.announce(
    announcement({ topic: 'task', priority: 3, escalates: false, to: [{ kind: 'unit', unit: OWN }], link: '/t/x' })
  )
  const rows = control.sql('SELECT channel FROM notifications').all()
  expect(rows.map((row) => row['channel'])).toEqual(['email'])
})
