/** A unit of the province at a date. Keyed by official code: two communes share a short name. */
export type Unit = {
  code: string
  /** Official name, e.g. "Xã Phong Thu". */
  name: string
  shortName: string
  nameEn: string
  kind: 'province' | 'district' | 'commune' | 'department'
  /** Code of the unit above; the province and bodies outside its line of command (partners, suppliers) have none. */
  parent?: string
  /** Place on the tile map; communes only (after the 2025 mergers: the place of the commune that kept the code). */
  tile?: { col: number; row: number }
  /** Departments: how the SOC stands to it (monitored, partner, reader, supplier, out, self). */
  scope?: string
  /** Codes of what it became, for a unit that has ended, with the legal basis. */
  successors: { code: string; name: string; basis: string; from: string }[]
}

export type DependencyKind = 'hard' | 'soft' | 'anyOf' | 'kOfN' | 'declared' | 'monitoring'
/**
 * Edge of the dependency graph: child `from` (`M25` for a model, else a system's id) stands on the system `to`.
 * `group` joins the members of anyOf and kOfN edges.
 */
export type Dependency = {
  from: string
  to: string
  kind: DependencyKind
  /** Part of the child that stands on it (e.g. "login"); empty for the whole. */
  scope: string
  group?: string
  /** kOfN: how many of the group must be up. */
  need?: number
  /** Not written in the report, concluded by us. */
  inferred: boolean
  reason: { vi: string; en: string }
}
/** `owner` is a unit code, '' when nobody in the inventory owns it; `inferred`: the report does not name the system. */
export type System = {
  id: string
  name: string
  owner: string
  inferred: boolean
  ownerInferred?: boolean
  security?: string
  /** Host names and addresses by which logs know it, lower-case: how an outage finds the alerts about its machines. */
  hosts?: readonly string[]
}
export type Baseline = {
  label: { vi: string; en: string }
  printed: string
  /** Parts as printed; the check recomputes the printed figure from them. */
  check?: { kind: 'sum' | 'ratio'; parts: number[]; printedValue: number }
}
export type ProvinceModel = {
  id: number
  /** Exact name as in the report. */
  name: string
  shortName: string
  stage: 'live' | 'pilot' | 'pre' | 'act' | 'undescribed'
  owner: string
  ownerInferred: boolean
  systems: string[]
  baselines: Baseline[]
  notes: { vi: string; en: string }[]
}

/** The inventory at one date; built and checked once at start. */
export type Inventory = {
  readonly date: string
  /** Units of the date, and those that have ended before it (so that old records keep a name). */
  unit(code: string): Unit | undefined
  /** Units of the date only. */
  units(kind?: Unit['kind']): readonly Unit[]
  /** The code itself and everything below it, with the ended units that became part of it; itself alone when unknown. */
  subtree(code: string): ReadonlySet<string>
  /** "Xã Phong Thu" with "Phong Điền" beside it; '' when there is no district above. */
  label(code: string): { code: string; name: string; district: string }
  /** Tile map size. */
  readonly map: { cols: number; rows: number }
  readonly systems: readonly System[]
  system(id: string): System | undefined
  systemsOwnedBy(unit: string): readonly System[]
  readonly models: readonly ProvinceModel[]
  model(id: number): ProvinceModel | undefined
  readonly dependencies: readonly Dependency[]
  /** Models that stand on a system, through any chain of hard, soft, anyOf or kOfN edges, with whether the way is hard all along. */
  modelsHitBy(systemId: string): { model: number; hard: boolean; via: string[] }[]
}
