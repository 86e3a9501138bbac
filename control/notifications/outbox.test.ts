import { MINUTE_MS } from '#core/time.ts'
import { expect, it } from 'vitest'
import { local } from './channels/local.ts'
import { announcement, fakeDriver, testNotifications } from '#testing/notifications.ts'

const setUp = (more: Parameters<typeof testNotifications>[0] = {}) => {
  const [email, sms, bot] = [fakeDriver('email'), fakeDriver('sms'), fakeDriver('zalo_bot')]
  const world = testNotifications({ drivers: [email, sms, bot, local()], ...more })
  return { ...world, email, sms, bot }
}

it('an announcement stands or falls with the transaction of what it announces', async () => {
  const { control, notifications, person, email, close } = setUp()
  person('analyst', { email: 'truc@example.test' })
  expect(() =>
    control.transaction(() => {
      notifications.announce(announcement())
      throw new Error('the change failed')
    })
  ).toThrow('the change failed')
  await notifications.drain()
  expect(email.sent).toEqual([])
  control.transaction(() => notifications.announce(announcement()))
  await notifications.drain()
  expect(email.sent).toHaveLength(1)
  await close()
})

it('after a transaction that was rolled back the changes of the next one are made known', async () => {
  const { control, notifications, person, close } = testNotifications({ drivers: [fakeDriver('zalo_bot')] })
  person('analyst', { zaloChat: 'c1' })
  const heard: string[] = []
  notifications.onChanged(({ subjectCode }) => heard.push(subjectCode))
  const [lost, made] = [announcement(), announcement()]
  expect(() =>
    control.transaction(() => {
      notifications.announce(lost)
      throw new Error('the change failed')
    })
  ).toThrow('the change failed')
  notifications.announce(made)
  expect(heard).toEqual([made.code])
  await close()
})

it('the same key is told once, and its message says what, where and how to get there', async () => {
  const { notifications, person, bot, close } = setUp()
  person('analyst', { zaloChat: 'c1' })
  const incident = announcement()
  notifications.announce(incident)
  notifications.announce(incident)
  await notifications.drain()
  expect(bot.sent).toHaveLength(1)
  expect(bot.sent[0]!.text).toBe(
    `[SOC Huế] P1\nTrục NDXP ngừng\nẢnh hưởng 9 mô hình.\nMã: ${incident.code} · 10:05 23/11/2026\nhttps://soc.example${incident.link}`
  )
  await close()
})

it('accepted is not delivered: without a receipt in 120 seconds the next channel takes over, and every step is written down', async () => {
  const [bot, sms] = [fakeDriver('zalo_bot', { receipts: true }), fakeDriver('sms')]
  const { control, notifications, person, fates, pass, close } = testNotifications({ drivers: [bot, sms] })
  const id = person('analyst', { zaloChat: 'c1', phone: '0912 345 678' })
  notifications.announce(announcement({ priority: 2, escalates: false }))
  await notifications.drain()
  expect(fates()).toEqual([`zalo_bot user:${id} accepted`])
  await pass(119_000, 119_000)
  expect(sms.sent).toEqual([])
  await pass(1_000)
  expect(fates()).toEqual([`zalo_bot user:${id} accepted receipt.late`, `sms user:${id} accepted`])
  const history = control.sql('SELECT status FROM notification_history WHERE notification_id = 1 ORDER BY seq').all()
  expect(history.map((row) => row['status'])).toEqual(['queued', 'sending', 'accepted', 'accepted'])
  await close()
})

it('P1 wakes the first by chat and SMS, the next after 10 minutes, the head after 30, and comes back five times at most', async () => {
  const { notifications, person, bot, sms, pass, close } = setUp()
  person('analyst', { zaloChat: 'a', phone: '0912345671' })
  person('analyst', { zaloChat: 'b', phone: '0912345672' })
  person('leader', { zaloChat: 'l', phone: '0912345673' })
  notifications.announce(announcement())
  await notifications.drain()
  const addresses = () => [...bot.sent, ...sms.sent].map(({ address }) => address).sort()
  expect(addresses()).toEqual(['84912345671', 'a'])
  await pass(10 * MINUTE_MS)
  expect(addresses()).toEqual(['84912345671', '84912345672', 'a', 'b'])
  await pass(20 * MINUTE_MS)
  expect(addresses()).toEqual(['84912345671', '84912345672', '84912345673', 'a', 'b', 'l'])
  await pass(10 * 60 * MINUTE_MS, 5 * MINUTE_MS)
  expect(bot.sent.filter(({ address }) => address === 'a')).toHaveLength(6)
  await close()
})

