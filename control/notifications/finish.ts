import type { Clock } from '#core/clock.ts'
import type { Announcement, ChannelName } from '#core/notification.ts'
import { MINUTE_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import { waitOf } from './backoff.ts'
import type { ChannelState } from './channel-state.ts'
import type { Driver, SendResult } from './driver.ts'
import type { NotificationRecord, Outbox } from './outbox.ts'
import { words } from './words.ts'

/** Without a receipt by then the next channel takes over. */
const RECEIPT_MS = 2 * MINUTE_MS
/** After so many tries an urgent message goes another way. */
const URGENT_TRIES = 3

export type FinishParts = {
  control: Control
  clock: Clock
  /** 0 ≤ x < 1. */
  random(): number
  outbox: Outbox
  state: ChannelState
  drivers: ReadonlyMap<ChannelName, Driver>
  usable(channel: ChannelName): boolean
}

/**
 * Writes down what became of a message that was sent; joins the caller's transaction. Returns what administrators must be
 * told when the provider refuses the channel's settings.
 */
export function finish(row: NotificationRecord, result: SendResult, parts: FinishParts): Announcement | undefined {
  const current = parts.outbox.row(row.id)
  if (current === undefined) return undefined
  if (result.kind === 'failed') return fail(row, current, result, parts)
  succeed(row, current, result, parts)
  return undefined
}

function succeed(
  row: NotificationRecord,
  current: NotificationRecord,
  result: Exclude<SendResult, { kind: 'failed' }>,
  { outbox, state, drivers, clock }: FinishParts
) {
  const driver = drivers.get(row.channel)!
  if (row.channel !== 'local') state.succeeded(row.channel, result.quotaLeft)
  const waits = result.kind === 'accepted' && driver.receipts && current.ended_at === null && row.next !== '[]'
  // A receipt may have overtaken the answer.
  const status = current.status === 'sending' ? result.kind : current.status
  outbox.move(row.id, status, {
    ...(result.providerId === undefined ? {} : { providerId: result.providerId }),
    receiptBy: waits && status === 'accepted' ? clock.now() + RECEIPT_MS : null
  })
}

function fail(
  row: NotificationRecord,
  current: NotificationRecord,
  failure: Extract<SendResult, { kind: 'failed' }>,
  { control, clock, random, outbox, state, drivers, usable }: FinishParts
): Announcement | undefined {
  const now = clock.now()
  const { code, detail } = failure
  state.failed(row.channel, failure)
  if (current.ended_at !== null) {
    outbox.move(row.id, 'cancelled', { code: current.ended_code, detail: code })
    return undefined
  }
  if (failure.class === 'permanent' && failure.messageFault !== true)
    control
      .sql('INSERT OR REPLACE INTO unreachable_addresses (channel, address, code, at) VALUES (?, ?, ?, ?)')
      .run(row.channel, row.address, code, now)
  const alarm = failure.class === 'config' ? alarmOf(row, code, now) : undefined
  const giveWay = failure.class !== 'retryable' || (row.priority <= 2 && row.attempts >= URGENT_TRIES)
  if ((giveWay && outbox.handOn(current, usable)) || failure.class === 'permanent') {
    outbox.move(row.id, 'failed', { code, detail })
    return alarm
  }
  const closedUntil = state.closed(drivers.get(row.channel)!)?.until ?? now
  const dueAt = now + waitOf(failure, row.attempts, closedUntil - now, random())
  if (dueAt >= current.expires_at) outbox.move(row.id, 'failed', { code: 'life.over', detail: code })
  else outbox.move(row.id, 'deferred', { code, detail, dueAt })
  return alarm
}

/** Tells administrators of a channel whose settings are refused, once a day for each code. */
function alarmOf(row: NotificationRecord, code: string, now: number): Announcement {
  const day = new Date(now).toISOString().slice(0, 10)
  return {
    key: `channel:${row.channel}:${code}:${day}`,
    topic: 'platform',
    priority: 2,
    origin: 'real',
    subject: `channel:${row.channel}`,
    unit: '',
    to: [{ kind: 'role', role: 'admin' }],
    title: words.refusedTitle(row.channel, code),
    body: words.refusedBody,
    code: '',
    link: '/notifications/channels',
    escalates: false
  }
}
