import type { UserRow } from '#core/api/people.ts'
import type { LinkKind, Links } from './links.ts'
import type { Notifier } from '#core/notification.ts'
import { linkMessages } from './words.ts'

/** Makes a link for an account and sends it to its address when it has one. Inside the transaction of the act. */
export function makeLink(
  context: { links: Links; notifications: Notifier },
  user: UserRow,
  kind: LinkKind,
  by: string
): { path: string; expiresAt: number; sent: boolean } {
  const { token, expiresAt } = context.links.create(user.id, kind, by)
  const path = `/welcome/${token}`
  const sent = user.email !== ''
  if (sent) {
    // The key tells the outbox one link from the next and gives nothing of its secret away.
    const subject = `account:${user.id}:${expiresAt}`
    context.notifications.announce({
      key: subject,
      topic: 'account',
      priority: 3,
      origin: 'real',
      subject,
      unit: '',
      to: [{ kind: 'address', channel: 'email', address: user.email, name: user.name }],
      ...linkMessages[kind],
      code: '',
      link: path,
      escalates: false
    })
  }
  return { path, expiresAt, sent }
}
