import { HOUR_MS, MINUTE_MS } from '#core/time.ts'
import { expect, it } from 'vitest'
import type { Announcement } from '#core/notification.ts'
import { local } from './channels/local.ts'
import { announcement, fakeDriver, testNotifications } from '#testing/notifications.ts'

function setUp() {
  const [email, sms, bot] = [fakeDriver('email'), fakeDriver('sms'), fakeDriver('zalo_bot')]
  const world = testNotifications({
    drivers: [email, sms, bot, local()],
    environment: { SOC_HOTLINE: '0234 3000 000' }
  })
  const people = [1, 2].map((n) =>
    world.person('analyst', { zaloChat: `chat${n}`, phone: `091234567${n}`, email: `a${n}@example.test` })
  )
  const rows = () =>
    world.control.all<{
      id: number
      origin: string
      channel: string
      recipient: string
      folded_into: number | null
      code: string
      begun_at: number
    }>(
      `SELECT n.id, a.origin, n.channel, n.recipient, n.folded_into, a.code, n.begun_at FROM notifications n
         JOIN announcements a ON a.id = n.announcement_id`
    )
  /** Every folded message stands in a digest of its own origin, recipient and channel. */
  const strays = () => {
    const byId = new Map(rows().map((row) => [row.id, row]))
    return rows().filter(({ folded_into: into, ...row }) => {
      const digest = into === null ? row : byId.get(into)
      return digest?.origin !== row.origin || digest.channel !== row.channel || digest.recipient !== row.recipient
    })
  }
  return { ...world, email, sms, bot, people, rows, strays }
}

/** The same story in one origin; its codes say which. */
function story(origin: Announcement['origin'], code: string): Partial<Announcement>[] {
  const about = { origin, code, subject: `incident:${code}`, unit: '', link: `/incidents/${code}` }
  const title = { vi: `Việc ${code}`, en: `Thing ${code}` }
  const task = {
    topic: 'task' as const,
    escalates: false,
    to: [{ kind: 'unit' as const, unit: '19750' }],
    link: `/t/${code}`
  }
  return [
    { ...about, title, key: `${code}:opened` },
    { ...about, title, key: `${code}:raised` },
    { ...about, title, key: `${code}:again` },
    { ...about, ...task, title, key: `${code}:task`, subject: `task:${code}` },
    { ...about, ...task, title, key: `${code}:half`, subject: `task:${code}`, priority: 2 },
    { ...about, title, key: `${code}:p4`, priority: 4, escalates: false, topic: 'health' },
    {
      ...about,
      ...{ title, key: `${code}:report`, topic: 'report', priority: 4, escalates: false, subject: `report:${code}` },
      to: [{ kind: 'address', channel: 'email', address: 'b@example.test', name: 'B' }],
      attachments: [{ name: 'bao-cao.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF') }]
    },
    { ...about, title, key: `${code}:over`, to: [], priority: 3, escalates: false, resolves: { as: 'recovered' } }
  ]
}

async function play(origins: readonly Announcement['origin'][]) {
  const world = setUp()
  world.control
    .sql(`INSERT INTO contacts (id, unit, role, name, phone) VALUES ('c', '19750', 'CNTT', 'Đầu mối', '0905111222')`)
    .run()
  for (let n = 0; n < story('real', '').length; n++) {
    for (const origin of origins)
      world.notifications.announce(announcement(story(origin, origin === 'real' ? 'VL-7001' : 'VL-9001')[n]))
    await world.pass(20_000, 20_000)
  }
  await world.pass(24 * HOUR_MS, 5 * MINUTE_MS)
  return world
}

const sent = (world: Awaited<ReturnType<typeof play>>) =>
  [world.email, world.sms, world.bot].map((driver) =>
    driver.sent.map(({ address, code, text, at }) => ({ address, code, text, at }))
  )

