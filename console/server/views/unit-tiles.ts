import type { UnitMap, UnitTile } from '#core/api/province.ts'
import { countFeeds, stateOf, type UnitFeed } from '#core/unit-states.ts'
import type { Unit } from '#province/inventory.ts'
import type { Context } from '../context.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import { feedsBefore, type Feed } from '#control/senders/feeds.ts'
import { overdueByUnit } from '#control/tasks/list.ts'
import type { OpenAtUnit } from '#control/triage/views/alert-queries.ts'
import { silentAfterMs } from '#control/watch/silence.ts'

type Standings = { open: Map<string, OpenAtUnit>; feeds: Map<string, Feed>; overdue: Map<string, number> }

/** How every unit stands now, of the origin that the console shows. */
function standings(context: Context): Standings {
  const { control, config } = context
  const origin = context.shownOrigin()
  const now = context.clock.now()
  return {
    open: context.alerts.openByUnit(origin),
    feeds: feedsBefore(control, origin, { before: now + 1, silentAfterMs: silentAfterMs(config, origin) }),
    overdue: overdueByUnit(control, origin, now)
  }
}

/** Communes, districts and the departments whose scope is `monitored`: what coverage counts. */
export const isWatched = (unit: Pick<Unit, 'kind' | 'scope'>): boolean =>
  unit.kind === 'commune' || unit.kind === 'district' || (unit.kind === 'department' && unit.scope === 'monitored')

type Own = Omit<UnitTile, 'below'>

/** A unit by itself: what lies below it has tiles of its own. */
function ownOf(context: Context, unit: Unit, { open, feeds, overdue }: Standings): Own {
  const { code } = unit
  const at = open.get(code)
  const feed = feeds.get(code)
  const overdueTasks = overdue.get(code) ?? 0
  return {
    code,
    name: unit.name,
    kind: unit.kind === 'commune' || unit.kind === 'district' ? unit.kind : 'department',
    district: context.inventory.label(code).district || null,
    col: unit.tile?.col ?? null,
    row: unit.tile?.row ?? null,
    state: stateOf({
      incidents: at?.incidents ?? 0,
      alerts: at?.notable ?? 0,
      overdueTasks,
      feed: feed?.feed ?? 'none'
    }),
    feed: feed?.feed ?? 'none',
    watched: isWatched(unit),
    lastSeen: feed?.lastAt ?? null,
    sources: feed?.sources ?? 0,
    openAlerts: at?.alerts ?? 0,
    openIncidents: at?.incidents ?? 0,
    worst: at?.worst ?? null,
    overdueTasks
  }
}

function tileOf(context: Context, unit: Unit, all: Standings, scope: Scope): UnitTile {
  const below = [...context.inventory.subtree(unit.code)].flatMap((code) => {
    const lower = code === unit.code || !inScope(scope, code) ? undefined : context.inventory.unit(code)
    return lower === undefined ? [] : ownOf(context, lower, all).state
  })
  return {
    ...ownOf(context, unit, all),
    below: {
      incident: below.filter((state) => state === 'incident').length,
      watch: below.filter((state) => state === 'watch').length
    }
  }
}

/** Numbers of units of a scope by kind, from the inventory. */
export function unitCounts(context: Pick<Context, 'inventory'>, scope: Scope): UnitMap['counts'] {
  const count = (kind: Unit['kind']) => context.inventory.units(kind).filter((unit) => inScope(scope, unit.code)).length
  return { communes: count('commune'), districts: count('district'), departments: count('department') }
}

/** The tile map of a scope: communes with their place, districts and departments beside it. */
export function unitMap(context: Context, scope: Scope): UnitMap {
  const all = standings(context)
  const { cols, rows } = context.inventory.map
  return {
    cols,
    rows,
    units: context.inventory
      .units()
      .filter((unit) => unit.kind !== 'province' && inScope(scope, unit.code))
      .map((unit) => tileOf(context, unit, all, scope)),
    counts: unitCounts(context, scope)
  }
}

/** One unit's tile; undefined when it is unknown or outside the scope. */
export function unitTile(context: Context, code: string, scope: Scope): UnitTile | undefined {
  const unit = context.inventory.unit(code)
  if (unit === undefined || !inScope(scope, code)) return undefined
  return tileOf(context, unit, standings(context), scope)
}

/** Units of a scope under watch by the feed of their own sources; the top bar prints these, and the tiles add up to them. */
export function feedCounts(context: Context, scope: Scope): Record<UnitFeed, number> {
  const { feeds } = standings(context)
  const units = context.inventory.units().filter((unit) => isWatched(unit) && inScope(scope, unit.code))
  return countFeeds(units.map(({ code }) => ({ feed: feeds.get(code)?.feed ?? 'none' })))
}
