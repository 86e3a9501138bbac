import type { UnitContact, UnitContacts } from '#core/api/province.ts'
import { randomId } from '#core/ids.ts'
import type { Reads } from '#control/database/reads.ts'
import { checkChannels } from './channel-lists.ts'

type Row = Omit<UnitContact, 'channels'> & { channels: string }

/** The people written down for a unit, in the order in which they are asked. */
export function contactsOf(control: Reads, unit: string): UnitContact[] {
  return control
    .all<Row>('SELECT id, role, name, phone, email, channels FROM contacts WHERE unit = ? ORDER BY rowid', unit)
    .map((row) => ({ ...row, channels: JSON.parse(row.channels) as NonNullable<UnitContact['channels']> }))
}

/** Replaces the contacts of a unit whole. Joins a transaction. Throws 400 `channel.not_found` for a channel that is none. */
export function replaceContacts(control: Reads, unit: string, contacts: UnitContacts['contacts']): void {
  checkChannels(contacts.flatMap(({ channels = [] }) => channels))
  control.sql('DELETE FROM contacts WHERE unit = ?').run(unit)
  for (const { role, name, phone, email, channels = [] } of contacts)
    control
      .sql('INSERT INTO contacts (id, unit, role, name, phone, email, channels) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(randomId(), unit, role, name, phone, email, JSON.stringify(channels))
}
