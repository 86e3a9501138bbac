import type { IncidentDetail } from '#core/api/alerts.ts'
import { SocError } from '#core/errors.ts'
import { notFound, type Context } from '../context.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'

/** Refuses to give work to somebody who does not exist, is disabled or may not act. */
export function assignable(context: Context, userId: string): void {
  if (!context.users.assignable().some((user) => user.id === userId))
    throw new SocError('user.not_assignable', 'work cannot be assigned to this user', { status: 422 })
}

/** An incident somebody wants to change: every unit in it must be inside the scope, not only one. */
export function incidentToActOn(context: Context, scope: Scope, id: string): IncidentDetail {
  const detail = context.alerts.incident(id)
  if (detail === undefined || !detail.incident.units.every((unit) => inScope(scope, unit.code)))
    throw notFound('incident', id)
  return detail
}

/** Refuses whoever answers for some units only: what is set here holds for the whole province. */
export function wholeProvince(scope: Scope): void {
  if (scope !== undefined) throw new SocError('scope.province', 'this is set for the whole province', { status: 403 })
}
