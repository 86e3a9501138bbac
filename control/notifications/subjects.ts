import type { Clock } from '#core/clock.ts'
import type { Ending } from '#core/notification.ts'
import type { Origin } from '#core/origin.ts'
import type { Control } from '#control/database/control.ts'
import type { Outbox } from './outbox.ts'

/** What happens to all notifications of a subject at once: it is taken up, it is over, its origin ends. */
export class Subjects {
  readonly #control: Control
  readonly #clock: Clock
  readonly #outbox: Outbox

  constructor(control: Control, clock: Clock, outbox: Outbox) {
    this.#control = control
    this.#clock = clock
    this.#outbox = outbox
  }

  /**
   * Stops whatever of a subject has not gone out, of announcements with an id below `before`, and says why. Returns how many
   * messages and escalations were stopped.
   */
  stop(subject: string, before: number, as: Ending): number {
    const waiting = this.#control.all<IdRow>(
      `SELECT n.id FROM notifications n JOIN announcements a ON a.id = n.announcement_id
         WHERE a.subject = ? AND a.id < ? AND n.status IN ('queued', 'deferred')`,
      subject,
      before
    )
    for (const { id } of waiting) this.#outbox.move(id, 'cancelled', { code: as })
    this.#control
      .sql(
        `UPDATE notifications SET receipt_by = NULL WHERE receipt_by IS NOT NULL
           AND announcement_id IN (SELECT id FROM announcements WHERE subject = ? AND id < ?)`
      )
      .run(subject, before)
    const escalations = this.#control
      .sql('DELETE FROM escalations WHERE subject = ? AND announcement_id < ?')
      .run(subject, before)
    this.#control
      .sql('UPDATE announcements SET ended_at = ?, ended_code = ? WHERE subject = ? AND id < ? AND ended_at IS NULL')
      .run(this.#clock.now(), as, subject, before)
    return waiting.length + Number(escalations.changes)
  }

  /** Somebody took it up: what reached that person counts as answered, nothing else goes out. Returns how many were stopped. */
  acknowledge(subject: string, by: string): number {
    return this.#control.transaction(() => {
      const answered = this.#control.all<IdRow>(
        `SELECT n.id FROM notifications n JOIN announcements a ON a.id = n.announcement_id
           WHERE a.subject = ? AND n.status IN ('accepted', 'delivered', 'read') AND (n.recipient = ? OR n.name = ?)`,
        subject,
        `user:${by}`,
        by
      )
      for (const { id } of answered) this.#outbox.move(id, 'answered', { code: 'acknowledged' })
      this.#control
        .sql(
          'UPDATE announcements SET acknowledged_at = ?, acknowledged_by = ? WHERE subject = ? AND acknowledged_at IS NULL'
        )
        .run(this.#clock.now(), by.slice(0, 200), subject)
      return this.stop(subject, Number.MAX_SAFE_INTEGER, 'acknowledged')
    })
  }

  /** The end of a demonstration: its announcements go, and their notifications with them. */
  forget(origin: Origin): void {
    this.#control.sql('DELETE FROM announcements WHERE origin = ?').run(origin)
  }
}

type IdRow = { id: number }
