import type { UnitMap, UnitTile } from '#core/api/province.ts'
import { levels, type Level } from '#core/match.ts'
import type { Unit } from '#province/inventory.ts'
import type { Context } from '../context.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import { sourceRows } from '#control/senders/source-rows.ts'

type Standing = {
  alerts: number
  incidents: number
  worst: Level | null
  sources: number
  receiving: number
  lastSeen: number | null
}

const none = (): Standing => ({ alerts: 0, incidents: 0, worst: null, sources: 0, receiving: 0, lastSeen: null })

function add(sum: Standing, one: Standing) {
  sum.alerts += one.alerts
  sum.incidents += one.incidents
  sum.sources += one.sources
  sum.receiving += one.receiving
  if (one.worst !== null && (sum.worst === null || levels.indexOf(one.worst) > levels.indexOf(sum.worst)))
    sum.worst = one.worst
  if (one.lastSeen !== null) sum.lastSeen = Math.max(sum.lastSeen ?? 0, one.lastSeen)
}

/** How every unit stands, from open alerts and from sources that are switched on. */
function standings(context: Context): Map<string, Standing> {
  const all = new Map<string, Standing>()
  const at = (code: string) => {
    let standing = all.get(code)
    if (standing === undefined) all.set(code, (standing = none()))
    return standing
  }
  for (const [code, open] of context.alerts.openByUnit())
    add(at(code), { ...none(), alerts: open.alerts, incidents: open.incidents, worst: open.worst })
  for (const source of sourceRows(context, undefined)) {
    if (!source.enabled || source.unit.name === '') continue
    const receiving = source.state === 'receiving' ? 1 : 0
    add(at(source.unit.code), { ...none(), sources: 1, receiving, lastSeen: source.lastReceivedAt })
  }
  return all
}

/** Honest green: `quiet` needs evidence from every source; one silent source makes the unit grey, none at all too. */
function stateOf(standing: Standing): UnitTile['state'] {
  if (standing.incidents > 0) return 'incident'
  if (standing.alerts > 0) return 'watch'
  if (standing.sources === 0) return 'none'
  return standing.receiving === standing.sources ? 'quiet' : 'silent'
}

function tileOf(context: Context, unit: Unit, all: Map<string, Standing>, scope: Scope): UnitTile {
  const sum = none()
  // A tile stands for its unit and what is below it: districts roll their communes up.
  for (const code of context.inventory.subtree(unit.code)) {
    const standing = all.get(code)
    if (standing !== undefined && inScope(scope, code)) add(sum, standing)
  }
  return {
    code: unit.code,
    name: unit.name,
    kind: unit.kind === 'commune' || unit.kind === 'district' ? unit.kind : 'department',
    district: context.inventory.label(unit.code).district || null,
    col: unit.tile?.col ?? null,
    row: unit.tile?.row ?? null,
    state: stateOf(sum),
    lastSeen: sum.lastSeen,
    sources: sum.sources,
    openAlerts: sum.alerts,
    openIncidents: sum.incidents,
    worst: sum.worst
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
