import type { UnitMap } from '#core/api.ts'

export type UnitState = UnitMap['units'][number]['state']

/** Worst first, grey last: the order of legends and rankings. */
export const unitStates = ['incident', 'watch', 'silent', 'none', 'quiet'] as const satisfies readonly UnitState[]

/** The sign of a state; silence and never-heard are questions, not ticks. */
export const unitSigns = {
  quiet: 'up',
  watch: 'degraded',
  incident: 'down',
  silent: 'unknown',
  none: 'planned'
} as const satisfies Record<UnitState, string>

/** Units by state. */
export function countStates(units: readonly { state: UnitState }[]): Record<UnitState, number> {
  const counts: Record<UnitState, number> = { quiet: 0, watch: 0, incident: 0, silent: 0, none: 0 }
  for (const unit of units) counts[unit.state] += 1
  return counts
}

/** Units that say something: the share of units from which there is evidence, one when there are no units at all. */
export function coverage(units: readonly { state: UnitState }[]): { heard: number; all: number; share: number } {
  const counts = countStates(units)
  const heard = counts.quiet + counts.watch + counts.incident
  return { heard, all: units.length, share: units.length === 0 ? 1 : heard / units.length }
}

/** Units that need somebody, worst first: incidents, then open alerts, then silence. */
export function ranked<T extends { state: UnitState; openIncidents: number; openAlerts: number }>(
  units: readonly T[]
): T[] {
  const order = (unit: T) => unitStates.indexOf(unit.state)
  return units
    .filter((unit) => unit.state === 'incident' || unit.state === 'watch' || unit.state === 'silent')
    .sort((a, b) => order(a) - order(b) || b.openIncidents - a.openIncidents || b.openAlerts - a.openAlerts)
}

/** A tile has little room: the kind of unit goes, the name stays. */
export function tileName(name: string): string {
  return name.replace(/^(Xã|Phường|Thị trấn)\s+/u, '')
}
