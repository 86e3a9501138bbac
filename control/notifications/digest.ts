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
   * Folds what waits for this row's recipient into digests, one origin and one channel each. False when the row is in none of
   * them and goes out as it is. What a digest says already is not said again by another channel.
   */
  fold(row: NotificationRecord): boolean {
    let held = this.#control.all<NotificationRecord>(
      `${ROW} WHERE n.recipient = ? AND a.origin = ? AND n.hold <> '' AND n.status = 'deferred' AND n.due_at <= ?
         ORDER BY a.priority, a.id, n.id`,
      row.recipient,
      row.origin,
      this.#clock.now() + (row.hold === 'storm' ? WINDOW_MS : 0)
    )
    while (held.some(({ id }) => id === row.id)) {
      const lines = fullest(held)
      if (lines.length < 2) return false
      const told = new Set(lines.map((line) => line.announcement_id))
      const same = held.filter((other) => told.has(other.announcement_id) && !lines.includes(other))
      this.#foldInto(lines, same)
      held = held.filter((other) => !told.has(other.announcement_id))
    }
    return true
  }

  #foldInto(lines: readonly NotificationRecord[], same: readonly NotificationRecord[]) {
    const first = lines[0]!
    const id = this.#outbox.add({
      announcementId: this.#announce(lines),
      step: 0,
      recipient: first.recipient,
      name: first.name,
      channel: first.channel,
      address: first.address,
      composedAs: first.composed_as,
      next: nextOf(lines, same),
      dueAt: this.#clock.now()
    })!
    this.#outbox.foldAll(
      lines.map((line) => line.id),
      id
    )
    for (const other of same) this.#outbox.move(other.id, 'cancelled', { code: 'storm.already_told' })
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

/** Of the ways on which messages wait, the one that tells most; the most urgent row's own among equals. */
function fullest(held: readonly NotificationRecord[]): NotificationRecord[] {
  const ways = new Map<string, NotificationRecord[]>()
  for (const row of held) {
    const way = `${row.channel} ${row.composed_as} ${row.address}`
    const rows = ways.get(way) ?? []
    ways.set(way, rows)
    // One announcement by the same way in two steps is one line.
    if (!rows.some(({ announcement_id: id }) => id === row.announcement_id)) rows.push(row)
  }
  return [...ways.values()].reduce((best, rows) => (rows.length > best.length ? rows : best), [])
}

/** Every other channel that would have carried one of these: a digest that fails tries them all. */
function nextOf(lines: readonly NotificationRecord[], same: readonly NotificationRecord[]): Hop[] {
  const hops = [
    ...lines.flatMap(({ next }) => JSON.parse(next) as Hop[]),
    ...same.filter(({ channel }) => channel !== 'local').map(({ channel, address }) => ({ channel, address }))
  ]
  return hops.filter(
    ({ channel, address }, at) =>
      channel !== lines[0]!.channel &&
      hops.findIndex((other) => other.channel === channel && other.address === address) === at
  )
}

function bodyOf(lines: readonly NotificationRecord[], language: keyof Bilingual): string {
  const rest = lines.length - DIGEST_LINES
  const shown = lines.slice(0, DIGEST_LINES).map((line) => {
    const title = (JSON.parse(line.title) as Bilingual)[language]
    return `- P${line.priority} ${line.subject_code}: ${title.slice(0, 160)}`
  })
  return [...shown, ...(rest > 0 ? [words.digestRest(rest)[language]] : [])].join('\n')
}
