import type { Assignment } from '#control/accounts/grants.ts'
import type { Inventory } from '#province/inventory.ts'
import { giverOf, within } from './authority.ts'
import type { Scope } from './scope.ts'

/** Whether somebody sees numbers whole in every unit of a scope; a right in some of them opens no search over the others. */
export function seesNumbers(assignments: readonly Assignment[], scope: Scope, inventory: Inventory): boolean {
  return within(scope, giverOf(assignments, inventory).unmasks)
}

const addresses = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/g
const moments = /(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?:T[\d:.]+)?/g

/**
 * Whether a search goes on record: six digits or more that could be a citizen's number, or, from who sees them masked, bare
 * digits that could be one group of a number written in groups.
 */
export function searchesNumber(query: string, whole: boolean): boolean {
  const rest = query.replace(addresses, ' ').replace(moments, ' ')
  if (/\d(?:[ .()*?-]{0,2}\d){5}/.test(rest)) return true
  return !whole && /(?<![\w.:>=<-])\d{2,5}(?![\w.:-])|message:"?\d/.test(rest)
}
