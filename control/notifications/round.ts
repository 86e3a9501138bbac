import type { Announcement } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import type { Claim, ClaimParts, OnTheWay } from './claim.ts'
import type { Driver, SendResult } from './driver.ts'
import { runEscalations } from './escalate.ts'
import { finish, type FinishParts } from './finish.ts'
import { NO_CHANNEL, ROW, type NotificationRecord } from './outbox.ts'
import { outgoing } from './outgoing.ts'
import type { Policies } from './policy.ts'
import type { SecretLinks } from './secret-links.ts'

type RoundParts = ClaimParts &
  FinishParts & {
    claim: Claim
    policies: Policies
    pausedUntil(subject: string, origin: Origin): number | null
    links: SecretLinks
    /** Tells administrators of a channel whose settings are refused. */
    alarm(announcement: Announcement): void
    /** A driver threw, which it must not. */
    failed(error: unknown): void
  }

/** Moves messages from the outbox to the channels. Each round is one transaction; what was begun is sent after it commits. */
export class Rounds {
  readonly #parts: RoundParts
  readonly #inFlight = new Map<number, OnTheWay & { sent: Promise<void> }>()
  #results: { row: NotificationRecord; result: SendResult }[] = []
  #stopped = false

  constructor(parts: RoundParts) {
    this.#parts = parts
  }

  /** After a crash: nobody knows whether these went out, so the same message, with the same id, goes again. */
  recover(): void {
    const { control, clock, outbox } = this.#parts
    control.transaction(() => {
      outbox.unfoldLost()
      // Channels get their settings at a start.
      const waiting = control.all<IdRow>(
        `SELECT id FROM notifications WHERE status = 'deferred' AND (code = ? OR code LIKE 'setting.%')`,
        NO_CHANNEL
      )
      for (const { id } of waiting) outbox.lookAgain(id, clock.now())
      for (const row of control.all<NotificationRecord>(`${ROW} WHERE n.status = 'sending'`)) {
        if (this.#inFlight.has(row.id)) continue
        if (row.ended_at !== null) outbox.move(row.id, 'cancelled', { code: row.ended_code })
        else outbox.move(row.id, 'queued', { code: 'restart.unconfirmed', dueAt: clock.now() })
      }
    })
  }

  /** One round; returns the sends it began. */
  run(): Promise<void>[] {
    if (this.#stopped) return []
    this.#settle()
    const { control, claim, drivers } = this.#parts
    const begun = control.transaction(() => {
      runEscalations(this.#parts)
      claim.handOnLateReceipts()
      return claim.take([...this.#inFlight.values()])
    })
    return begun.map((row) => {
      const sent = this.#send(row, drivers.get(row.channel)!)
      this.#inFlight.set(row.id, { channel: row.channel, recipient: row.recipient, sent })
      return sent
    })
  }

  /** Sends everything that is due now and waits for it: for tests and drills. */
  async drain(): Promise<void> {
    for (;;) {
      const before = this.#parts.claim.decided
      this.run()
      const idle = this.#inFlight.size === 0 && this.#results.length === 0
      if (this.#parts.claim.decided === before && idle) return
      await this.#allSent()
      this.#settle()
    }
  }

  /** Begins nothing more and waits at most `waitMs` for what is on its way; its answers are written down. */
  async stop(waitMs: number): Promise<void> {
    this.#stopped = true
    let timer: NodeJS.Timeout | undefined
    await Promise.race([this.#allSent(), new Promise((resolve) => (timer = setTimeout(resolve, waitMs)))])
    clearTimeout(timer)
    this.#settle()
  }

  #allSent() {
    return Promise.all([...this.#inFlight.values()].map(({ sent }) => sent))
  }

  async #send(row: NotificationRecord, driver: Driver): Promise<void> {
    let result: SendResult
    try {
      result = await driver.send(outgoing(row, this.#parts))
    } catch (error) {
      this.#parts.failed(error)
      result = { kind: 'failed', class: 'retryable', code: 'channel.fault', detail: '' }
    }
    this.#results.push({ row, result })
  }

  /** Writes what came back; several answers share a transaction. */
  #settle() {
    if (this.#results.length === 0) return
    const results = this.#results
    this.#results = []
    this.#parts.control.transaction(() => {
      const alarms: Announcement[] = []
      for (const { row, result } of results) {
        this.#inFlight.delete(row.id)
        const alarm = finish(row, result, this.#parts)
        if (alarm !== undefined) alarms.push(alarm)
      }
      for (const announcement of alarms) this.#parts.alarm(announcement)
    })
  }
}

type IdRow = { id: number }