it('an acknowledgement stops messages, escalation and fallback in its own transaction', async () => {
  const { control, notifications, person, bot, sms, fates, pass, close } = setUp()
  const first = person('analyst', { zaloChat: 'a', phone: '0912345671' })
  person('analyst', { zaloChat: 'b' })
  const incident = announcement()
  notifications.announce(incident)
  await notifications.drain()
  expect(() =>
    control.transaction(() => {
      notifications.acknowledge(incident.subject, first)
      throw new Error('not taken up after all')
    })
  ).toThrow()
  expect(fates().filter((fate) => fate.includes('answered'))).toEqual([])
  expect(notifications.acknowledge(incident.subject, first)).toBe(1)
  await pass(3 * 60 * MINUTE_MS, 5 * MINUTE_MS)
  expect([bot.sent.length, sms.sent.length]).toEqual([1, 1])
  expect(fates()).toEqual([`sms user:${first} answered acknowledged`, `zalo_bot user:${first} answered acknowledged`])
  await close()
})

it('an acknowledgement that comes while a message is on its way lets it neither retry nor fall back', async () => {
  let answer: (() => void) | undefined
  const sms = fakeDriver('sms')
  const bot = fakeDriver('zalo_bot', {
    send: () =>
      new Promise((resolve) => {
        answer = () => resolve({ kind: 'failed', class: 'deferrable', code: 'x', detail: '' })
      })
  })
  const { notifications, person, fates, close } = testNotifications({ drivers: [bot, sms] })
  const id = person('analyst', { zaloChat: 'a', phone: '0912345671' })
  const incident = announcement({ priority: 2, escalates: false })
  notifications.announce(incident)
  const drained = notifications.drain()
  notifications.acknowledge(incident.subject, 'ai đó')
  answer!()
  await drained
  expect(fates()).toEqual([`zalo_bot user:${id} cancelled acknowledged`])
  expect(sms.sent).toEqual([])
  await close()
})

it('whoever was told of it is told that it is over, by the same way, and nobody else', async () => {
  const { notifications, person, bot, sms, email, pass, close } = setUp()
  person('analyst', { zaloChat: 'a' })
  person('analyst', { zaloChat: 'b' })
  const incident = announcement()
  notifications.announce(incident)
  await notifications.drain()
  await pass(6 * MINUTE_MS)
  notifications.announce({
    ...incident,
    key: `${incident.key}:over`,
    to: [],
    escalates: false,
    resolves: { as: 'over' },
    priority: 3
  })
  await pass(60 * MINUTE_MS, 5 * MINUTE_MS)
  expect(bot.sent.map(({ address }) => address)).toEqual(['a', 'a'])
  expect([sms.sent.length, email.sent.length]).toEqual([0, 0])
  await close()
})

it.each([
  ['permanent', 'failed', true],
  ['deferrable', 'failed', false],
  ['config', 'failed', false]
] as const)('a %s failure hands over to the next channel at once', async (failure, status, flagged) => {
  const { control, notifications, person, bot, email, fates, close } = setUp()
  const id = person('analyst', { zaloChat: 'a', email: 'a@example.test' })
  bot.answers.push({ kind: 'failed', class: failure, code: 'p.1', detail: '' })
  notifications.announce(announcement({ escalates: false, priority: 2 }))
  await notifications.drain()
  expect(fates().slice(0, 2)).toEqual([`zalo_bot user:${id} ${status} p.1`, `email user:${id} accepted`])
  expect(email.sent).toHaveLength(1)
  const flags = control.sql('SELECT channel, address FROM unreachable_addresses').all()
  expect(flags.map((row) => ({ ...row }))).toEqual(flagged ? [{ channel: 'zalo_bot', address: 'a' }] : [])
  await close()
})

it('settings that a provider refuses are told to the administrators by another channel, once a day', async () => {
  const { notifications, person, bot, email, close } = setUp()
  person('analyst', { zaloChat: 'a' })
  person('admin', { zaloChat: 'root', email: 'admin@example.test' })
  bot.answers.push({ kind: 'failed', class: 'config', code: 'zalo.-124', detail: 'token' })
  notifications.announce(announcement({ escalates: false, to: [{ kind: 'user', userId: 'analyst-1' }] }))
  await notifications.drain()
  expect(email.sent.map(({ address, title }) => [address, title])).toEqual([
    ['admin@example.test', '[SOC Huế] P2 Kênh gửi zalo_bot bị từ chối (zalo.-124)']
  ])
  await close()
})

