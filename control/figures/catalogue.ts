import type { UnitRef } from '#core/api/common.ts'
import type { UnitPosture } from '#core/api/posture.ts'
import { UNASSIGNED } from '#core/frame.ts'
import type { Inventory } from '#province/inventory.ts'

/** A unit of the inventory as figures see it; plain, so that it crosses to a thread. */
export type FigureUnit = UnitRef & {
  kind: UnitPosture['kind']
  /** Under watch: every commune and district, and the departments whose scope is `monitored`. */
  watched: boolean
}

/** The inventory's units in its order, and the present unit of codes that have ended. */
export type FigureCatalogue = {
  units: FigureUnit[]
  /** Ended code → code of the unit it became part of. */
  became: Record<string, string>
  unassigned: string
}

/** What figures need to know of the units. */
export function catalogueOf(inventory: Inventory): FigureCatalogue {
  const present = inventory.units().filter((unit) => unit.kind !== 'province')
  const known = new Set(present.map((unit) => unit.code))
  const became: Record<string, string> = {}
  // Communes first: a district's subtree holds its communes' ended codes too.
  for (const kind of ['commune', 'department', 'district'] as const)
    for (const unit of present)
      if (unit.kind === kind)
        for (const code of inventory.subtree(unit.code)) if (!known.has(code)) became[code] ??= unit.code
  return {
    units: present.map((unit) => ({
      ...inventory.label(unit.code),
      kind: unit.kind === 'commune' || unit.kind === 'district' ? unit.kind : 'department',
      watched: unit.kind !== 'department' || unit.scope === 'monitored'
    })),
    became,
    unassigned: inventory.label(UNASSIGNED).name
  }
}

export type Places = {
  /** The units of the scope, in the order of the inventory. */
  units: readonly FigureUnit[]
  /** The present code of a unit's code. */
  home(code: string): string
  inside(code: string): boolean
  ref(code: string): UnitRef
  kind(code: string): UnitPosture['kind'] | undefined
}

/** Look-ups over a catalogue, cut to a scope (null: the whole province). */
export function placesOf(catalogue: FigureCatalogue, scope: readonly string[] | null): Places {
  const byCode = new Map(catalogue.units.map((unit) => [unit.code, unit]))
  const home = (code: string) => catalogue.became[code] ?? code
  const codes = scope === null ? undefined : new Set(scope)
  const inside = (code: string) => codes === undefined || codes.has(code) || codes.has(home(code))
  return {
    units: catalogue.units.filter((unit) => inside(unit.code)),
    home,
    inside,
    ref(code) {
      const unit = byCode.get(home(code))
      if (unit !== undefined) return { code: unit.code, name: unit.name, district: unit.district }
      return { code, name: code === UNASSIGNED ? catalogue.unassigned : code, district: '' }
    },
    kind: (code) => byCode.get(home(code))?.kind
  }
}