it('what really goes out is the same to the byte and the second, whether a demonstration plays beside it or not', async () => {
  const alone = await play(['real'])
  const beside = await play(['demonstration', 'real'])
  expect(sent(beside)).toEqual(sent(alone))
  expect(JSON.stringify(sent(beside))).not.toContain('9001')
  expect(sent(alone).flat().length).toBeGreaterThan(5)
  expect(beside.strays()).toEqual([])
  expect(beside.rows().filter(({ origin, channel }) => (origin === 'real') === (channel === 'local'))).toEqual([])
  const times = (world: typeof alone) => world.rows().flatMap((row) => (row.origin === 'real' ? [row.begun_at] : []))
  expect(times(beside)).toEqual(times(alone))
  const { channels } = beside.notifications.channelHealth(false)
  expect(channels.map((row) => row.sentToday)).toEqual(
    alone.notifications.channelHealth(false).channels.map((row) => row.sentToday)
  )
  await alone.close()
  await beside.close()
})

it('messages by several channels are folded into one digest each, never across channels', async () => {
  const world = setUp()
  for (let n = 0; n < 12; n++)
    world.notifications.announce(
      announcement({ priority: n % 3 === 0 ? 1 : 2, origin: n % 4 === 0 ? 'demonstration' : 'real' })
    )
  await world.pass(HOUR_MS, MINUTE_MS)
  expect(world.rows().filter((row) => row.folded_into !== null).length).toBeGreaterThan(5)
  expect(world.strays()).toEqual([])
  await world.close()
})

it('a digest that reaches nobody takes its lines with it, and whoever heard nothing is not told of the end', async () => {
  const { notifications, bot, sms, email, pass, fates, close, control } = setUp()
  control.sql('DELETE FROM user_contacts').run()
  notifications.people.set('analyst-1', { addresses: { zalo_chat: 'chat1' }, channels: [] })
  const [first, second, third] = [1, 2, 3].map(() => announcement({ priority: 2, escalates: false }))
  notifications.announce(first!)
  await notifications.drain()
  for (const one of [second!, third!]) notifications.announce(one)
  bot.answers.push({ kind: 'failed', class: 'permanent', code: 'x.gone', detail: '' })
  await pass(11 * MINUTE_MS)
  expect(fates().filter((fate) => fate.endsWith('failed digest.failed'))).toHaveLength(2)
  bot.sent.length = 0
  for (const one of [second!, third!])
    notifications.announce({ ...one, key: `${one.key}:over`, to: [], priority: 3, resolves: { as: 'over' } })
  await pass(HOUR_MS, MINUTE_MS)
  expect([bot.sent.length, sms.sent.length, email.sent.length]).toEqual([0, 0, 0])
  await close()
})

it('whoever had a message in a digest is told its end', async () => {
  const { notifications, bot, pass, close } = setUp()
  const all = [1, 2, 3].map(() =>
    announcement({ priority: 2, escalates: false, to: [{ kind: 'user', userId: 'analyst-1' }] })
  )
  for (const one of all) notifications.announce(one)
  await pass(11 * MINUTE_MS)
  expect(bot.sent).toHaveLength(2)
  await pass(HOUR_MS, MINUTE_MS)
  notifications.announce({ ...all[2]!, key: 'over', to: [], priority: 3, resolves: { as: 'recovered' } })
  await pass(MINUTE_MS)
  expect(bot.sent.at(-1)).toMatchObject({ address: 'chat1', code: all[2]!.code })
  expect(bot.sent).toHaveLength(3)
  await close()
})

it('a message that an older version folded into a digest of the demonstration is sent at the next start', async () => {
  const { notifications, control, bot, fates, pass, close } = setUp()
  for (const origin of ['demonstration', 'real'] as const)
    notifications.announce(
      announcement({ origin, escalates: false, priority: 2, to: [{ kind: 'user', userId: 'analyst-1' }] })
    )
  control
    .sql(
      `UPDATE notifications SET status = 'cancelled', code = 'digest.folded', folded_into = 1 WHERE channel <> 'local'`
    )
    .run()
  await pass(MINUTE_MS)
  expect(bot.sent).toHaveLength(0)
  notifications.recover()
  await notifications.drain()
  expect(bot.sent).toHaveLength(1)
  expect(fates()).toContain('zalo_bot user:analyst-1 accepted')
  await close()
})
