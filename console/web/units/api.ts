import type { UnitContact } from '#core/api/province.ts'
import type { unitsApi } from '#core/api/units.ts'
import type { Call } from '../api/call.ts'

/** Units and the people to call there. */
export const unitCalls = (call: Call<typeof unitsApi>) => ({
  units: () => call('GET /api/units'),
  unit: (code: string) => call('GET /api/units/:code', { params: { code } }),
  /** Replaces all contacts of a unit; the server gives each a new id. */
  setContacts: (code: string, contacts: UnitContact[]) =>
    call('PUT /api/units/:code/contacts', {
      params: { code },
      body: {
        contacts: contacts.map(({ role, name, phone, email, channels = [] }) => ({
          role,
          name,
          phone,
          email,
          channels
        }))
      }
    })
})
