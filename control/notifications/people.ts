import type { PersonContactRow, PersonContacts } from '#core/api/notifications.ts'
import type { ChannelName } from '#core/notification.ts'
import type { Control } from '#control/database/control.ts'
import { addressKinds, checkChannels, personalChannels } from './channel-lists.ts'
import { mailbox } from './channels/addresses.ts'

/** An account with how it is reached, as the tables keep it. */
export type PersonRecord = {
  id: string
  name: string
  role: string
  email: string
  /** JSON: preferred order; null when none was set. */
  channels: string | null
  /** JSON: address by kind. */
  addresses: string
}
/** Reads `PersonRecord`s; joins and a condition on `u` (users) follow. */
export const PERSON = `SELECT u.id, u.name, u.role, u.email, p.channels,
    (SELECT json_group_object(c.address_kind, c.address) FROM user_contacts c WHERE c.user_id = u.id) AS addresses
  FROM users u LEFT JOIN preferred_channels p ON p.user_id = u.id`

/** Addresses by kind; an account's own mail address stands in for one that was not written down. */
export const addressesByKind = (row: PersonRecord): Record<string, string> => ({
  ...(row.email === '' ? {} : { [mailbox.name]: row.email }),
  ...(JSON.parse(row.addresses) as Record<string, string>)
})

export const preferredOf = (row: Pick<PersonRecord, 'channels'>) => JSON.parse(row.channels ?? '[]') as ChannelName[]

/** Every kind has its field, empty or not: the form shows them all. */
function rowOf(record: PersonRecord): PersonContactRow {
  const known = addressesByKind(record)
  return {
    user: { id: record.id, name: record.name },
    role: record.role,
    contact: {
      addresses: Object.fromEntries(addressKinds.map(({ name }) => [name, known[name] ?? ''])),
      channels: preferredOf(record)
    }
  }
}

/** Addresses by kind; absent or '' for none. */
type ContactChange = { addresses: Readonly<Record<string, string | undefined>>; channels: readonly ChannelName[] }

/** How people with an account are reached. */
export function createPeople(control: Control) {
  return {
    /** Everybody who may sign in, with the kinds of addresses and the channels there are. */
    list(): PersonContacts {
      const records = control.all<PersonRecord>(`${PERSON} WHERE u.enabled = 1 ORDER BY u.name LIMIT 2000`)
      return {
        kinds: addressKinds.map(({ name, label, input, maxLength }) => ({ name, label, input, maxLength })),
        channels: personalChannels.map(({ name, label }) => ({ name, label })),
        people: records.map(rowOf)
      }
    },
    get(userId: string): PersonContactRow | undefined {
      const record = control.get<PersonRecord>(`${PERSON} WHERE u.id = ?`, userId)
      return record === undefined ? undefined : rowOf(record)
    },
    /**
     * Replaces all addresses of a person; empty ones are none. A changed address is a new chance: what a provider said of the
     * old one does not count for it. Throws 400 `channel.not_found` for a preferred channel that does not exist.
     */
    set(userId: string, { addresses, channels }: ContactChange): void {
      checkChannels(channels)
      control.transaction(() => {
        control.sql('DELETE FROM user_contacts WHERE user_id = ?').run(userId)
        for (const { name } of addressKinds)
          if ((addresses[name] ?? '') !== '')
            control
              .sql('INSERT INTO user_contacts (user_id, address_kind, address) VALUES (?, ?, ?)')
              .run(userId, name, addresses[name]!)
        control
          .sql('INSERT OR REPLACE INTO preferred_channels (user_id, channels) VALUES (?, ?)')
          .run(userId, JSON.stringify(channels))
      })
    }
  }
}
