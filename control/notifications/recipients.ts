import type { Audience, ChannelName } from '#core/notification.ts'
import { stableHash } from '#core/ids.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'
import { addressesOf } from './channel-lists.ts'
import { mailbox, phone } from './channels/addresses.ts'
import { addressesByKind, PERSON, preferredOf, type PersonRecord } from './people.ts'
import type { Roster } from './roster.ts'
import { words } from './words.ts'

/** Somebody who can be told: by which channels, and in which order they want it. */
export type Recipient = {
  key: string
  name: string
  addresses: Partial<Record<ChannelName, string>>
  /** Empty: as the way of telling says. */
  preferred: ChannelName[]
}

/** Who one announcement may reach; more is a mistake of its maker. */
export const MAX_RECIPIENTS = 200

type ContactRow = { id: string; name: string; phone: string; email: string; channels: string }

/** Turns an audience into people, in the order in which they are told. */
export function createDirectory(parts: { control: Control; inventory: Inventory; roster: Roster }) {
  const { control, inventory, roster } = parts
  const ofUser = (row: PersonRecord): Recipient => ({
    key: `user:${row.id}`,
    name: row.name,
    addresses: addressesOf(addressesByKind(row)),
    preferred: preferredOf(row)
  })
  const user = (id: string): Recipient[] => {
    const row = control.get<PersonRecord>(`${PERSON} WHERE u.id = ? AND u.enabled = 1`, id)
    return row === undefined ? [] : [ofUser(row)]
  }
  const role = (...roles: string[]): Recipient[] =>
    roles.flatMap((name) =>
      control
        .all<PersonRecord>(
          `${PERSON} WHERE u.role = ? AND u.enabled = 1 ORDER BY u.created_at, u.id LIMIT ${MAX_RECIPIENTS}`,
          name
        )
        .map(ofUser)
    )

  function unit(code: string, only?: string): Recipient[] {
    const all = control.all<ContactRow>(
      'SELECT id, name, phone, email, channels FROM contacts WHERE unit = ? ORDER BY rowid LIMIT 50',
      code
    )
    // The one contact that is meant, while the unit still has it; else everybody: a request must reach somebody.
    const named = all.filter(({ id }) => id === only)
    const contacts = named.length > 0 ? named : all
    const people = contacts.map((contact) => ({
      // A unit's contacts are replaced whole, so their ids do not last; the way to reach them does.
      key: `contact:${stableHash([code, contact.name, contact.phone, contact.email], 16)}`,
      name: contact.name,
      addresses: addressesOf({ [phone.name]: contact.phone, [mailbox.name]: contact.email }),
      preferred: preferredOf(contact)
    }))
    if (people.length > 0) return people
    // Nobody is written down: the accounts that stand for the unit.
    return control
      .all<PersonRecord>(
        `${PERSON} JOIN json_each(u.units) j ON j.value = ? WHERE u.role = 'owner' AND u.enabled = 1`,
        code
      )
      .map(ofUser)
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
          const key = `address:${audience.address.trim().toLowerCase().slice(0, 200)}`
          const addresses = addressesOf({ [mailbox.name]: audience.address })
          return [{ key, name: audience.name, addresses, preferred: [] }]
        }
      }
    },
    head: () => role('leader'),
    /** Everybody who works in the SOC, analysts first. */
    soc: () => role('analyst', 'admin'),
    /** What an audience is called where nobody stands behind it. */
    nameOf(audience: Audience): string {
      if (audience.kind === 'unit') return words.contactsOf(inventory.label(audience.unit).name)
      if (audience.kind === 'duty') return words.duty
      if (audience.kind === 'role') return audience.role === 'leader' ? words.leaders : words.administrators
      return audience.kind === 'address' ? audience.name : '?'
    }
  }
}

export type Directory = ReturnType<typeof createDirectory>
