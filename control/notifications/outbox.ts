import { randomBytes } from 'node:crypto'
import type { Clock } from '#core/clock.ts'
import type { ChannelName, NotificationStatus, Priority } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import { DAY_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'

/** How long a message is worth sending. */
export const LIFE_MS = DAY_MS

/** Nobody of those meant has a channel that is set up: such a row stands for all of them and waits. */
export const NO_CHANNEL = 'channel.none'

export type Hop = { channel: ChannelName; address: string }

/** A notification as the table keeps it, with what it needs of its announcement; its comments are in the migrations. */
export type NotificationRecord = {
  id: number
  message_id: string
  announcement_id: number
  step: number
  recipient: string
  name: string
  channel: ChannelName
  address: string
  composed_as: ChannelName
  next: string
  status: NotificationStatus
  code: string
  detail: string
  hold: string
  folded_into: number | null
  attempts: number
  provider_id: string | null
  due_at: number
  expires_at: number
  receipt_by: number | null
  queued_at: number
  begun_at: number | null
  sent_at: number | null
  changed_at: number
  revision: number
  key: string
  topic: string
  priority: Priority
  origin: Origin
  subject: string
  unit: string
  subject_code: string
  title: string
  body: string
  link: string
  announced_at: number
  /** Nothing of it goes out any more, because of `ended_code`. */
  ended_at: number | null
  ended_code: string
  sms: string
  audience: string
}

/** Reads `NotificationRecord`s; a condition on `n` (notification) and `a` (announcement) follows. */
export const ROW = `SELECT n.*, a.key, a.topic, a.priority, a.origin, a.subject, a.unit, a.code AS subject_code, a.title, a.body, a.link,
  a.at AS announced_at, a.ended_at, a.ended_code, a.sms, a.audience FROM notifications n JOIN announcements a ON a.id = n.announcement_id`

export type NewNotification = {
  announcementId: number
  step: number
  recipient: string
  name: string
  channel: ChannelName
  address: string
  composedAs: ChannelName
  next: Hop[]
  status?: 'queued' | 'deferred' | 'failed'
  code?: string
  hold?: '' | 'storm' | 'digest'
  dueAt: number
}

type Move = {
  code?: string
  detail?: string
  dueAt?: number
  hold?: string
  foldedInto?: number
  providerId?: string
  receiptBy?: number | null
}

/** The rows of the outbox and their history; every change is made known once its transaction has committed. */
export class Outbox {
  readonly #control: Control
  readonly #clock: Clock
  readonly #onChanged: (ids: number[]) => void
  #changed = new Set<number>()

  /** `onChanged` is called after each commit with the ids of the rows it changed. */
  constructor(control: Control, clock: Clock, onChanged: (ids: number[]) => void) {
    this.#control = control
    this.#clock = clock
    this.#onChanged = onChanged
  }

  /** Once for all changes of a commit; ids that were rolled back name no row. */
  readonly #publish = (): void => {
    if (this.#changed.size === 0) return
    const ids = [...this.#changed]
    this.#changed = new Set()
    this.#onChanged(ids)
  }

  #noteChange(id: number) {
    this.#changed.add(id)
    // Asked for with every change: what an earlier transaction asked for is forgotten when it is rolled back.
    this.#control.afterCommit(this.#publish)
  }

  #writeHistory(id: number, status: NotificationStatus, code: string, detail: string) {
    this.#control
      .sql(
        `INSERT INTO notification_history (notification_id, seq, at, status, code, detail)
         SELECT ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ? FROM notification_history WHERE notification_id = ?`
      )
      .run(id, this.#clock.now(), status, code, detail, id)
  }

  row(id: number): NotificationRecord | undefined {
    return this.#control.get<NotificationRecord>(`${ROW} WHERE n.id = ?`, id)
  }

  /** Writes one row; undefined when this recipient is already told of it by this channel in this step. */
  add(notification: NewNotification): number | undefined {
    const now = this.#clock.now()
    const status = notification.status ?? 'queued'
    const code = notification.code ?? ''
    const made = this.#control
      .sql(
        `INSERT OR IGNORE INTO notifications (message_id, announcement_id, step, recipient, name, channel, address, composed_as,
             next, status, code, hold, due_at, expires_at, queued_at, changed_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
      )
      .run(
        // Letters and digits: a Message-ID, a RequestId and a header take it as it is.
        `vl${randomBytes(12).toString('hex')}`,
        notification.announcementId,
        notification.step,
        notification.recipient,
        notification.name.slice(0, 200),
        notification.channel,
        notification.address,
        notification.composedAs,
        JSON.stringify(notification.next),
        status,
        code,
        notification.hold ?? '',
        notification.dueAt,
        Math.max(now, notification.dueAt) + LIFE_MS,
        now,
        now
      )
    if (made.changes === 0) return undefined
    const id = Number(made.lastInsertRowid)
    this.#writeHistory(id, status, code, '')
    this.#noteChange(id)
    return id
  }

  /** Changes a message's fate and writes it down. */
  move(id: number, status: NotificationStatus, more: Move = {}): void {
    const { code = '', detail = '' } = more
    const now = this.#clock.now()
    const done = this.#control
      .sql(
        `UPDATE notifications SET status = ?, code = ?, detail = ?, due_at = coalesce(?, due_at), hold = ?,
             folded_into = coalesce(?, folded_into), provider_id = coalesce(?, provider_id), receipt_by = ?,
             begun_at = CASE WHEN ? = 'sending' THEN coalesce(begun_at, ?) ELSE begun_at END,
             attempts = attempts + (? = 'sending'),
             sent_at = CASE WHEN ? IN ('accepted', 'delivered') THEN coalesce(sent_at, ?) ELSE sent_at END,
             changed_at = ?, revision = revision + 1 WHERE id = ?`
      )
      .run(
        status,
        code,
        detail,
        more.dueAt ?? null,
        more.hold ?? '',
        more.foldedInto ?? null,
        more.providerId ?? null,
        more.receiptBy ?? null,
        status,
        now,
        status,
        status,
        now,
        now,
        id
      )
    // An ended demonstration takes its rows away while a message is on its way.
    if (done.changes === 0) return
    this.#writeHistory(id, status, code, detail)
    this.#noteChange(id)
    if (status === 'failed' || status === 'cancelled') this.#tellFolded(id, status)
  }

  /** A digest that reaches its recipient by no channel any more told nothing: what it carried was not told either. */
  #tellFolded(id: number, status: NotificationStatus) {
    const carried = this.#control.all<{ id: number }>(
      `SELECT f.id FROM notifications d JOIN notifications f ON f.folded_into = d.id AND f.code = 'digest.folded'
         WHERE d.announcement_id = (SELECT announcement_id FROM notifications WHERE id = ?)
           AND NOT EXISTS (SELECT 1 FROM notifications o WHERE o.announcement_id = d.announcement_id
             AND o.status NOT IN ('failed', 'cancelled'))`,
      id
    )
    for (const row of carried) this.move(row.id, status, { code: 'digest.failed' })
  }

  /** Messages of which the digest that should have carried them went to somebody else, or is gone, wait for themselves again. */
  unfoldLost(): void {
    const now = this.#clock.now()
    const lost = this.#control.all<{ id: number }>(
      `SELECT n.id FROM notifications n JOIN announcements a ON a.id = n.announcement_id
         LEFT JOIN notifications d ON d.id = n.folded_into LEFT JOIN announcements b ON b.id = d.announcement_id
         WHERE n.folded_into IS NOT NULL AND n.code = 'digest.folded' AND a.ended_at IS NULL AND n.expires_at > ?
           AND (d.id IS NULL OR b.origin <> a.origin OR d.recipient <> n.recipient)`,
      now
    )
    for (const { id } of lost) {
      this.#control.sql('UPDATE notifications SET folded_into = NULL WHERE id = ?').run(id)
      this.move(id, 'queued', { code: 'digest.lost', dueAt: now })
    }
  }

  /** A waiting row is looked at again later; its fate is the same, so its history is too. */
  lookAgain(id: number, dueAt: number): void {
    this.#control.sql('UPDATE notifications SET due_at = ? WHERE id = ?').run(dueAt, id)
  }

  /** Folds many rows into one message with three statements: in a storm there are thousands. */
  foldAll(ids: readonly number[], into: number): void {
    const now = this.#clock.now()
    const list = JSON.stringify(ids)
    this.#control
      .sql(
        `UPDATE notifications SET status = 'cancelled', code = 'digest.folded', detail = '', hold = '', folded_into = ?, receipt_by = NULL,
             changed_at = ?, revision = revision + 1 WHERE id IN (SELECT value FROM json_each(?))`
      )
      .run(into, now, list)
    this.#control
      .sql(
        `INSERT INTO notification_history (notification_id, seq, at, status, code, detail)
           SELECT j.value, (SELECT coalesce(max(seq), 0) + 1 FROM notification_history h WHERE h.notification_id = j.value), ?, 'cancelled',
             'digest.folded', '' FROM json_each(?) j`
      )
      .run(now, list)
    for (const id of ids) this.#noteChange(id)
  }

  /** The next channel takes over from a row; false when there is none left that has not been tried. */
  handOn(row: NotificationRecord, usable: (channel: ChannelName) => boolean): boolean {
    const next = JSON.parse(row.next) as Hop[]
    for (const [index, hop] of next.entries()) {
      if (!usable(hop.channel)) continue
      const id = this.add({
        announcementId: row.announcement_id,
        step: row.step,
        recipient: row.recipient,
        name: row.name,
        channel: hop.channel,
        address: hop.address,
        composedAs: hop.channel,
        next: next.slice(index + 1),
        code: 'channel.next',
        dueAt: this.#clock.now()
      })
      // Already told by that channel in this step: it is in other hands.
      if (id !== undefined) return true
    }
    return false
  }
}
