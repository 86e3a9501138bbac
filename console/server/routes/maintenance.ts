import { Type } from 'typebox'
import { MaintenanceDraft, MaintenanceRow } from '#core/api/health.ts'
import { SocError } from '#core/errors.ts'
import { auditAct, notFound, viewerOf, type App, type Context } from '../context.ts'
import { systemInScope } from '../views/health-view.ts'
import type { Scope } from '#control/rights/scope.ts'
import { Id } from './query.ts'

/** Planned work: whoever plans it answers for every system in it. */
export function maintenanceRoutes(app: App, context: Context): void {
  const { control, health } = context

  /** The part of a window that lies in the scope; undefined when none does. */
  function seen(row: MaintenanceRow, scope: Scope): MaintenanceRow | undefined {
    const systems = row.systems.filter((system) => systemInScope(context, scope, system.id))
    return systems.length === 0 ? undefined : { ...row, systems }
  }

  app.get(
    '/api/maintenance',
    { schema: { summary: 'Maintenance windows', response: { 200: Type.Array(MaintenanceRow) } } },
    (request) =>
      health
        .shown()
        .maintenance()
        .flatMap((row) => seen(row, request.scope) ?? [])
  )

  app.post(
    '/api/maintenance',
    { schema: { summary: 'Plan maintenance', body: MaintenanceDraft, response: { 200: MaintenanceRow } } },
    (request) => {
      const draft = { ...request.body, systems: [...new Set(request.body.systems)], reason: request.body.reason.trim() }
      for (const system of draft.systems)
        if (context.inventory.system(system) === undefined || !systemInScope(context, request.scope, system))
          throw new SocError('system.unknown', 'no such system', { status: 422, params: { system } })
      if (draft.to <= draft.from)
        throw new SocError('maintenance.order', 'the end lies before the beginning', { status: 422 })
      return control.transaction(() => {
        const row = health.shown().addMaintenance(draft, viewerOf(request).name)
        auditAct(context, request, 'maintenance.planned', row.id, {
          systems: draft.systems.join(' '),
          from: draft.from,
          to: draft.to
        })
        return row
      })
    }
  )

  app.post(
    '/api/maintenance/:id/cancel',
    { schema: { summary: 'Cancel maintenance', params: Id, response: { 200: MaintenanceRow } } },
    (request) => {
      const { id } = request.params
      const row = health
        .shown()
        .maintenance()
        .find((window) => window.id === id)
      if (row === undefined || !row.systems.every((system) => systemInScope(context, request.scope, system.id)))
        throw notFound('maintenance', id)
      return control.transaction(() => {
        const cancelled = health.withMaintenance(id).cancelMaintenance(id, viewerOf(request).name)
        auditAct(context, request, 'maintenance.cancelled', id)
        return cancelled
      })
    }
  )
}
