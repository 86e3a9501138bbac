import type { UserRow } from '#core/api/people.ts'
import type { LinkKind, Links } from './links.ts'
import type { Notifier } from '#core/notification.ts'

const words = {
  invite: {
    title: { vi: 'Bạn được mời dùng Vọng Lâu', en: 'You are invited to Vọng Lâu' },
    body: {
      vi: 'Quản trị viên đã tạo tài khoản cho bạn. Mở liên kết để đặt mật khẩu; liên kết dùng một lần, trong 72 giờ.',
      en: 'An administrator made an account for you. Open the link to set your password; it works once, within 72 hours.'
    }
  },
  reset: {
    title: { vi: 'Đặt lại mật khẩu Vọng Lâu', en: 'Set a new password for Vọng Lâu' },
    body: {
      vi: 'Mở liên kết để đặt mật khẩu mới; liên kết dùng một lần, trong 72 giờ. Nếu không phải bạn yêu cầu, hãy báo quản trị viên.',
      en: 'Open the link to set a new password; it works once, within 72 hours. If you did not ask for it, tell your administrator.'
    }
  }
}

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
      ...words[kind],
      code: '',
      link: path,
      escalates: false
    })
  }
  return { path, expiresAt, sent }
}
