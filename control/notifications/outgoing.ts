import type { Bilingual } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import type { Control } from '#control/database/control.ts'
import { channelOf } from './channel-lists.ts'
import { composeText, titleLine, type Message } from './compose.ts'
import type { OutgoingMessage } from './driver.ts'
import type { NotificationRecord } from './outbox.ts'
import { isToUnit, type Sender } from './sender.ts'
import type { SecretLinks } from './secret-links.ts'

/** What a row says, for composing it; `link` opened. */
export const messageOf = (row: NotificationRecord, link: string, sender: Sender): Message => ({
  sms: row.sms,
  call: isToUnit(row) ? sender.hotline : '',
  topic: row.topic,
  priority: row.priority,
  code: row.subject_code,
  title: JSON.parse(row.title) as Bilingual,
  body: JSON.parse(row.body) as Bilingual,
  link,
  at: row.announced_at
})

/** The full address of a path on the console; '' when there is none or the console has no public address. */
export const linkOf = (publicUrl: string, path: string) =>
  path === '' || publicUrl === '' ? '' : `${publicUrl.replace(/\/$/, '')}${path}`

/** A row as its driver gets it. Files go with mails only; the others have the link. */
export function outgoing(
  row: NotificationRecord,
  parts: { control: Control; links: SecretLinks; sender(origin: Origin): Sender }
): OutgoingMessage {
  const path = parts.links.open(row)
  const sender = parts.sender(row.origin)
  const message = messageOf(row, path, sender)
  const link = linkOf(sender.publicUrl, path)
  const attachments =
    channelOf(row.channel)?.text === 'mail'
      ? parts.control.all<OutgoingMessage['attachments'][number]>(
          'SELECT name, type, bytes FROM announcement_files WHERE announcement_id = ? ORDER BY place',
          row.announcement_id
        )
      : []
  return {
    id: row.message_id,
    address: row.address,
    name: row.name,
    priority: row.priority,
    topic: row.topic,
    code: row.subject_code,
    subject: row.subject,
    title: titleLine(message),
    text: composeText(row.composed_as, message, link),
    link,
    at: row.announced_at,
    attachments
  }
}
