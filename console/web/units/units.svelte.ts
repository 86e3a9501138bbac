/* eslint-disable svelte/prefer-svelte-reactivity -- collections here are plain and replaced whole ($state.raw), never changed in place */
import type { UnitRef } from '#core/api/common.ts'
import type { UnitMap } from '#core/api/province.ts'
import { foldText } from '#core/fold.ts'
import { t } from '../i18n/text.svelte.ts'
import { Remote } from '../live/remote.svelte.ts'

export type Unit = UnitMap['units'][number]
/** A district with its communes; `district` is null for viewers who may see communes but not the district itself. */
export type District = { name: string; district: Unit | null; communes: Unit[] }

/** The unit tree of the viewer: names, who belongs to whom, and the state of each unit. */
export class Units {
  readonly remote: Remote<UnitMap>
  readonly all = $derived.by(() => this.remote.value?.units ?? [])
  readonly byCode = $derived(new Map(this.all.map((unit) => [unit.code, unit])))
  /** A commune names its district by code or by short name; both lead here. */
  readonly #districtByName = $derived(
    new Map(
      this.all
        .filter((unit) => unit.kind === 'district')
        .flatMap((unit) => [unit.code, unit.name, shortDistrict(unit.name)].map((name) => [name, unit] as const))
    )
  )
  readonly departments = $derived(this.all.filter((unit) => unit.kind === 'department'))
  /** Districts with their communes, in the inventory's order; communes seen without their district come last. */
  readonly districts = $derived(grouped(this.all, this.#districtByName))

  constructor(now: () => number, fetch?: () => Promise<UnitMap>) {
    this.remote = new Remote(now, fetch)
  }

  /** Whether a unit lies in a scope: the scope itself or a commune of that district. The empty scope is everything. */
  inScope(code: string, scope: string): boolean {
    if (scope === '' || code === scope) return true
    const district = this.byCode.get(code)?.district ?? null
    return district !== null && (district === scope || this.#districtByName.get(district)?.code === scope)
  }

  /** "xã Phong Thu (Phong Điền)": two communes share a short name, so the district stands beside it. */
  nameOf(code: string): string {
    const unit = this.byCode.get(code)
    if (unit === undefined) return code
    if (unit.district === null) return unit.name
    return `${unit.name} (${shortDistrict(this.#districtByName.get(unit.district)?.name ?? unit.district)})`
  }

  /** Units whose name, district or code contains the words, accents and đ folded. */
  find(words: string): Unit[] {
    const wanted = foldText(words)
    const tree = [
      ...this.districts.flatMap((group) => [...(group.district ? [group.district] : []), ...group.communes]),
      ...this.departments
    ]
    if (wanted === '') return tree
    return tree.filter((unit) => foldText(`${this.nameOf(unit.code)} ${unit.code}`).includes(wanted))
  }
}

/** A unit as named beside an alert: its name, and its district in brackets when it has one. */
export function unitText(unit: UnitRef): string {
  if (unit.name === '') return t('unit.unassigned')
  return unit.district === '' || unit.district === unit.name
    ? unit.name
    : `${unit.name} (${shortDistrict(unit.district)})`
}

/** "Huyện Phong Điền" → "Phong Điền": inside brackets the kind is noise. */
export function shortDistrict(name: string): string {
  return name.replace(/^(Huyện|Thị xã|Thành phố|Quận)\s+/u, '')
}

function grouped(units: readonly Unit[], districtByName: ReadonlyMap<string, Unit>): District[] {
  const groups = new Map<string, District>()
  for (const unit of units) {
    if (unit.kind === 'district') groups.set(unit.code, { name: unit.name, district: unit, communes: [] })
  }
  for (const unit of units) {
    if (unit.kind !== 'commune') continue
    const named = unit.district ?? ''
    const key = districtByName.get(named)?.code ?? named
    const group = groups.get(key) ?? { name: named, district: null, communes: [] }
    group.communes.push(unit)
    groups.set(key, group)
  }
  return [...groups.values()]
}
