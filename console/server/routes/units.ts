import { Type } from 'typebox'
import { UnitContacts, UnitDetail, UnitMap } from '#core/api/province.ts'
import { randomId } from '#core/ids.ts'
import { checkChannels } from '#control/notifications/channel-lists.ts'
import { may } from '#control/rights/authorisation.ts'
import { auditAct, notFound, viewerOf, type App, type Context } from '../context.ts'
import { showWhole } from '#control/rights/masking.ts'
import type { Scope } from '#control/rights/scope.ts'
import { unitMap, unitTile } from '../views/unit-tiles.ts'

const Code = Type.Object({ code: Type.String({ minLength: 1, maxLength: 50 }) })

/** The tile map, one unit, and the contacts people keep for it. */
export function unitRoutes(app: App, context: Context): void {
  const { control, inventory } = context

  function detailOf(code: string, scope: Scope, withContacts: boolean) {
    const tile = unitTile(context, code, scope)
    const unit = inventory.unit(code)
    if (tile === undefined || unit === undefined) throw notFound('unit', code)
    const contacts = withContacts
      ? (
          control
            .sql('SELECT id, role, name, phone, email, channels FROM contacts WHERE unit = ? ORDER BY rowid')
            .all(code) as (Omit<UnitDetail['contacts'][number], 'channels'> & { channels: string })[]
        ).map((contact) => ({
          ...contact,
          channels: JSON.parse(contact.channels) as NonNullable<UnitDetail['contacts'][number]['channels']>
        }))
      : []
    return {
      unit: tile,
      ref: inventory.label(code),
      parent: unit.parent === undefined ? null : inventory.label(unit.parent),
      successors: unit.successors.map((successor) => ({
        code: successor.code,
        name: successor.name,
        district: inventory.label(successor.code).district
      })),
      systems: inventory.systems
        .filter((system) => system.owner === code)
        .map((system) => ({ id: system.id, name: system.name })),
      // Officials' numbers at work, there to be called; only those who may call them get them.
      contacts: showWhole(contacts.map((contact) => ({ ...contact })))
    }
  }

  app.get('/api/units', { schema: { summary: 'Tile map', response: { 200: UnitMap } } }, (request) =>
    unitMap(context, request.scope)
  )

  app.get(
    '/api/units/:code',
    { schema: { summary: 'One unit', params: Code, response: { 200: UnitDetail } } },
    (request) => detailOf(request.params.code, request.scope, may(viewerOf(request), 'contacts.read'))
  )

  app.put(
    '/api/units/:code/contacts',
    {
      schema: { summary: 'Replace a unit’s contacts', params: Code, body: UnitContacts, response: { 200: UnitDetail } }
    },
    (request) => {
      const { code } = request.params
      if (unitTile(context, code, request.scope) === undefined) throw notFound('unit', code)
      checkChannels(request.body.contacts.flatMap(({ channels = [] }) => channels))
      control.transaction(() => {
        control.sql('DELETE FROM contacts WHERE unit = ?').run(code)
        for (const { role, name, phone, email, channels = [] } of request.body.contacts)
          control
            .sql('INSERT INTO contacts (id, unit, role, name, phone, email, channels) VALUES (?, ?, ?, ?, ?, ?, ?)')
            .run(randomId(), code, role, name, phone, email, JSON.stringify(channels))
        auditAct(context, request, 'contacts.replaced', code, { count: request.body.contacts.length })
      })
      return detailOf(code, request.scope, true)
    }
  )
}
