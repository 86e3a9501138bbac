import { randomBytes } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import type { ChannelName } from '#core/notification.ts'
import type { Control } from '#control/database/control.ts'
import type { Driver, ReceiptCall } from './driver.ts'
import type { Receipts } from './receipts.ts'

/** Receipts of one call that are read; a provider's batch is smaller. */
const MAX_RECEIPTS = 100

/** Made once per installation: the key of the addresses that gateways without signatures are given. */
export function hookKeyOf(control: Control): string {
  control
    .sql(`INSERT OR IGNORE INTO meta (key, value) VALUES ('notification_hook_key', ?)`)
    .run(randomBytes(32).toString('base64url'))
  return control.single<ValueRow>(`SELECT value FROM meta WHERE key = 'notification_hook_key'`).value
}

/**
 * A provider's call about messages it took. `unknown`: no such channel or not signed by its provider, which of both is not
 * said; else how many messages changed.
 */
export function takeReceipts(
  channel: ChannelName,
  call: Omit<ReceiptCall, 'now'>,
  parts: { clock: Clock; drivers: ReadonlyMap<ChannelName, Driver>; receipts: Receipts }
): 'unknown' | number {
  const driver = parts.drivers.get(channel)
  const read = driver?.configured ? driver.readReceipt?.({ ...call, now: parts.clock.now() }) : undefined
  return read === undefined ? 'unknown' : parts.receipts.take(channel, read.slice(0, MAX_RECEIPTS))
}

type ValueRow = { value: string }
