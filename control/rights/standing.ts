import type { Role } from '#core/roles.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Assignment } from '#control/accounts/grants.ts'
import type { Access } from '#core/permissions.ts'
import { may } from './permissions.ts'
import { scopeOf, type Scope } from './scope.ts'

/** As what somebody stands before one route or push. */
export type Standing = { role: Role; scope: Scope }

/** From the narrowest view to the widest. */
const byStrength: readonly Role[] = ['leader', 'owner', 'auditor', 'analyst', 'admin']

/**
 * As what a person may use something: the units of all assignments that hold the permission, and the role whose view is
 * right for all of them. Where a strong role holds in some units and a weak one in more, the weak one's view is given: no unit
 * is ever shown with the rights of another. Undefined when no assignment allows it.
 */
export function standingFor(
  assignments: readonly Assignment[],
  needed: Access | undefined,
  inventory: Inventory
): Standing | undefined {
  const allowed = assignments.filter((assignment) => may(assignment, needed))
  if (allowed.length === 0) return undefined
  const scope = union(allowed.map((assignment) => scopeOf(assignment, inventory)))
  const roles = byStrength.filter((role) => allowed.some((assignment) => assignment.role === role))
  for (const role of roles.toReversed()) {
    const own = union(allowed.filter((one) => one.role === role).map((one) => scopeOf(one, inventory)))
    if (own === undefined || (scope !== undefined && own.size === scope.size)) return { role, scope }
  }
  return { role: roles[0]!, scope }
}

function union(scopes: readonly Scope[]): Scope {
  if (scopes.length === 1) return scopes[0]
  const codes = new Set<string>()
  for (const scope of scopes) {
    if (scope === undefined) return undefined
    for (const code of scope) codes.add(code)
  }
  return codes
}
