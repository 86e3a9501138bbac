import type { NotificationDetail, NotificationList, NotificationRow, OutboxList } from '#core/api/notifications.ts'
import { notificationStatuses, type ChannelName, type NotificationStatus } from '#core/notification.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Origin } from '#core/origin.ts'
import type { Control } from '#control/database/control.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import { channelOf } from './channel-lists.ts'
import { composeText, titleLine } from './compose.ts'
import { ROW, type Hop, type NotificationRecord } from './outbox.ts'
import { linkOf, messageOf } from './outgoing.ts'
import type { Sender } from './sender.ts'
import type { SecretLinks } from './secret-links.ts'

export type NotificationFilter = {
  scope: Scope
  status?: NotificationStatus
  channel?: ChannelName
  /** Part of the subject's start or its code: `incident:VL-0001` or `VL-0001`. */
  subject?: string
  cursor?: string
  limit: number
}

type StatusCountRow = { status: NotificationStatus; n: number }
type FileRow = { name: string; bytes: number }

type ViewParts = { control: Control; inventory: Inventory; sender(origin: Origin): Sender; links: SecretLinks }

/** What the screens read of the outbox. Rows come unmasked; the serialiser masks. */
export class Views {
  readonly #parts: ViewParts

  constructor(parts: ViewParts) {
    this.#parts = parts
  }

  row(id: number): NotificationRow | undefined {
    const record = this.#record(id)
    return record === undefined ? undefined : this.#rowOf(record)
  }

  /** Those of these that still exist. */
  rows(ids: readonly number[]): NotificationRow[] {
    return ids.flatMap((id) => this.row(id) ?? [])
  }

  list(filter: NotificationFilter): NotificationList {
    const { rows, cursor } = this.#page(filter)
    const counts = Object.fromEntries(notificationStatuses.map((status) => [status, 0]))
    // Of everything real in the outbox; whoever sees some units only gets no totals of others.
    if (filter.scope === undefined)
      for (const { status, n } of this.#parts.control.all<StatusCountRow>(
        `SELECT n.status, count(*) AS n FROM notifications n JOIN announcements a ON a.id = n.announcement_id
           WHERE a.origin = 'real' GROUP BY n.status`
      ))
        counts[status] = n
    return { items: rows.map((row) => this.#rowOf(row)), cursor, counts }
  }

  /** One message whole; undefined when there is none or its unit lies outside the scope. */
  detail(id: number, scope: Scope): NotificationDetail | undefined {
    const { control } = this.#parts
    const record = this.#record(id)
    if (record === undefined || !isVisible(record, scope)) return undefined
    const history = control.all<NotificationDetail['history'][number]>(
      'SELECT at, status, code, detail FROM notification_history WHERE notification_id = ? ORDER BY seq LIMIT 200',
      id
    )
    const siblings = control.all<NotificationRecord>(
      `${ROW} WHERE n.announcement_id = ? AND n.id <> ? ORDER BY n.id LIMIT 50`,
      record.announcement_id,
      id
    )
    const files = control.all<FileRow>(
      'SELECT name, length(bytes) AS bytes FROM announcement_files WHERE announcement_id = ? ORDER BY place',
      record.announcement_id
    )
    return {
      notification: this.#rowOf(record),
      ...this.#asRead(record),
      detail: record.detail,
      messageId: record.message_id,
      next: (JSON.parse(record.next) as Hop[]).map(({ channel }) => channel),
      attachments: files.map((file) => ({ ...file })),
      history: history.map((entry) => ({ ...entry })),
      siblings: siblings.map((sibling) => this.#rowOf(sibling))
    }
  }

  /** The demonstration's messages that have gone out, newest first. */
  outbox(filter: Pick<NotificationFilter, 'scope' | 'cursor' | 'limit'>): OutboxList {
    const { rows, cursor } = this.#page({ ...filter, channel: 'local', status: 'delivered' })
    return { items: rows.map((row) => ({ notification: this.#rowOf(row), ...this.#asRead(row) })), cursor }
  }

  #record(id: number): NotificationRecord | undefined {
    return this.#parts.control.get<NotificationRecord>(`${ROW} WHERE n.id = ?`, id)
  }

  /** One page, newest first; the unit scope stands in the query, so that pages are full. */
  #page(filter: NotificationFilter): { rows: NotificationRecord[]; cursor: string | null } {
    const { scope, status = '', channel = '', subject = '', limit } = filter
    const before = Number(filter.cursor ?? '') || Number.MAX_SAFE_INTEGER
    const units = scope === undefined ? '' : JSON.stringify([...scope])
    const rows = this.#parts.control.all<NotificationRecord>(
      `${ROW} WHERE n.id < ? AND (? = '' OR n.status = ?) AND (? = '' OR n.channel = ?)
           AND (? = '' OR a.subject = ? OR a.code = ?) AND (? = '' OR a.unit IN (SELECT value FROM json_each(?)))
           ORDER BY n.id DESC LIMIT ?`,
      before,
      status,
      status,
      channel,
      channel,
      subject,
      subject,
      subject.toUpperCase(),
      units,
      units === '' ? '[]' : units,
      limit
    )
    return { rows, cursor: rows.length < limit ? null : String(rows.at(-1)!.id) }
  }

  /** As its recipient sees it. The link of a real message may be a person's own key: it is not shown to others. */
  #asRead(record: NotificationRecord) {
    const path = this.#parts.links.open(record)
    const sender = this.#parts.sender(record.origin)
    const message = messageOf(record, path, sender)
    const isReal = record.origin === 'real'
    const link = path === '' ? '' : isReal ? '[…]' : linkOf(sender.publicUrl, path)
    return {
      heading: channelOf(record.composed_as)?.text === 'mail' ? titleLine(message) : '',
      text: composeText(record.composed_as, message, link),
      link: isReal ? '' : path
    }
  }

  #rowOf(record: NotificationRecord): NotificationRow {
    const waits = record.status === 'queued' || record.status === 'deferred'
    return {
      id: record.id,
      revision: record.revision,
      status: record.status,
      code: record.code,
      channel: record.channel,
      composedAs: record.composed_as,
      recipient: record.name,
      address: record.address,
      topic: record.topic,
      priority: record.priority,
      origin: record.origin,
      subject: record.subject,
      subjectCode: record.subject_code,
      unit: record.unit === '' ? null : this.#parts.inventory.label(record.unit),
      title: JSON.parse(record.title) as NotificationRow['title'],
      step: record.step,
      attempts: record.attempts,
      queuedAt: record.queued_at,
      sentAt: record.sent_at,
      changedAt: record.changed_at,
      dueAt: waits ? record.due_at : null,
      foldedInto: record.folded_into
    }
  }
}

const isVisible = (record: NotificationRecord, scope: Scope) =>
  scope === undefined || (record.unit !== '' && inScope(scope, record.unit))
