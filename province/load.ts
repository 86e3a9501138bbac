import { UNASSIGNED } from '#core/frame.ts'
import { readProvinceData, type ProvinceData } from './data.ts'
import { checkedDependencies, modelsHitBy } from './graph.ts'
import type { Inventory, ProvinceModel, System, Unit } from './inventory.ts'
import { invalid, unitsOn, type DatedUnits } from './units.ts'

/**
 * The inventory for one day (YYYY-MM-DD), read from the files beside this module and checked whole. Throws a `SocError`
 * (`inventory.invalid`, `inventory.date`) naming the file and entry: a boot error.
 */
export function loadInventory(date: string): Inventory {
  return buildInventory(readProvinceData(), date)
}

/** The same from data already in memory. */
export function buildInventory(data: ProvinceData, date: string): Inventory {
  const units = unitsOn(data, date)
  const systems = checkedSystems(data, units)
  const models = checkedModels(data)
  const dependencies = checkedDependencies(data)
  for (const model of models) {
    for (const id of model.systems) {
      if (!systems.has(id)) invalid('models.json', `model ${model.id}`, `system ${id} is unknown`)
      if (!dependencies.some((edge) => edge.from === `M${model.id}` && edge.to === id && edge.kind !== 'monitoring')) {
        invalid('dependencies.json', `M${model.id}`, `no edge says how it stands on its system ${id}`)
      }
    }
  }
  const all = [...units.present.values()]
  const children = childrenOf(units)
  const subtrees = new Map<string, ReadonlySet<string>>()
  const unit = (code: string) => units.present.get(code) ?? units.ended.get(code)
  return {
    date,
    unit,
    units: (kind) => (kind === undefined ? all : all.filter((candidate) => candidate.kind === kind)),
    subtree(code) {
      // Asked with codes of people and requests too: only known units are kept, so the cache has a ceiling.
      if (unit(code) === undefined) return new Set([code])
      let set = subtrees.get(code)
      if (set === undefined) {
        set = collect(children, code)
        subtrees.set(code, set)
      }
      return set
    },
    label(code) {
      // Not a unit: where frames of unknown senders are, until somebody says whose they are.
      if (code === UNASSIGNED) return { code, name: 'Chưa rõ đơn vị', district: '' }
      const found = unit(code)
      if (found === undefined) return { code, name: code, district: '' }
      const above = found.parent === undefined ? undefined : unit(found.parent)
      return { code, name: found.name, district: above?.kind === 'district' ? above.shortName : '' }
    },
    map: { cols: data['tiles.json'].cols, rows: data['tiles.json'].rows },
    systems: [...systems.values()],
    system: (id) => systems.get(id),
    systemsOwnedBy: (code) => [...systems.values()].filter((system) => system.owner === code),
    models,
    model: (id) => models.find((model) => model.id === id),
    dependencies,
    modelsHitBy: (systemId) => modelsHitBy(dependencies, systemId)
  }
}

/**
 * Host name or domain → unit code, for domains seen in use by their owners (`province/domains.json`, to be edited).
 * Names that would only follow the usual pattern are not in it: a guess would put alerts at the wrong unit.
 */
export function unitByDomain(inventory: Inventory, data: ProvinceData = readProvinceData()): Record<string, string> {
  const domains: Record<string, string> = {}
  for (const { domain, unit } of data['domains.json'].domains) {
    if (inventory.unit(unit) === undefined) invalid('domains.json', domain, `unit ${unit} is unknown`)
    if (domains[domain] !== undefined) invalid('domains.json', domain, 'the domain appears twice')
    domains[domain] = unit
  }
  return domains
}

function checkedSystems(data: ProvinceData, units: DatedUnits): Map<string, System> {
  const systems = new Map<string, System>()
  for (const system of data['systems.json'].systems) {
    if (systems.has(system.id)) invalid('systems.json', system.id, 'the id appears twice')
    if (system.owner !== '' && !units.present.has(system.owner)) {
      invalid('systems.json', system.id, `owner ${system.owner} is unknown`)
    }
    systems.set(system.id, system)
  }
  return systems
}

function checkedModels(data: ProvinceData): ProvinceModel[] {
  const seen = new Set<number>()
  for (const model of data['models.json'].models) {
    if (seen.has(model.id)) invalid('models.json', `model ${model.id}`, 'the number appears twice')
    seen.add(model.id)
  }
  return data['models.json'].models
}

/** Direct children by code; an ended commune hangs below its successor, so that rights and counts reach its history. */
function childrenOf(units: DatedUnits): Map<string, string[]> {
  const children = new Map<string, string[]>()
  const put = (above: string, code: string) => children.set(above, [...(children.get(above) ?? []), code])
  for (const unit of units.present.values()) if (unit.parent !== undefined) put(unit.parent, unit.code)
  for (const unit of units.ended.values()) {
    const above = endedParent(unit)
    if (above !== undefined) put(above, unit.code)
  }
  return children
}

/** A district ended without one successor: its own records stay with the province. */
const endedParent = (unit: Unit) => (unit.kind === 'commune' ? unit.successors[0]?.code : unit.parent)

function collect(children: Map<string, string[]>, code: string): ReadonlySet<string> {
  const found = new Set([code])
  for (const member of found) for (const child of children.get(member) ?? []) found.add(child)
  return found
}
