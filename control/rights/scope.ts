import type { Inventory } from '#province/inventory.ts'
import type { Role } from '#core/roles.ts'

/** Units someone may see, subtrees included; undefined stands for the whole province, the empty set for nothing. */
export type Scope = ReadonlySet<string> | undefined

/**
 * The scope of a person. An owner without units sees nothing; the other roles without units see the province. A code the
 * inventory no longer knows stands for itself alone, so old alerts stay visible to their unit and nothing else opens.
 */
export function scopeOf(person: { role: Role; units: readonly string[] }, inventory: Inventory): Scope {
  if (person.units.length === 0) return person.role === 'owner' ? new Set() : undefined
  const codes = new Set<string>()
  for (const unit of person.units) {
    codes.add(unit)
    if (inventory.unit(unit) !== undefined) for (const code of inventory.subtree(unit)) codes.add(code)
  }
  return codes
}

export function inScope(scope: Scope, unit: string): boolean {
  return scope === undefined || scope.has(unit)
}

/** A scope cut down to one unit and what lies below it, as the screens' unit filter asks; never wider than before. */
export function narrow(scope: Scope, unit: string | undefined, inventory: Inventory): Scope {
  if (unit === undefined || unit === '') return scope
  const asked = inventory.unit(unit) === undefined ? new Set([unit]) : inventory.subtree(unit)
  return scope === undefined ? asked : new Set([...asked].filter((code) => scope.has(code)))
}

/** Accounts inside a scope: all of their units are. Those of the whole province belong to whoever sees it. */
export function manages(scope: Scope, user: { units: readonly string[] }): boolean {
  return scope === undefined || (user.units.length > 0 && user.units.every((unit) => scope.has(unit)))
}
