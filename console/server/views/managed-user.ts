import type { UserRow } from '#core/api/people.ts'
import { SocError } from '#core/errors.ts'
import { notFound, type Context } from '../context.ts'
import { inScope, manages, type Scope } from '#control/rights/scope.ts'

/** Nobody gives away more units than he has; an administrator of some units makes no administrator of all. */
export function checkUnits(context: Pick<Context, 'inventory'>, units: readonly string[], scope: Scope): void {
  for (const unit of units)
    if (context.inventory.unit(unit) === undefined || !inScope(scope, unit))
      throw new SocError('unit.unknown', 'no such unit', { status: 422, params: { unit: unit.slice(0, 50) } })
  if (scope !== undefined && units.length === 0)
    throw new SocError('unit.required', 'a unit must be named', { status: 422 })
}

/** The account an administrator wants to change. The break-glass account is kept by the command line alone, unless `sealed`. */
export function managed(
  context: Pick<Context, 'users'>,
  id: string,
  scope: Scope,
  { sealed = false }: { sealed?: boolean } = {}
): UserRow {
  const user = context.users.get(id)
  if (user === undefined || !manages(scope, user)) throw notFound('user', id)
  if (user.breakGlass !== '' && !sealed)
    throw new SocError('break_glass.sealed', 'the break-glass account is changed on the command line only', {
      status: 409
    })
  return user
}
