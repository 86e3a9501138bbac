import type { PersonContact, PersonContactRow } from '#core/api/notifications.ts'
import type { Channel } from '#core/notification.ts'
import type { Control } from '#control/database/control.ts'

type Row = {
  id: string
  name: string
  role: string
  phone: string | null
  email: string | null
  zalo_user: string | null
  zalo_chat: string | null
  telegram_chat: string | null
  channels: string | null
}
const SELECT = `SELECT u.id, u.name, u.role, c.phone, coalesce(nullif(c.email, ''), u.email) AS email, c.zalo_user, c.zalo_chat, c.telegram_chat, c.channels
  FROM users u LEFT JOIN user_contacts c ON c.user_id = u.id`

const view = (row: Row): PersonContactRow => ({
  user: { id: row.id, name: row.name },
  role: row.role,
  contact: {
    phone: row.phone ?? '',
    email: row.email ?? '',
    zaloUser: row.zalo_user ?? '',
    zaloChat: row.zalo_chat ?? '',
    telegramChat: row.telegram_chat ?? '',
    channels: JSON.parse(row.channels ?? '[]') as Channel[]
  }
})

/** How people with an account are reached. */
export function createPeople(control: Control) {
  return {
    list: (): PersonContactRow[] =>
      (control.sql(`${SELECT} WHERE u.enabled = 1 ORDER BY u.name LIMIT 2000`).all() as Row[]).map(view),
    get(userId: string): PersonContactRow | undefined {
      const row = control.sql(`${SELECT} WHERE u.id = ?`).get(userId) as Row | undefined
      return row === undefined ? undefined : view(row)
    },
    /** A changed address is a new chance: what a provider said of the old one does not count for it. */
    set(userId: string, contact: PersonContact): void {
      control
        .sql(
          `INSERT OR REPLACE INTO user_contacts (user_id, phone, email, zalo_user, zalo_chat, telegram_chat, channels)
           VALUES (?, ?, ?, ?, ?, ?, ?)`
        )
        .run(
          userId,
          contact.phone,
          contact.email,
          contact.zaloUser,
          contact.zaloChat,
          contact.telegramChat,
          JSON.stringify(contact.channels)
        )
    }
  }
}
