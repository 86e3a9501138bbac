import type { Audience, Channel } from '#core/notification.ts'
import { stableHash } from '#core/ids.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import type { Roster } from './roster.ts'

/** Somebody who can be told: by which channels, and in which order they want it. */
export type Recipient = {
  key: string
  name: string
  addresses: Partial<Record<Channel, string>>
  /** Empty: as the way of telling says. */
  preferred: Channel[]
}

/** Who one announcement may reach; more is a mistake of its maker. */
export const MAX_RECIPIENTS = 200

type UserRow = {
  id: string
  name: string
  phone: string | null
  email: string | null
  zalo_user: string | null
  zalo_chat: string | null
  telegram_chat: string | null
  channels: string | null
}
const SELECT = `SELECT u.id, u.name, c.phone, coalesce(nullif(c.email, ''), u.email) AS email, c.zalo_user, c.zalo_chat, c.telegram_chat, c.channels
  FROM users u LEFT JOIN user_contacts c ON c.user_id = u.id`

/** `0912 345 678`, `+84 912…` → `84912…`, as the gateways want it; undefined for what is no Vietnamese number. */
export function plainPhone(text: string): string | undefined {
  const digits = text.replace(/[\s().-]/g, '')
  const national = /^(?:\+?84|0)(\d{9,10})$/.exec(digits)?.[1]
  return national === undefined ? undefined : `84${national}`
}

const mail = (text: string) => (/^[^\s@<>",;]{1,64}@[^\s@<>",;]{1,190}$/.test(text) ? text : undefined)

function reachedBy(row: Partial<Omit<UserRow, 'id' | 'name'>>): Recipient['addresses'] {
  const phone = plainPhone(row.phone ?? '')
  const email = mail((row.email ?? '').trim())
  return {
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { sms: phone, zalo_zns: phone }),
    ...(row.zalo_user ? { zalo_oa: row.zalo_user } : {}),
    ...(row.zalo_chat ? { zalo_bot: row.zalo_chat } : {}),
    ...(row.telegram_chat ? { telegram: row.telegram_chat } : {})
  }
}

/** Turns an audience into people, in the order in which they are told. */
export function createDirectory(parts: { control: Control; inventory: Inventory; roster: Roster }) {
  const { control, inventory, roster } = parts
  const ofUser = (row: UserRow): Recipient => ({
    key: `user:${row.id}`,
    name: row.name,
    addresses: reachedBy(row),
    preferred: JSON.parse(row.channels ?? '[]') as Channel[]
  })
  const user = (id: string): Recipient[] => {
    const row = control.sql(`${SELECT} WHERE u.id = ? AND u.enabled = 1`).get(id) as UserRow | undefined
    return row === undefined ? [] : [ofUser(row)]
  }
  const role = (...roles: string[]): Recipient[] =>
    roles.flatMap((name) =>
      (
        control
          .sql(`${SELECT} WHERE u.role = ? AND u.enabled = 1 ORDER BY u.created_at, u.id LIMIT ${MAX_RECIPIENTS}`)
          .all(name) as UserRow[]
      ).map(ofUser)
    )

  function unit(code: string, only?: string): Recipient[] {
    const all = control
      .sql('SELECT id, name, phone, email, channels FROM contacts WHERE unit = ? ORDER BY rowid LIMIT 50')
      .all(code) as { id: string; name: string; phone: string; email: string; channels: string }[]
    // The one contact that is meant, while the unit still has it; else everybody: a request must reach somebody.
    const named = all.filter(({ id }) => id === only)
    const contacts = named.length > 0 ? named : all
    const people = contacts.map((contact) => ({
      // A unit's contacts are replaced whole, so their ids do not last; the way to reach them does.
      key: `contact:${stableHash([code, contact.name, contact.phone, contact.email], 16)}`,
      name: contact.name,
      addresses: reachedBy(contact),
      preferred: JSON.parse(contact.channels) as Channel[]
    }))
    if (people.length > 0) return people
    // Nobody is written down: the accounts that stand for the unit.
    return (
      control
        .sql(`${SELECT} JOIN json_each(u.units) j ON j.value = ? WHERE u.role = 'owner' AND u.enabled = 1`)
        .all(code) as UserRow[]
    ).map(ofUser)
  }

  return {
    /** `head` are the leaders, whatever the audience. */
    resolve(audience: Audience, at: number): Recipient[] {
      switch (audience.kind) {
        case 'duty': {
          const onDuty = roster.onDuty(at).flatMap(user)
          // An empty roster must not mean silence: everybody of the SOC is told.
          return onDuty.length > 0 ? onDuty : role('analyst', 'admin')
        }
        case 'unit':
          return unit(audience.unit, audience.contact)
        case 'user':
          return user(audience.userId)
        case 'role':
          return role(audience.role)
        case 'address': {
          const address = mail(audience.address.trim())
          const key = `address:${audience.address.trim().toLowerCase().slice(0, 200)}`
          return [
            { key, name: audience.name, addresses: address === undefined ? {} : { email: address }, preferred: [] }
          ]
        }
      }
    },
    head: () => role('leader'),
    /** Everybody who works in the SOC, analysts first. */
    soc: () => role('analyst', 'admin'),
    /** What an audience is called where nobody stands behind it. */
    nameOf(audience: Audience): string {
      if (audience.kind === 'unit') return `Đầu mối ${inventory.label(audience.unit).name}`
      if (audience.kind === 'duty') return 'Trực ban SOC'
      if (audience.kind === 'role') return audience.role === 'leader' ? 'Lãnh đạo' : 'Quản trị'
      return audience.kind === 'address' ? audience.name : '?'
    }
  }
}

export type Directory = ReturnType<typeof createDirectory>
