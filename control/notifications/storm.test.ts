import { MINUTE_MS } from '#core/time.ts'
import { expect, it } from 'vitest'
import type { Priority } from '#core/notification.ts'
import { announcement, fakeDriver, testNotifications } from '#testing/notifications.ts'

function province() {
  const [email, sms, bot] = [fakeDriver('email'), fakeDriver('sms'), fakeDriver('zalo_bot')]
  const world = testNotifications({ drivers: [email, sms, bot] })
  for (const n of [1, 2, 3])
    world.person('analyst', { zaloChat: `chat${n}`, phone: `091234567${n}`, email: `a${n}@example.test` })
  world.person('leader', { zaloChat: 'chat9', phone: '0912345679' })
  const perPerson = () => {
    const count = new Map<string, number>()
    for (const { recipient } of world.control.all<{ recipient: string }>(
      `SELECT recipient FROM notifications WHERE status IN ('accepted', 'delivered')`
    ))
      count.set(recipient, (count.get(recipient) ?? 0) + 1)
    return [...count.values()]
  }
  return { ...world, email, sms, bot, perPerson }
}

it.each([
  [2_000, 'P1 roots', 9, () => 1],
  [300, 'P1 roots', 50, () => 1],
  [300, 'P2', 50, () => 2],
  [300, 'P1 and P2 mixed, the lesser first', 50, (n: number) => (n % 2 === 0 ? 2 : 1)]
] as const)(
  '%i monitors that fail at once (%s) are at most three messages for each person within %i minutes',
  async (monitors, _name, minutes, priorityOf) => {
    const { control, notifications, perPerson, fates, pass, close } = province()
    control.transaction(() => {
      for (let n = 0; n < monitors; n++)
        notifications.announce(announcement({ topic: 'health', priority: priorityOf(n) as Priority }))
    })
    await notifications.drain()
    await pass(minutes * MINUTE_MS, 3 * MINUTE_MS)
    expect(perPerson().length).toBeGreaterThan(0)
    expect(Math.max(...perPerson())).toBeLessThanOrEqual(3)
    // Nobody's message was lost without a word: every row has an end, and folded ones say where they went.
    const open = fates().filter((fate) => / (queued|sending|deferred)/.test(fate))
    expect(open).toEqual([])
    expect(
      control.sql(`SELECT count(*) AS n FROM notifications WHERE code = 'digest.folded' AND folded_into IS NULL`).get()
    ).toEqual({ n: 0 })
    await close()
  }
)

it('a P1 after a lesser thing passes at once; the second P1 within the window waits a minute at most', async () => {
  const { notifications, bot, sms, pass, close } = province()
  notifications.announce(announcement({ priority: 2, title: { vi: 'Việc nhỏ', en: 'Small' } }))
  await notifications.drain()
  notifications.announce(announcement({ priority: 1, title: { vi: 'Việc lớn', en: 'Big' } }))
  await notifications.drain()
  const mine = () => [
    ...bot.sent.filter(({ address }) => address === 'chat1'),
    ...sms.sent.filter(({ address }) => address === '84912345671')
  ]
  expect(mine().map(({ text }) => /nhỏ|nho|lớn|lon/.exec(text)?.[0])).toEqual(['nhỏ', 'lon'])
  notifications.announce(announcement({ priority: 1, title: { vi: 'Lớn hai', en: 'Big two' } }))
  notifications.announce(announcement({ priority: 1, title: { vi: 'Lớn ba', en: 'Big three' } }))
  await notifications.drain()
  await pass(MINUTE_MS)
  expect(mine().at(-1)!.text).toMatch(/2 thong bao/)
  await close()
})

it('tasks are each for themselves, but SMS keep five minutes between them', async () => {
  const { control, notifications, sms, pass, close } = province()
  control
    .sql(`INSERT INTO contacts (id, unit, role, name, phone) VALUES ('c', '19750', 'CNTT', 'Đầu mối', '0905111222')`)
    .run()
  for (let n = 0; n < 3; n++)
    notifications.announce(
      announcement({
        topic: 'task',
        priority: 2,
        escalates: false,
        to: [{ kind: 'unit', unit: '19750' }],
        link: `/t/${n}`
      })
    )
  await notifications.drain()
  expect(sms.sent).toHaveLength(1)
  await pass(11 * MINUTE_MS)
  expect(sms.sent).toHaveLength(3)
  await close()
})
