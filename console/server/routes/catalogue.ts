import { SocError } from '#core/errors.ts'
import { may } from '#control/rights/permissions.ts'
import { auditAct, viewerOf, type Context } from '../context.ts'
import type { Scope } from '#control/rights/scope.ts'
import { editTarget } from '#province/overlay.ts'
import type { catalogueApi } from '#core/api/catalogue.ts'
import type { Handlers } from './serve.ts'

/** The catalogue of models, systems and dependencies: how it stands, who changed what, and changing it. */
export function catalogueHandlers(context: Context): Handlers<typeof catalogueApi> {
  const { catalogue, control } = context

  /** Whose a system is decides who sees its probes and plans its maintenance: nobody of some units gives himself others'. */
  function wholeProvince(scope: Scope) {
    if (scope !== undefined)
      throw new SocError('catalogue.province_only', 'the catalogue is changed by an administrator of the province', {
        status: 403
      })
  }

  return {
    'GET /api/catalogue': (request) => {
      const view = catalogue.view()
      if (may(viewerOf(request), 'catalogue.write')) return view
      return { ...view, systems: view.systems.map((system) => ({ ...system, hosts: [] })) }
    },
    'GET /api/catalogue/changes': () => catalogue.history(),
    'POST /api/catalogue/changes': (request) => {
      wholeProvince(request.scope)
      const { edit, reason } = request.body
      return control.transaction(() => {
        const entry = catalogue.change(edit, { user: viewerOf(request).username, reason })
        auditAct(context, request, 'catalogue.changed', editTarget(edit), { edit, reason })
        return entry
      })
    },
    'POST /api/catalogue/changes/:id/revert': (request) => {
      wholeProvince(request.scope)
      const { reason } = request.body
      return control.transaction(() => {
        const entry = catalogue.revert(request.params.id, { user: viewerOf(request).username, reason })
        auditAct(context, request, 'catalogue.reverted', editTarget(entry.edit), { change: entry.id, reason })
        return entry
      })
    }
  }
}
