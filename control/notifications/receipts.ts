import type { ChannelName, NotificationStatus } from '#core/notification.ts'
import type { Control } from '#control/database/control.ts'
import type { Receipt } from './driver.ts'
import { ROW, type NotificationRecord, type Outbox } from './outbox.ts'

/** The ladder goes up only: a late or repeated receipt changes nothing. */
const rung: Partial<Record<NotificationStatus, number>> = {
  sending: 1,
  accepted: 2,
  delivered: 3,
  read: 4,
  answered: 5
}

/**
 * Takes what providers say of messages later. `usable` says which channels may take over; `replied` is told of an answer by
 * a person, with the subjects whose code stands in it.
 */
export function createReceipts(parts: {
  control: Control
  outbox: Outbox
  usable(channel: ChannelName): boolean
  replied(subject: string, by: string, row: NotificationRecord): void
}) {
  const { control, outbox } = parts

  function find(channel: ChannelName, receipt: Extract<Receipt, { kind: 'status' }>): NotificationRecord | undefined {
    if (receipt.messageId !== undefined) {
      const row = control.get<NotificationRecord>(`${ROW} WHERE n.message_id = ?`, receipt.messageId.slice(0, 100))
      if (row?.channel === channel) return row
    }
    if (receipt.providerId === undefined || receipt.providerId === '') return undefined
    return control.get<NotificationRecord>(
      `${ROW} WHERE n.channel = ? AND n.provider_id = ?`,
      channel,
      receipt.providerId.slice(0, 100)
    )
  }

  function status(channel: ChannelName, receipt: Extract<Receipt, { kind: 'status' }>): boolean {
    const row = find(channel, receipt)
    if (row === undefined) return false
    const standing = rung[row.status]
    if (standing === undefined) return false
    if (receipt.status === 'failed') {
      // What has arrived cannot fail any more.
      if (standing >= 3) return false
      if (row.ended_at === null) outbox.handOn(row, parts.usable)
      outbox.move(row.id, 'failed', { code: receipt.code })
      return true
    }
    if (rung[receipt.status]! <= standing) return false
    outbox.move(row.id, receipt.status, { code: receipt.code })
    return true
  }

  /** "OK VL-0231" from somebody who was told of it acknowledges it; without a code, the last thing he was told. */
  function reply(channel: ChannelName, receipt: Extract<Receipt, { kind: 'reply' }>): boolean {
    const text = receipt.text.slice(0, 500).toUpperCase()
    if (!/\b(OK|NHAN|NHẬN|ĐÃ NHẬN|DA NHAN|ACK)\b/u.test(text) && !/(?:^|\s)(?:ĐÃ )?NHẬN(?:\s|$)/u.test(text))
      return false
    const rows = control.all<NotificationRecord>(
      `${ROW} WHERE n.channel = ? AND n.address = ? AND n.status IN ('accepted', 'delivered', 'read') AND a.topic <> 'digest' AND a.code <> ''
         ORDER BY n.id DESC LIMIT 50`,
      channel,
      receipt.address.slice(0, 100)
    )
    const row = rows.find(({ subject_code: code }) => code !== '' && text.includes(code.toUpperCase())) ?? rows[0]
    if (row === undefined) return false
    outbox.move(row.id, 'answered', { code: 'reply' })
    parts.replied(row.subject, row.name, row)
    return true
  }

  return {
    /** Returns how many of the receipts changed something. */
    take: (channel: ChannelName, receipts: readonly Receipt[]): number =>
      control.transaction(
        () =>
          receipts.filter((receipt) => (receipt.kind === 'status' ? status(channel, receipt) : reply(channel, receipt)))
            .length
      )
  }
}

export type Receipts = ReturnType<typeof createReceipts>
