import type { Driver } from '../driver.ts'
import { defineChannel } from './channel.ts'

/** The outbox of the demonstration: the row itself is the message, shown on a screen. Nothing leaves the machine. */
export function local(): Driver {
  return {
    channel: 'local',
    configured: true,
    concurrency: 16,
    receipts: false,
    send: () => Promise.resolve({ kind: 'delivered' })
  }
}

export const localOutbox = defineChannel({
  name: 'local',
  label: { vi: 'Hộp thư đi minh họa', en: 'Demonstration outbox' },
  settings: {},
  ways: {},
  text: 'chat',
  codes: {},
  driver: local
})
