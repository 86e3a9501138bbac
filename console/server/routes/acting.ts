import type { IncidentDetail } from '#core/api/alerts.ts'
import type { Person, UserRow } from '#core/api/people.ts'
import { authorityOf } from '#control/accounts/grants.ts'
import { may } from '#control/rights/permissions.ts'
import { SocError } from '#core/errors.ts'
import { notFound, type Context } from '../context.ts'
import { inScope, scopeOf, type Scope } from '#control/rights/scope.ts'

/** Who may be given work in a scope: everybody whose own role, or a right that runs now, may act on alerts of it. */
export function workersOf(context: Context, scope: Scope): Person[] {
  const canWork = (user: UserRow) =>
    user.enabled &&
    user.breakGlass === '' &&
    authorityOf(user, user.grants > 0 ? context.grants.openOf(user.id).filter(({ state }) => state === 'running') : [])
      .filter((one) => may(one, 'alerts.act'))
      .some((one) => meet(scopeOf(one, context.inventory), scope))
  return context.users
    .list()
    .filter(canWork)
    .map(({ id, name }) => ({ id, name }))
    .sort((a, b) => a.name.localeCompare(b.name, 'vi'))
}

const meet = (one: Scope, other: Scope) =>
  one === undefined ? other === undefined || other.size > 0 : [...one].some((unit) => inScope(other, unit))

/** Refuses to give work to somebody who does not exist, is disabled or may not act where whoever gives it does. */
export function assignable(context: Context, scope: Scope, userId: string): void {
  if (!workersOf(context, scope).some((user) => user.id === userId))
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
