import type { UserRow } from '#core/api/people.ts'
import { SocError } from '#core/errors.ts'
import { authorityOf, type Assignment } from '#control/accounts/grants.ts'
import { covers, giverOf } from '#control/rights/authority.ts'
import { notFound, viewerOf, type Context } from '../context.ts'
import { inScope, manages, type Scope } from '#control/rights/scope.ts'

/** Nobody gives away more units than he has; an administrator of some units makes no administrator of all. */
export function checkUnits(context: Pick<Context, 'inventory'>, units: readonly string[], scope: Scope): void {
  for (const unit of units)
    if (context.inventory.unit(unit) === undefined || !inScope(scope, unit))
      throw new SocError('unit.unknown', 'no such unit', { status: 422, params: { unit: unit.slice(0, 50) } })
  if (scope !== undefined && units.length === 0)
    throw new SocError('unit.required', 'a unit must be named', { status: 422 })
}

/** The account an administrator wants to look at. The break-glass account is kept by the command line alone, unless `sealed`. */
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

type Asking = Parameters<typeof viewerOf>[0]

/** Refuses to hand out, or to lay hands on, more than the giver himself holds: `user.beyond`, 403. */
export function mayGive(
  context: Pick<Context, 'inventory'>,
  request: Asking,
  authority: readonly Assignment[],
  { taking = false }: { taking?: boolean } = {}
): void {
  const giver = giverOf(viewerOf(request).assignments, context.inventory)
  if (!covers(giver, authority, context.inventory, taking))
    throw new SocError('user.beyond', 'this account can do more than whoever asks', { status: 403 })
}

/**
 * The account an administrator wants to act on: he must cover all it can do, its temporary rights too, for whoever opens an
 * account can do what it can. `taking` is for acts that only take something away.
 */
export function managedWhole(
  context: Pick<Context, 'users' | 'grants' | 'inventory'>,
  request: Asking,
  id: string,
  options: { sealed?: boolean; taking?: boolean } = {}
): UserRow {
  const user = managed(context, id, request.scope, options)
  mayGive(context, request, authorityOf(user, context.grants.openOf(id)), options)
  return user
}
