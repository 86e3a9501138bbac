import { MINUTE_MS } from '#core/time.ts'
import { expect, it } from 'vitest'
import { createShiftChange } from './shift-change.ts'
import { announcement, fakeDriver, testNotifications } from '#testing/notifications.ts'

/** A day shift of two that ends 20 minutes after the beginning, and one of two that follows. */
function shifts() {
  const [bot, sms] = [fakeDriver('zalo_bot'), fakeDriver('sms')]
  let paused: number | null = null
  const world = testNotifications({ drivers: [bot, sms], pausedUntil: () => paused })
  const [a1, a2, b1, b2] = ['a1', 'a2', 'b1', 'b2'].map((zaloChat) => world.person('analyst', { zaloChat }))
  const { roster } = world.notifications
  roster.setShifts([
    { id: 'early', name: 'Ca A', startMin: 0, endMin: 10 * 60 + 12 },
    { id: 'late', name: 'Ca B', startMin: 10 * 60 + 12, endMin: 0 }
  ])
  for (const weekday of [0, 1, 2, 3, 4, 5, 6]) {
    roster.setPattern(weekday, 'early', [a1!, a2!])
    roster.setPattern(weekday, 'late', [b1!, b2!])
  }
  const told = () => bot.sent.map(({ address }) => address)
  return { ...world, bot, told, b: [b1!, b2!], pause: (until: number | null) => (paused = until) }
}

it('after a shift change the next step tells everybody on duty who was not told, the first in charge too', async () => {
  const { notifications, told, pass, close } = shifts()
  notifications.announce(announcement())
  await notifications.drain()
  expect(told()).toEqual(['a1'])
  await pass(10 * MINUTE_MS)
  expect(told().sort()).toEqual(['a1', 'b1', 'b2'])
  await close()
})

it('a P2 that nobody takes up reaches the others on duty too', async () => {
  const { notifications, told, pass, close } = shifts()
  notifications.announce(announcement({ priority: 2 }))
  await pass(16 * MINUTE_MS)
  expect(told().sort()).toEqual(['a1', 'b1', 'b2'])
  await close()
})

it('while planned work runs nobody is woken further; then the steps go on where they stood', async () => {
  const { notifications, told, clock, pass, pause, close } = shifts()
  notifications.announce(announcement())
  await pass(MINUTE_MS)
  pause(clock.now() + 30 * MINUTE_MS)
  await pass(30 * MINUTE_MS)
  expect(told()).toEqual(['a1'])
  pause(null)
  await pass(MINUTE_MS)
  expect(told().sort()).toEqual(['a1', 'b1', 'b2'])
  await close()
})

it('a shift that begins is noticed once, with those who were not on duty before, also after a stop', () => {
  const { control, clock, notifications, b } = shifts()
  const began: string[][] = []
  const begin = () =>
    createShiftChange({ control, clock, roster: notifications.roster, began: ({ users }) => began.push(users) })
  const shiftChange = begin()
  shiftChange.tick()
  expect(began).toEqual([])
  clock.advance(20 * MINUTE_MS)
  begin().tick()
  shiftChange.tick()
  expect(began).toEqual([b])
})

it('“OK” without a code answers the last thing that can be answered, never the handover', async () => {
  const { control, notifications, bot, b, close } = shifts()
  const [b1] = b
  const incident = announcement({ to: [{ kind: 'user', userId: b1! }] })
  bot.readReceipt = () => [{ kind: 'reply', address: 'b1', text: 'OK' }]
  notifications.announce(incident)
  await notifications.drain()
  notifications.announce(
    announcement({
      ...{ key: 'shift:x', subject: 'shift:x', code: '', priority: 1, escalates: false, topic: 'report' },
      to: [{ kind: 'user', userId: b1! }]
    })
  )
  await notifications.drain()
  expect(notifications.providerReceipt('zalo_bot', { headers: {}, query: {}, body: Buffer.alloc(0) })).toBe(1)
  const answered = control.all<{ subject: string }>(
    'SELECT subject FROM announcements WHERE acknowledged_at IS NOT NULL'
  )
  expect(answered.map(({ subject }) => subject)).toEqual([incident.subject])
  await close()
})
