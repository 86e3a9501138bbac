import type { Clock } from '#core/clock.ts'
import { stableHash } from '#core/ids.ts'
import type { Bilingual } from '#core/match.ts'
import type { Control } from '#control/database/control.ts'
import { ROW, type Hop, type NotificationRecord, type Outbox } from './outbox.ts'
import { WINDOW_MS } from './storm.ts'
import { words } from './words.ts'

/** Lines of a digest; the rest is a number. */
const DIGEST_LINES = 12
/** Codes in a digest's title. */
const TITLE_CODES = 4

/** Folds messages that wait for one recipient into one. */
export class Digests {
  readonly #control: Control
  readonly #clock: Clock
  readonly #outbox: Outbox

  constructor(control: Control, clock: Clock, outbox: Outbox) {
    this.#control = control
    this.#clock = clock
    this.#outbox = outbox
  }

  /**
   * Folds everything that waits for this row's recipient into one message. Undefined when the row is alone and goes out
   * as it is; else the id of the digest's notification.
   */
  fold(row: NotificationRecord): number | undefined {
    const held = this.#control.all<NotificationRecord>(
      `${ROW} WHERE n.recipient = ? AND n.hold <> '' AND n.status = 'deferred' AND n.due_at <= ? ORDER BY a.priority, a.id, n.id`,
      row.recipient,
      this.#clock.now() + (row.hold === 'storm' ? WINDOW_MS : 0)
    )
    // Held by several channels an announcement is one line.
    const lines = held.filter(({ announcement_id: id }, index) => held[index - 1]?.announcement_id !== id)
    if (lines.length < 2) return undefined
    const first = lines[0]!
    const id = this.#outbox.add({
      announcementId: this.#announce(lines),
      step: 0,
      recipient: first.recipient,
      name: first.name,
      channel: first.channel,
      address: first.address,
      composedAs: first.composed_as,
      next: JSON.parse(first.next) as Hop[],
      dueAt: this.#clock.now()
    })!
    this.#outbox.foldAll(
      held.map((row) => row.id),
      id
    )
    return id
  }

  /** Writes the announcement that stands for all of these; returns its id. */
  #announce(lines: readonly NotificationRecord[]): number {
    const first = lines[0]!
    const now = this.#clock.now()
    const key = `digest:${stableHash([first.recipient, String(now), String(first.id)])}`
    const codes = lines.slice(0, TITLE_CODES).map((line) => line.subject_code)
    const title = words.digestTitle(lines.length, `${codes.join(', ')}${lines.length > TITLE_CODES ? ', …' : ''}`)
    const made = this.#control
      .sql(
        `INSERT INTO announcements (key, at, topic, priority, origin, subject, unit, code, title, body, link, audience)
         VALUES (?, ?, 'digest', ?, ?, ?, '', '', ?, ?, '/incidents', '[]')`
      )
      .run(
        key,
        now,
        Math.min(...lines.map(({ priority }) => priority)),
        first.origin,
        key,
        JSON.stringify(title),
        JSON.stringify({ vi: bodyOf(lines, 'vi'), en: bodyOf(lines, 'en') })
      )
    return Number(made.lastInsertRowid)
  }
}

function bodyOf(lines: readonly NotificationRecord[], language: keyof Bilingual): string {
  const rest = lines.length - DIGEST_LINES
  const shown = lines.slice(0, DIGEST_LINES).map((line) => {
    const title = (JSON.parse(line.title) as Bilingual)[language]
    return `- P${line.priority} ${line.subject_code}: ${title.slice(0, 160)}`
  })
  return [...shown, ...(rest > 0 ? [words.digestRest(rest)[language]] : [])].join('\n')
}
