import type { Clock } from '#core/clock.ts'
import type { ChannelName } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import type { Control } from '#control/database/control.ts'
import { MAX_RETRY_MS } from './backoff.ts'
import type { ChannelState } from './channel-state.ts'
import type { Digests } from './digest.ts'
import type { Driver } from './driver.ts'
import { NO_CHANNEL_MS, type Notify } from './notify.ts'
import { NO_CHANNEL, ROW, type NotificationRecord, type Outbox } from './outbox.ts'
import { missingOf, type Sender } from './sender.ts'
import type { StormGuard } from './storm.ts'

/** Rows looked at for one channel in one round: some tens of milliseconds. The rest comes in the next round. */
export const ROWS_A_ROUND = 100

export type ClaimParts = {
  control: Control
  clock: Clock
  outbox: Outbox
  state: ChannelState
  storm: StormGuard
  digests: Digests
  notify: Notify
  drivers: ReadonlyMap<ChannelName, Driver>
  /** Whom a message says it is from. */
  sender(origin: Origin): Sender
}

/** What is on its way over one channel. */
export type OnTheWay = { channel: ChannelName; recipient: string }

/** Decides what is due: sent now, handed on, held back, folded or stopped. */
export class Claim {
  readonly #parts: ClaimParts
  /** Rows decided so far: a round that decided something may have made new rows due. */
  decided = 0

  constructor(parts: ClaimParts) {
    this.#parts = parts
  }

  /** Whether a channel may take over from another now. */
  readonly usable = (channel: ChannelName): boolean => {
    const driver = this.#parts.drivers.get(channel)
    return driver !== undefined && driver.configured && this.#parts.state.closed(driver) === undefined
  }

  /** Marks what is to be sent now and returns it, as many for each channel as may be on the way at once. */
  take(onTheWay: readonly OnTheWay[]): NotificationRecord[] {
    const { outbox, clock, drivers } = this.#parts
    const begun: NotificationRecord[] = []
    for (const driver of drivers.values()) {
      const mine = onTheWay.filter(({ channel }) => channel === driver.channel)
      let free = driver.concurrency - mine.length
      if (free <= 0) continue
      // One at a time for each recipient: what was told first arrives first.
      const busy = new Set(mine.map(({ recipient }) => recipient))
      for (const row of this.#due(driver.channel, busy)) {
        if (free <= 0) break
        if (busy.has(row.recipient)) continue
        // An earlier row of this round may have folded or stopped it.
        const now = outbox.row(row.id)
        if (now === undefined || (now.status !== 'queued' && now.status !== 'deferred') || now.due_at > clock.now())
          continue
        this.decided++
        if (!this.#begin(now, driver)) continue
        begun.push({ ...now, attempts: now.attempts + 1 })
        busy.add(row.recipient)
        free--
      }
    }
    return begun
  }

  /** Without a receipt in time the next channel takes over. */
  handOnLateReceipts(): void {
    const { control, clock, outbox } = this.#parts
    const late = control.all<NotificationRecord>(`${ROW} WHERE n.receipt_by <= ? LIMIT ${ROWS_A_ROUND}`, clock.now())
    for (const row of late) {
      const handed = outbox.handOn(row, this.usable)
      outbox.move(row.id, row.status, { code: handed ? 'receipt.late' : 'receipt.none' })
    }
  }

  /** What is due for a channel, the urgent first. */
  #due(channel: ChannelName, busy: ReadonlySet<string>): NotificationRecord[] {
    const { control, clock } = this.#parts
    const due = control.all<NotificationRecord>(
      `${ROW} WHERE n.channel = ? AND n.status IN ('queued', 'deferred') AND n.due_at <= ?
           AND n.recipient NOT IN (SELECT value FROM json_each(?)) ORDER BY n.due_at, n.id LIMIT ${ROWS_A_ROUND}`,
      channel,
      clock.now(),
      JSON.stringify([...busy])
    )
    return due.sort((a, b) => a.priority - b.priority || a.id - b.id)
  }

  /** Decides one due row; true when it is to be sent now. */
  #begin(row: NotificationRecord, driver: Driver): boolean {
    const { outbox, clock, state, notify } = this.#parts
    const now = clock.now()
    if (row.ended_at !== null) {
      outbox.move(row.id, 'cancelled', { code: row.ended_code })
      return false
    }
    if (row.expires_at <= now) {
      outbox.move(row.id, 'failed', { code: row.code.startsWith('setting.') ? row.code : 'life.over' })
      return false
    }
    if (row.code === NO_CHANNEL) {
      if (notify.waiting(row)) outbox.move(row.id, 'cancelled', { code: 'channel.found' })
      else outbox.lookAgain(row.id, Math.min(now + NO_CHANNEL_MS, row.expires_at))
      return false
    }
    const missing = missingOf(row, this.#parts.sender(row.origin))
    if (missing !== '') {
      // The settings come with a start.
      const dueAt = Math.min(now + NO_CHANNEL_MS, row.expires_at)
      if (row.code === missing) outbox.lookAgain(row.id, dueAt)
      else outbox.move(row.id, 'deferred', { code: missing, dueAt, hold: row.hold })
      return false
    }
    const closed = driver.configured ? state.closed(driver) : { code: 'channel.off', until: now + MAX_RETRY_MS }
    if (closed !== undefined) {
      if (outbox.handOn(row, this.usable)) outbox.move(row.id, 'failed', { code: closed.code })
      else outbox.move(row.id, 'deferred', { code: closed.code, dueAt: closed.until, hold: row.hold })
      return false
    }
    if (!this.#passes(row)) return false
    outbox.move(row.id, 'sending', {})
    if (row.channel !== 'local') state.counted(row.channel)
    return true
  }

  /** What the storm guard says of it: false when it was folded, held back or dropped. */
  #passes(row: NotificationRecord): boolean {
    const { outbox, storm, digests } = this.#parts
    if (row.hold !== '') return !digests.fold(row)
    const verdict = storm.judge(row)
    if (verdict.pass) return true
    if ('drop' in verdict) outbox.move(row.id, 'cancelled', { code: verdict.drop })
    else
      outbox.move(row.id, 'deferred', {
        code: verdict.code,
        dueAt: verdict.until,
        hold: verdict.code === 'storm.held' ? 'storm' : ''
      })
    return false
  }
}
