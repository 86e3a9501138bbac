import type { UnitFeed, UnitState } from './unit-states.ts'

/**
 * Which units of a period are asked for. `unheard`: under watch, and no source of their own sent in the period; `silent`,
 * `paused`, `none`: under watch, by their feed at its end.
 */
export const unitShows = ['all', 'risk', 'incident', 'watch', 'overdue', 'unheard', 'silent', 'paused', 'none'] as const
/** Share 0–1 of the units under watch that sent; null where nobody counted, or without units. */
export const sentShare = ({ sent, units }: { sent: number | null; units: number }): number | null =>
  sent === null || units === 0 ? null : sent / units

export type UnitShow = (typeof unitShows)[number]

type Shown = {
  state: UnitState
  feed: UnitFeed
  watched: boolean
  daysSent: number
  openIncidents: number
  overdueTasks: number
}

/** Which units a view shows; `risk` is what somebody must act on or look at. */
export const unitShown: Readonly<Record<UnitShow, (unit: Shown) => boolean>> = {
  all: () => true,
  risk: (unit) => unit.openIncidents > 0 || unit.overdueTasks > 0,
  incident: (unit) => unit.state === 'incident',
  watch: (unit) => unit.state === 'watch',
  overdue: (unit) => unit.overdueTasks > 0,
  unheard: (unit) => unit.watched && unit.daysSent === 0,
  silent: (unit) => unit.watched && unit.feed === 'silent',
  paused: (unit) => unit.watched && unit.feed === 'paused',
  none: (unit) => unit.watched && unit.feed === 'none'
}
