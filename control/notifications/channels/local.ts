import type { Driver } from '../driver.ts'

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
