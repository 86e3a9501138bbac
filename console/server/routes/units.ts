import { type UnitDetail } from '#core/api/province.ts'
import { randomId } from '#core/ids.ts'
import { checkChannels } from '#control/notifications/channel-lists.ts'
import { may } from '#control/rights/permissions.ts'
import { auditAct, notFound, viewerOf, type Context } from '../context.ts'
import { showWhole } from '#control/rights/masking.ts'
import type { Scope } from '#control/rights/scope.ts'
import { unitMap, unitTile } from '../views/unit-tiles.ts'
import type { unitsApi } from '#core/api/units.ts'
import type { Handlers } from './serve.ts'

/** The tile map, one unit, and the contacts people keep for it. */
export function unitHandlers(context: Context): Handlers<typeof unitsApi> {
  const { control, inventory } = context

  function detailOf(code: string, scope: Scope, withContacts: boolean) {
    const tile = unitTile(context, code, scope)
    const unit = inventory.unit(code)
    if (tile === undefined || unit === undefined) throw notFound('unit', code)
    const contacts = withContacts
      ? control
          .all<Omit<UnitDetail['contacts'][number], 'channels'> & { channels: string }>(
            'SELECT id, role, name, phone, email, channels FROM contacts WHERE unit = ? ORDER BY rowid',
            code
          )
          .map((contact) => ({
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

  return {
    'GET /api/units': (request) => unitMap(context, request.scope),
    'GET /api/units/:code': (request) =>
      detailOf(request.params.code, request.scope, may(viewerOf(request), 'contacts.read')),
    'PUT /api/units/:code/contacts': (request) => {
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
  }
}
