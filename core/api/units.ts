import { Type } from 'typebox'
import { UnitContacts, UnitDetail, UnitMap } from './province.ts'
import type { Routes } from './routes.ts'

const UnitCode = Type.Object({ code: Type.String({ minLength: 1, maxLength: 50 }) })

/** The tile map, one unit, and the contacts people keep for it. */
export const unitsApi = {
  'GET /api/units': { who: 'units.read', about: 'Tile map', note: 'Owner: own units.', answer: UnitMap },
  'GET /api/units/:code': {
    who: 'units.read',
    about: 'One unit',
    note: 'Owner: own units. Contacts only for those who may call them.',
    params: UnitCode,
    answer: UnitDetail
  },
  'PUT /api/units/:code/contacts': {
    who: 'contacts.write',
    about: 'Replace a unit’s contacts',
    params: UnitCode,
    body: UnitContacts,
    answer: UnitDetail
  }
} satisfies Routes