it('a retryable failure comes again with back-off and what the provider asks for, until its life of 24 hours is over', async () => {
  const { notifications, person, email, fates, clock, pass, close } = setUp()
  const id = person('analyst', { email: 'a@example.test' })
  email.answers.push({ kind: 'failed', class: 'retryable', code: 'smtp.450', detail: '', retryAfterMs: 90_000 })
  for (let n = 0; n < 500; n++) email.answers.push({ kind: 'failed', class: 'retryable', code: 'smtp.450', detail: '' })
  notifications.announce(announcement({ priority: 3, escalates: false }))
  await notifications.drain()
  await pass(89_000, 89_000)
  expect(email.sent).toHaveLength(1)
  await pass(1_000)
  expect(email.sent).toHaveLength(2)
  const began = clock.now()
  await pass(25 * 60 * MINUTE_MS, MINUTE_MS)
  // Full jitter with 0.5 settles at half of 15 minutes.
  expect(email.sent.length).toBeGreaterThan(150)
  expect(email.sent.length).toBeLessThan(250)
  expect(fates()).toEqual([`email user:${id} failed life.over`])
  expect(clock.now() - began).toBeGreaterThan(24 * 60 * MINUTE_MS)
  await close()
})

it('after a crash what was on its way goes again under the same id; what was acknowledged meanwhile does not', async () => {
  const never = fakeDriver('email', { send: () => new Promise(() => undefined) })
  const { control, notifications, person } = testNotifications({ drivers: [never] })
  person('analyst', { email: 'a@example.test' })
  const [unconfirmed, acknowledged] = [
    announcement({
      escalates: false,
      to: [{ kind: 'address', channel: 'email', address: 'x@example.test', name: 'X' }]
    }),
    announcement({ escalates: false })
  ]
  notifications.announce(unconfirmed)
  notifications.announce(acknowledged)
  void notifications.drain()
  const before = control.sql('SELECT message_id, status FROM notifications ORDER BY id').all()
  expect(before.map((row) => row['status'])).toEqual(['sending', 'sending'])
  notifications.acknowledge(acknowledged.subject, 'ai đó')
  const email = fakeDriver('email')
  const again = testNotificationsOn(control, email)
  again.recover()
  await again.drain()
  expect(email.sent.map(({ id }) => id)).toEqual([before[0]!['message_id']])
  const after = control.sql('SELECT status FROM notifications ORDER BY id').all()
  expect(after.map((row) => row['status'])).toEqual(['accepted', 'cancelled'])
})

it('nothing of the demonstration leaves the machine, and ending it takes its messages away', async () => {
  const { control, notifications, person, email, sms, bot, close } = setUp()
  person('analyst', { zaloChat: 'a', phone: '0912345671', email: 'a@example.test' })
  notifications.announce(announcement({ origin: 'demonstration' }))
  notifications.announce(
    announcement({ origin: 'demonstration', to: [{ kind: 'unit', unit: '19750' }], topic: 'task', link: '/t/abc' })
  )
  await notifications.drain()
  expect([email, sms, bot].map(({ sent }) => sent.length)).toEqual([0, 0, 0])
  const { items } = notifications.views.outbox({ scope: undefined, limit: 50 })
  expect(items.map(({ notification, link }) => [notification.composedAs, notification.recipient, link])).toContainEqual(
    ['sms', expect.stringMatching(/^Đầu mối /), '/t/abc']
  )
  notifications.forget('demonstration')
  expect(control.sql('SELECT count(*) AS n FROM notifications').get()).toEqual({ n: 0 })
  await close()
})

it('nobody to tell is a fate that stands in the log; people whom no channel reaches keep their message waiting', async () => {
  const { notifications, person, fates, close } = setUp()
  notifications.announce(announcement({ escalates: false }))
  person('leader')
  notifications.announce(announcement({ escalates: false, to: [{ kind: 'role', role: 'leader' }] }))
  expect(fates()).toEqual(['email nobody:duty failed audience.empty', 'email nobody:role:leader deferred channel.none'])
  await close()
})

