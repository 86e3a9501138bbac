import { unitFeeds, type UnitState } from '#core/unit-states.ts'

/** The sign of a state; silence and never-heard are questions, not ticks. */
export const unitSigns = {
  quiet: 'up',
  watch: 'degraded',
  incident: 'down',
  silent: 'unknown',
  paused: 'maintenance',
  none: 'planned'
} as const satisfies Record<UnitState, string>

/** What a legend counts, in its order: trouble of all units, then feeds, which add up to the units under watch. */
export const legendKeys = ['incident', 'watch', ...unitFeeds] as const
export type LegendKey = (typeof legendKeys)[number]

/** The sign beside a count; sources that send have the sign of a unit at which all is well. */
export const legendSign = (key: LegendKey): (typeof unitSigns)[UnitState] =>
  unitSigns[key === 'sending' ? 'quiet' : key]

/** A tile has little room: the kind of unit goes, the name stays. */
export function tileName(name: string): string {
  return name.replace(/^(Xã|Phường|Thị trấn)\s+/u, '')
}
