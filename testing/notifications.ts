import { manualClock } from '#core/clock.ts'
import type { Announcement, ChannelName } from '#core/notification.ts'
import { readSettings } from '../cli/settings.ts'
import { loadInventory } from '#province/load.ts'
import { openControl } from '#control/database/control.ts'
import type { Driver, OutgoingMessage, SendResult } from '#control/notifications/driver.ts'
import { createNotifications } from '#control/notifications/notifications.ts'

/** Seals for tests, without a key file: readable to whoever looks, but not the text itself. */
export const testKeys = {
  seal: (text: string, context: string) => Buffer.from(JSON.stringify([context, text])).toString('base64url'),
  open(sealed: string, context: string) {
    const [sealedFor, text] = JSON.parse(Buffer.from(sealed, 'base64url').toString()) as [string, string]
    if (sealedFor !== context) throw new Error('sealed for another announcement')
    return text
  }
}

/** A Monday, 10:05 in Huế. */
export const START = Date.UTC(2026, 10, 23, 3, 5, 0)
const inventory = loadInventory('2023-11-30')

export type FakeDriver = Driver & { sent: OutgoingMessage[]; answers: SendResult[] }

/** A channel that keeps what it is given and answers what the test has put into `answers`, else yes. */
export function fakeDriver(channel: ChannelName, more: Partial<Driver> = {}): FakeDriver {
  const sent: OutgoingMessage[] = []
  const answers: SendResult[] = []
  return {
    channel,
    configured: true,
    concurrency: 4,
    receipts: false,
    sent,
    answers,
    send(message) {
      sent.push(message)
      return Promise.resolve(answers.shift() ?? { kind: 'accepted', providerId: `p-${message.id}` })
    },
    ...more
  }
}

/** Notifications on a control database in memory, with a clock that stands still. */
export function testNotifications(
  options: {
    drivers?: Driver[]
    control?: ReturnType<typeof openControl>
    environment?: Record<string, string>
    onAnswered?(subject: string, by: string): void
    pausedUntil?(): number | null
  } = {}
) {
  const control = options.control ?? openControl(':memory:')
  const clock = manualClock(START)
  const config = readSettings({
    SOC_PUBLIC_URL: 'https://soc.example',
    SOC_HOTLINE: '0234 3000 000',
    ...options.environment
  })
  const notifications = createNotifications({
    keys: testKeys,
    control,
    inventory,
    clock,
    config,
    random: () => 0.5,
    ...(options.drivers === undefined ? {} : { drivers: options.drivers }),
    ...(options.pausedUntil === undefined ? {} : { pausedUntil: options.pausedUntil }),
    ...(options.onAnswered === undefined ? {} : { onAnswered: options.onAnswered })
  })
  let made = 0
  return {
    control,
    clock,
    notifications,
    /** An account with ways to reach it. */
    person(
      role: string,
      contact: Partial<{ phone: string; email: string; zaloChat: string; channels: ChannelName[] }> = {}
    ) {
      const id = `${role}-${++made}`
      control
        .sql(`INSERT INTO users (id, username, name, role, password, created_at) VALUES (?, ?, ?, ?, '-', ?)`)
        .run(id, id, `Người ${made}`, role, START + made)
      const { phone = '', email = '', zaloChat = '', channels = [] } = contact
      notifications.people.set(id, { addresses: { phone, email, zalo_chat: zaloChat }, channels })
      return id
    },
    /** Every message's channel, recipient, status and code, oldest first. */
    fates: () =>
      control
        .all<{
          channel: string
          recipient: string
          status: string
          code: string
        }>('SELECT channel, recipient, status, code FROM notifications ORDER BY id')
        .map(
          ({ channel, recipient, status, code }) => `${channel} ${recipient} ${status}${code === '' ? '' : ` ${code}`}`
        ),
    /** Time passes in steps, and what becomes due in them is sent. */
    async pass(ms: number, step = 30_000) {
      for (let gone = 0; gone < ms; gone += step) {
        clock.advance(Math.min(step, ms - gone))
        await notifications.drain()
      }
    },
    async close() {
      await notifications.stop()
      control.close()
    }
  }
}

let keys = 0
export function announcement(more: Partial<Announcement> = {}): Announcement {
  const number = String(++keys).padStart(4, '0')
  return {
    key: `incident:VL-${number}:opened`,
    topic: 'incident',
    priority: 1,
    origin: 'real',
    subject: `incident:VL-${number}`,
    unit: '',
    to: [{ kind: 'duty' }],
    title: { vi: 'Trục NDXP ngừng', en: 'NDXP is down' },
    body: { vi: 'Ảnh hưởng 9 mô hình.', en: '9 models are affected.' },
    code: `VL-${number}`,
    link: `/incidents/VL-${number}`,
    escalates: true,
    ...more
  }
}
