import type { NotificationDetail, NotificationList, NotificationRow, OutboxList } from '#core/api/notifications.ts'
import { notificationStatuses, type ChannelName, type NotificationStatus } from '#core/notification.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import { channelOf } from './channel-lists.ts'
import { composeText, titleLine } from './compose.ts'
import { ROW, type Hop, type NotificationRecord } from './outbox.ts'
import { linkOf, messageOf } from './outgoing.ts'
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

/** What the screens read of the outbox. Rows come unmasked; the serialiser masks. */
export function createViews(parts: { control: Control; inventory: Inventory; publicUrl: string; links: SecretLinks }) {
  const { control, inventory } = parts

  const view = (row: NotificationRecord): NotificationRow => ({
    id: row.id,
    revision: row.revision,
    status: row.status,
    code: row.code,
    channel: row.channel,
    composedAs: row.composed_as,
    recipient: row.name,
    address: row.address,
    topic: row.topic,
    priority: row.priority,
    origin: row.origin,
    subject: row.subject,
    subjectCode: row.subject_code,
    unit: row.unit === '' ? null : inventory.label(row.unit),
    title: JSON.parse(row.title) as NotificationRow['title'],
    step: row.step,
    attempts: row.attempts,
    queuedAt: row.queued_at,
    sentAt: row.sent_at,
    changedAt: row.changed_at,
    dueAt: row.status === 'queued' || row.status === 'deferred' ? row.due_at : null,
    foldedInto: row.folded_into
  })
  const get = (id: number) => control.sql(`${ROW} WHERE n.id = ?`).get(id) as NotificationRecord | undefined
  const visible = (row: NotificationRecord, scope: Scope) =>
    scope === undefined || (row.unit !== '' && inScope(scope, row.unit))

  /** One page, newest first; the unit scope stands in the query, so that pages are full. */
  function page(filter: NotificationFilter, only: string): { rows: NotificationRecord[]; cursor: string | null } {
    const { scope, status = '', channel = '', subject = '', limit } = filter
    const before = Number(filter.cursor ?? '') || Number.MAX_SAFE_INTEGER
    const units = scope === undefined ? '' : JSON.stringify([...scope])
    const rows = control
      .sql(
        `${ROW} WHERE n.id < ? AND (? = '' OR n.status = ?) AND (? = '' OR n.channel = ?)
           AND (? = '' OR a.subject = ? OR a.code = ?) AND (? = '' OR a.unit IN (SELECT value FROM json_each(?)))
           ${only} ORDER BY n.id DESC LIMIT ?`
      )
      .all(
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
      ) as NotificationRecord[]
    return { rows, cursor: rows.length < limit ? null : String(rows.at(-1)!.id) }
  }

  /** As its recipient sees it. The link of a real message may be a person's own key: it is not shown to others. */
  function shown(row: NotificationRecord) {
    const path = parts.links.open(row)
    const message = messageOf(row, path)
    const real = row.origin === 'real'
    const link = path === '' ? '' : real ? '[…]' : linkOf(parts.publicUrl, path) || path
    return {
      heading: channelOf(row.composed_as)?.text === 'mail' ? titleLine(message) : '',
      text: composeText(row.composed_as, message, link),
      link: real ? '' : path
    }
  }

  return {
    row: (id: number): NotificationRow | undefined => {
      const row = get(id)
      return row === undefined ? undefined : view(row)
    },
    rows: (ids: readonly number[]): NotificationRow[] =>
      ids.flatMap((id) => {
        const row = get(id)
        return row === undefined ? [] : [view(row)]
      }),
    unitOf: (id: number): string | undefined => get(id)?.unit,
    list(filter: NotificationFilter): NotificationList {
      const { rows, cursor } = page(filter, '')
      const counts = Object.fromEntries(notificationStatuses.map((status) => [status, 0]))
      // Of the whole outbox; whoever sees some units only gets no totals of others.
      if (filter.scope === undefined)
        for (const { status, n } of control
          .sql('SELECT status, count(*) AS n FROM notifications GROUP BY status')
          .all() as StatusCountRow[])
          counts[status] = n
      return { items: rows.map(view), cursor, counts }
    },
    detail(id: number, scope: Scope): NotificationDetail | undefined {
      const row = get(id)
      if (row === undefined || !visible(row, scope)) return undefined
      const history = control
        .sql(
          'SELECT at, status, code, detail FROM notification_history WHERE notification_id = ? ORDER BY seq LIMIT 200'
        )
        .all(id) as NotificationDetail['history']
      const siblings = control
        .sql(`${ROW} WHERE n.announcement_id = ? AND n.id <> ? ORDER BY n.id LIMIT 50`)
        .all(row.announcement_id, id) as NotificationRecord[]
      const files = control
        .sql('SELECT name, length(bytes) AS bytes FROM announcement_files WHERE announcement_id = ? ORDER BY place')
        .all(row.announcement_id) as FileRow[]
      return {
        notification: view(row),
        ...shown(row),
        detail: row.detail,
        messageId: row.message_id,
        next: (JSON.parse(row.next) as Hop[]).map(({ channel }) => channel),
        attachments: files.map((file) => ({ ...file })),
        history: history.map((entry) => ({ ...entry })),
        siblings: siblings.map(view)
      }
    },
    /** The demonstration's messages that have gone out, newest first. */
    outbox(filter: Pick<NotificationFilter, 'scope' | 'cursor' | 'limit'>): OutboxList {
      const { rows, cursor } = page({ ...filter, channel: 'local', status: 'delivered' }, '')
      return { items: rows.map((row) => ({ notification: view(row), ...shown(row) })), cursor }
    }
  }
}

export type Views = ReturnType<typeof createViews>