it('less urgent things wait: P3 for working hours, P4 for one digest in the morning; a report does not', async () => {
  const { notifications, person, clock, bot, email, pass, close } = setUp()
  person('analyst', { zaloChat: 'a', email: 'a@example.test' })
  clock.advance(12 * 60 * MINUTE_MS)
  notifications.announce(announcement({ priority: 3, escalates: false }))
  for (let n = 0; n < 3; n++) notifications.announce(announcement({ priority: 4, escalates: false }))
  notifications.announce(
    announcement({
      priority: 4,
      topic: 'report',
      escalates: false,
      to: [{ kind: 'address', channel: 'email', address: 'b@example.test', name: 'B' }],
      attachments: [{ name: 'bao-cao.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF') }]
    })
  )
  await notifications.drain()
  expect(email.sent.map(({ address, attachments }) => [address, attachments.length])).toEqual([['b@example.test', 1]])
  await pass(9 * 60 * MINUTE_MS + 26 * MINUTE_MS, 5 * MINUTE_MS)
  expect(bot.sent).toHaveLength(1)
  await pass(30 * MINUTE_MS)
  expect(email.sent.slice(1).map(({ title }) => title)).toEqual([expect.stringMatching(/P4 3 thông báo: VL-/)])
  await close()
})

function testNotificationsOn(
  control: ReturnType<typeof testNotifications>['control'],
  driver: ReturnType<typeof fakeDriver>
) {
  return testNotifications({ drivers: [driver], control }).notifications
}

it('who cannot be reached does not keep the others on duty from hearing', async () => {
  const { notifications, person, bot, close } = setUp()
  const [silent, heard] = [person('analyst'), person('analyst', { zaloChat: 'b' })]
  person('analyst', { zaloChat: 'c' })
  for (const weekday of [0, 1, 2, 3, 4, 5, 6]) notifications.roster.setPattern(weekday, 'day', [silent, heard])
  notifications.announce(announcement())
  await notifications.drain()
  expect(bot.sent.map(({ address }) => address)).toEqual(['b'])
  // A shift of people without any way to reach them: everybody of the SOC is told.
  for (const weekday of [0, 1, 2, 3, 4, 5, 6]) notifications.roster.setPattern(weekday, 'day', [silent])
  notifications.announce(announcement({ escalates: false }))
  await notifications.drain()
  expect(bot.sent.map(({ address }) => address)).toEqual(['b', 'c'])
  await close()
})

it('before any channel is set up a P1 waits, and the first start with one tells it, once', async () => {
  const before = setUp({ drivers: [fakeDriver('email', { configured: false })] })
  const id = before.person('analyst', { email: 'truc@example.test' })
  before.notifications.announce(announcement({ priority: 1 }))
  await before.pass(5 * MINUTE_MS)
  expect(before.fates()).toEqual(['email nobody:duty deferred channel.none'])
  expect(before.control.sql('SELECT count(*) AS n FROM notification_history').get()).toEqual({ n: 1 })
  const email = fakeDriver('email')
  const after = testNotifications({ drivers: [email], control: before.control })
  after.clock.advance(5 * MINUTE_MS)
  after.notifications.recover()
  await after.notifications.drain()
  await after.pass(3 * MINUTE_MS)
  expect(email.sent.map(({ address }) => address)).toEqual(['truc@example.test'])
  expect(after.fates()).toEqual(['email nobody:duty cancelled channel.found', `email user:${id} accepted`])
  await after.close()
})

it('a waiting message goes out when its people get an address, ends with what it is about, and lives 24 hours', async () => {
  const { notifications, person, email, fates, pass, close } = setUp()
  const id = person('leader')
  const to = [{ kind: 'role', role: 'leader' } as const]
  const [found, acknowledged] = [announcement({ to, escalates: false }), announcement({ to, escalates: false })]
  notifications.announce(found)
  await pass(MINUTE_MS)
  notifications.people.set(id, { addresses: { email: 'lanh-dao@example.test' }, channels: [] })
  await pass(MINUTE_MS)
  expect(email.sent.map(({ code }) => code)).toEqual([found.code])
  notifications.people.set(id, { addresses: { email: '' }, channels: [] })
  notifications.announce(acknowledged)
  notifications.acknowledge(acknowledged.subject, 'Người 1')
  notifications.announce(announcement({ to, escalates: false }))
  await pass(25 * 60 * MINUTE_MS, 30 * MINUTE_MS)
  expect(fates().filter((fate) => fate.includes('nobody'))).toEqual([
    'email nobody:role:leader cancelled channel.found',
    'email nobody:role:leader cancelled acknowledged',
    'email nobody:role:leader failed life.over'
  ])
  await close()
})
