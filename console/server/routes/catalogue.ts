import { Type } from 'typebox'
import { Catalogue, CatalogueChange, CatalogueEntry } from '#core/api/catalogue.ts'
import { SocError } from '#core/errors.ts'
import { may } from '#control/rights/authorisation.ts'
import { auditAct, viewerOf, type App, type Context } from '../context.ts'
import type { Scope } from '#control/rights/scope.ts'
import { editTarget } from '#province/overlay.ts'

const EntryId = Type.Object({ id: Type.Integer({ minimum: 1 }) })
const Why = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) })

/** The catalogue of models, systems and dependencies: how it stands, who changed what, and changing it. */
export function catalogueRoutes(app: App, context: Context): void {
  const { catalogue, control } = context

  /** Whose a system is decides who sees its probes and plans its maintenance: nobody of some units gives himself others'. */
  function wholeProvince(scope: Scope) {
    if (scope !== undefined)
      throw new SocError('catalogue.province_only', 'the catalogue is changed by an administrator of the province', {
        status: 403
      })
  }

  app.get(
    '/api/catalogue',
    { schema: { summary: 'The catalogue as it stands', response: { 200: Catalogue } } },
    (request) => {
      const view = catalogue.view()
      if (may(viewerOf(request), 'catalogue.write')) return view
      return { ...view, systems: view.systems.map((system) => ({ ...system, hosts: [] })) }
    }
  )

  app.get(
    '/api/catalogue/changes',
    { schema: { summary: 'Who changed the catalogue', response: { 200: Type.Array(CatalogueEntry) } } },
    () => catalogue.history()
  )

  app.post(
    '/api/catalogue/changes',
    { schema: { summary: 'Change the catalogue', body: CatalogueChange, response: { 200: CatalogueEntry } } },
    (request) => {
      wholeProvince(request.scope)
      const { edit, reason } = request.body
      return control.transaction(() => {
        const entry = catalogue.change(edit, { user: viewerOf(request).username, reason })
        auditAct(context, request, 'catalogue.changed', editTarget(edit), { edit, reason })
        return entry
      })
    }
  )

  app.post(
    '/api/catalogue/changes/:id/revert',
    { schema: { summary: 'Take a change back', params: EntryId, body: Why, response: { 200: CatalogueEntry } } },
    (request) => {
      wholeProvince(request.scope)
      const { reason } = request.body
      return control.transaction(() => {
        const entry = catalogue.revert(request.params.id, { user: viewerOf(request).username, reason })
        auditAct(context, request, 'catalogue.reverted', editTarget(entry.edit), { change: entry.id, reason })
        return entry
      })
    }
  )
}
