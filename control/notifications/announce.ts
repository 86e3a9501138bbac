import type { Clock } from '#core/clock.ts'
import { SocError } from '#core/errors.ts'
import type { Bilingual } from '#core/match.ts'
import type { Announcement, ChannelName, Priority } from '#core/notification.ts'
import { MINUTE_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import { channels } from './channels/index.ts'
import type { Announced, Notify } from './notify.ts'
import type { Outbox } from './outbox.ts'
import { isPersonal, type Policies } from './policy.ts'
import type { Reach } from './reach.ts'
import { MAX_RECIPIENTS } from './recipients.ts'
import type { SecretLinks } from './secret-links.ts'
import type { Subjects } from './subjects.ts'

/** Titles are a line, bodies a few sentences; attachments must pass a mail relay. Larger is a mistake of the caller. */
const MAX_TITLE = 500
const MAX_BODY = 8_000
const MAX_FILES_BYTES = 15 * 1024 * 1024

const cut = (text: Bilingual, max: number) => JSON.stringify({ vi: text.vi.slice(0, max), en: text.en.slice(0, max) })

/** Programs are told of everything themselves; only people are told of an end because they know the beginning. */
const machines = JSON.stringify(channels.filter(({ machine }) => machine).map(({ name }) => name))

type AnnounceParts = {
  control: Control
  clock: Clock
  outbox: Outbox
  policies: Policies
  links: SecretLinks
  reach: Reach
  notify: Notify
  subjects: Subjects
  /** Address of each channel's group, '' for none. */
  groupAddresses: ReadonlyMap<ChannelName, string>
}

/** Writes announcements: the announcement itself, its first notifications, and the escalation that may follow. */
export class Announcing {
  readonly #parts: AnnounceParts

  constructor(parts: AnnounceParts) {
    this.#parts = parts
  }

  /**
   * Writes an announcement and its first rows; false when the key was announced before. Joins the caller's transaction.
   * Throws 413 `notification.too_large` when the attachments pass no mail relay.
   */
  announce(announcement: Announcement): boolean {
    const { control, notify, policies, subjects } = this.#parts
    const { priority, origin, topic, subject, to } = announcement
    const files = announcement.attachments ?? []
    if (files.reduce((sum, { bytes }) => sum + bytes.length, 0) > MAX_FILES_BYTES)
      throw new SocError('notification.too_large', 'attachments of a message are too large', { status: 413 })
    return control.transaction(() => {
      const id = this.#insert(announcement)
      if (id === undefined) return false
      this.#attach(id, files)
      const announced: Announced = { id, origin, priority, topic, to }
      if (announcement.resolves !== undefined) {
        const ended = announcement.resolves.subject ?? subject
        subjects.stop(ended, id, announcement.resolves.as)
        this.#tellThoseWhoKnow(announced, ended)
      }
      const policy = policies.get(priority as Priority)
      notify.step(announced, 0, policy.steps[0]!, !announcement.escalates, isPersonal(announcement))
      this.#tellGroups(announcement, announced)
      const second = policy.steps[1] ?? (policy.repeats > 0 ? { afterMin: policy.repeatEveryMin } : undefined)
      if (announcement.escalates && second !== undefined) this.#escalateLater(id, subject, second.afterMin)
      return true
    })
  }

  #insert({ key, topic, priority, origin, subject, unit, to, title, body, code, link, sms = '' }: Announcement) {
    const { control, clock, links } = this.#parts
    const made = control
      .sql(
        `INSERT OR IGNORE INTO announcements (key, at, topic, priority, origin, subject, unit, code, title, body, link, audience, sms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
      )
      .run(
        key,
        clock.now(),
        topic,
        priority,
        origin,
        subject,
        unit,
        code.slice(0, 40),
        cut(title, MAX_TITLE),
        cut(body, MAX_BODY),
        links.seal(link.slice(0, 500), key),
        JSON.stringify(to),
        sms.slice(0, MAX_TITLE)
      )
    return made.changes === 0 ? undefined : Number(made.lastInsertRowid)
  }

  #attach(id: number, files: NonNullable<Announcement['attachments']>) {
    files.forEach(({ name, type, bytes }, place) =>
      this.#parts.control
        .sql('INSERT INTO announcement_files (announcement_id, place, name, type, bytes) VALUES (?, ?, ?, ?, ?)')
        .run(id, place, name.slice(0, 200), type.slice(0, 100), bytes)
    )
  }

  #escalateLater(id: number, subject: string, afterMin: number) {
    const now = this.#parts.clock.now()
    this.#parts.control
      .sql(
        'INSERT INTO escalations (announcement_id, subject, began_at, step, repeats, due_at) VALUES (?, ?, ?, 1, 0, ?)'
      )
      .run(id, subject, now, now + afterMin * MINUTE_MS)
  }

  /** The platform's own receiver and the chats of the people on duty. */
  #tellGroups(announcement: Announcement, announced: Announced) {
    if (announced.origin !== 'real') return
    for (const { name: channel, group } of channels) {
      const address = this.#parts.groupAddresses.get(channel) ?? ''
      if (group === undefined || address === '' || !this.#parts.reach.isConfigured(channel)) continue
      // What a channel fails at is not told through it.
      if (announcement.subject === `channel:${channel}` || !group.hears(announcement)) continue
      this.#add(announced, { recipient: group.recipient, name: group.name, channel, address, composedAs: channel })
    }
  }

  /** Whoever was told of the subject before is told its end too, by the way it reached them. */
  #tellThoseWhoKnow(announced: Announced, subject: string) {
    const known = this.#parts.control.all<KnowingRow>(
      `SELECT DISTINCT n.recipient, n.name, n.channel, n.address, n.composed_as AS composedAs
         FROM notifications n JOIN announcements a ON a.id = n.announcement_id
         WHERE a.subject = ? AND a.id < ? AND a.origin = ? AND n.channel NOT IN (SELECT value FROM json_each(?))
           AND (n.status IN ('accepted', 'delivered', 'read', 'answered', 'sending') OR (n.folded_into IS NOT NULL AND n.status <> 'failed'))
         ORDER BY n.id LIMIT ${MAX_RECIPIENTS}`,
      subject,
      announced.id,
      announced.origin,
      machines
    )
    for (const row of known) this.#add(announced, row)
  }

  #add(announced: Announced, { recipient, name, channel, address, composedAs }: KnowingRow) {
    const { outbox, clock } = this.#parts
    outbox.add({
      announcementId: announced.id,
      step: 0,
      recipient,
      name,
      channel,
      address,
      composedAs,
      next: [],
      dueAt: clock.now()
    })
  }
}

type KnowingRow = { recipient: string; name: string; channel: ChannelName; address: string; composedAs: ChannelName }
