import type { UnitMap } from '#core/api/province.ts'

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

/** A tile has little room: the kind of unit goes, the name stays. */
export function tileName(name: string): string {
  return name.replace(/^(Xã|Phường|Thị trấn)\s+/u, '')
}

type Standing = { state: UnitState; openAlerts: number; openIncidents: number; sources: number }

/**
 * How a district stands by itself. Its tile rolls its communes up, so that one sees trouble from above; a count of units
 * or a ranking that took the tile as it is would count the same commune twice.
 */
export function ownStanding<T extends Standing>(district: T, communes: readonly Standing[]): T {
  const beyond = (figure: 'openAlerts' | 'openIncidents' | 'sources') =>
    Math.max(0, district[figure] - communes.reduce((sum, commune) => sum + commune[figure], 0))
  const own = { openAlerts: beyond('openAlerts'), openIncidents: beyond('openIncidents'), sources: beyond('sources') }
  const silent = district.state === 'silent' && !communes.some((commune) => commune.state === 'silent')
  const state: UnitState =
    own.openIncidents > 0
      ? 'incident'
      : own.openAlerts > 0
        ? 'watch'
        : own.sources === 0
          ? 'none'
          : silent
            ? 'silent'
            : 'quiet'
  return { ...district, ...own, state }
}
