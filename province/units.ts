import { SocError } from '#core/errors.ts'
import type { ProvinceData } from './data.ts'
import type { Unit } from './inventory.ts'

/** Units of one date, and those that ended before it. */
export type DatedUnits = { present: Map<string, Unit>; ended: Map<string, Unit> }

/**
 * The unit tree on `date` (YYYY-MM-DD): nine districts and 141 communes until the end of 2024, 40 communes without a
 * district level from 1 July 2025. Throws `inventory.date` for a day the data does not describe and `inventory.invalid`
 * naming a duplicate code or an unknown reference.
 */
export function unitsOn(data: ProvinceData, date: string): DatedUnits {
  const before = data['units.json']
  const after = data['units-2025.json']
  const old = unitsBefore(data)
  if (date >= before.validFrom && date <= before.validTo)
    return { present: addDepartments(data, old), ended: new Map() }
  if (date < after.validFrom) {
    throw new SocError(
      'inventory.date',
      `the inventory does not describe ${date}; it knows ${before.validFrom} to ${before.validTo}, and ${after.validFrom} onwards`
    )
  }
  const present = addDepartments(data, unitsAfter(data))
  // A code that lives on belongs to the unit that kept it; only the others have ended.
  const ended = new Map([...old].filter(([code]) => !present.has(code)))
  return { present, ended }
}

function unitsBefore(data: ProvinceData): Map<string, Unit> {
  const before = data['units.json']
  const units = new Map<string, Unit>()
  const province = before.province
  add(units, { ...province, kind: 'province', successors: [] }, 'units.json')
  const districts = new Set(before.districts.map((district) => district.code))
  for (const district of before.districts) {
    add(
      units,
      { ...district, kind: 'district', parent: province.code, successors: successorsOfDistrict(data, district.code) },
      'units.json'
    )
  }
  const successors = successorsOfCommunes(data)
  const tiles = tilesByCode(data)
  for (const { district, ...commune } of before.communes) {
    if (!districts.has(district)) invalid('units.json', commune.code, `district ${district} is unknown`)
    const next = successors.get(commune.code)
    if (next === undefined) invalid('units-2025.json', commune.code, 'no successor is given')
    add(
      units,
      {
        ...commune,
        kind: 'commune',
        parent: district,
        tile: tiles.get(commune.code) ?? invalid('tiles.json', commune.code, 'the commune has no tile'),
        successors: [next]
      },
      'units.json'
    )
  }
  for (const code of tiles.keys()) if (!units.has(code)) invalid('tiles.json', code, 'no commune has this code')
  return units
}

function unitsAfter(data: ProvinceData): Map<string, Unit> {
  const after = data['units-2025.json']
  const units = new Map<string, Unit>()
  add(units, { ...after.province, kind: 'province', successors: [] }, 'units-2025.json')
  const tiles = tilesByCode(data)
  for (const commune of after.communes) {
    const tile = tiles.get(commune.code) ?? invalid('tiles.json', commune.code, 'the commune has no tile')
    add(units, { ...commune, kind: 'commune', parent: after.province.code, tile, successors: [] }, 'units-2025.json')
  }
  return units
}

function addDepartments(data: ProvinceData, units: Map<string, Unit>): Map<string, Unit> {
  const { codePrefix, departments } = data['departments.json']
  const ids = new Set(departments.map((department) => department.id))
  for (const { id, name, abbreviation, nameEn, scope, parent } of departments) {
    const above = parent !== undefined && ids.has(parent) ? codePrefix + parent : parent
    if (above !== undefined && above === parent && units.get(above)?.kind !== 'province') {
      invalid('departments.json', id, `parent ${parent} is unknown`)
    }
    const unit: Unit = {
      code: codePrefix + id,
      name,
      shortName: abbreviation,
      nameEn,
      kind: 'department',
      scope,
      successors: []
    }
    add(units, above === undefined ? unit : { ...unit, parent: above }, 'departments.json')
  }
  for (const unit of units.values()) refuseParentCycle(units, unit)
  return units
}

function refuseParentCycle(units: Map<string, Unit>, unit: Unit) {
  const seen = new Set<string>()
  for (let at: Unit | undefined = unit; at?.parent !== undefined; at = units.get(at.parent)) {
    if (seen.has(at.code)) invalid('departments.json', unit.code, 'its parents run in a circle')
    seen.add(at.code)
  }
}

function successorsOfCommunes(data: ProvinceData): Map<string, Unit['successors'][number]> {
  const after = data['units-2025.json']
  const names = new Map(after.communes.map((commune) => [commune.code, commune.name]))
  const known = new Set(data['units.json'].communes.map((commune) => commune.code))
  const successors = new Map<string, Unit['successors'][number]>()
  for (const pair of after.successors) {
    const name = names.get(pair.new)
    if (!known.has(pair.old)) invalid('units-2025.json', pair.old, 'no commune had this code')
    if (name === undefined) invalid('units-2025.json', pair.old, `its successor ${pair.new} is unknown`)
    if (successors.has(pair.old)) invalid('units-2025.json', pair.old, 'it has two successors')
    successors.set(pair.old, { code: pair.new, name, basis: after.successorBasis, from: after.validFrom })
  }
  return successors
}

/** The district level ended; what became of a district is the communes that its own went into. */
function successorsOfDistrict(data: ProvinceData, district: string): Unit['successors'] {
  const communes = successorsOfCommunes(data)
  const next = new Map<string, Unit['successors'][number]>()
  for (const commune of data['units.json'].communes) {
    const successor = communes.get(commune.code)
    if (commune.district === district && successor !== undefined) {
      next.set(successor.code, { ...successor, basis: data['units-2025.json'].districtBasis })
    }
  }
  return [...next.values()]
}

function tilesByCode(data: ProvinceData): Map<string, { col: number; row: number }> {
  const { cols, rows, tiles } = data['tiles.json']
  const byCode = new Map<string, { col: number; row: number }>()
  const places = new Set<string>()
  for (const { code, col, row } of tiles) {
    if (byCode.has(code)) invalid('tiles.json', code, 'the code appears twice')
    if (col >= cols || row >= rows) invalid('tiles.json', code, 'the tile lies outside the map')
    if (places.has(`${col},${row}`)) invalid('tiles.json', code, 'another commune has the same place')
    places.add(`${col},${row}`)
    byCode.set(code, { col, row })
  }
  return byCode
}

function add(units: Map<string, Unit>, unit: Unit, file: string) {
  if (units.has(unit.code)) invalid(file, unit.code, 'the code appears twice')
  units.set(unit.code, unit)
}

/** A boot error naming file and entry. */
export function invalid(file: string, entry: string, what: string): never {
  throw new SocError('inventory.invalid', `province/${file}: ${entry}: ${what}`)
}
