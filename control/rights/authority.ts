import type { Assignment } from '#control/accounts/grants.ts'
import type { Inventory } from '#province/inventory.ts'
import { scopeOf, type Scope } from './scope.ts'
import { standingFor } from './standing.ts'

/** Whether a set of units lies wholly inside another; the province lies inside the province alone. */
export function within(inner: Scope, outer: Scope): boolean {
  if (outer === undefined) return true
  if (inner === undefined) return false
  for (const unit of inner) if (!outer.has(unit)) return false
  return true
}

/** What an administrator may hand out: the units in which he is one, and those in which he sees numbers whole. */
export type Giver = { scope: Scope; unmasks: Scope }

/** The giver that somebody's own assignments make; without a right its set is empty. */
export function giverOf(assignments: readonly Assignment[], inventory: Inventory): Giver {
  const standing = (what: 'users.manage' | 'events.unmask') => {
    const found = standingFor(assignments, what, inventory)
    return found === undefined ? new Set<string>() : found.scope
  }
  return { scope: standing('users.manage'), unmasks: standing('events.unmask') }
}

/**
 * Whether everything an account can do, or will be able to, lies inside what the giver can: every assignment's units, and
 * where it sees numbers whole the giver must too. No role stands above the administrator's, so units decide. `taking` is for
 * acts that only take away: whoever may not see numbers may still end a session of somebody who may.
 */
export function covers(giver: Giver, authority: readonly Assignment[], inventory: Inventory, taking = false): boolean {
  return authority.every((one) => {
    const units = scopeOf(one, inventory)
    return within(units, giver.scope) && (taking || !one.mayUnmask || within(units, giver.unmasks))
  })
}
