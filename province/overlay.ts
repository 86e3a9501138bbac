import type { CatalogueEdit } from '#core/api/catalogue.ts'
import type { RefusalCode } from '#core/codes.ts'
import { refuse } from '#core/errors.ts'
import type { ProvinceData } from './data.ts'

type Edit<K extends CatalogueEdit['kind']> = Extract<CatalogueEdit, { kind: K }>
type DependencyKey = Edit<'dependency'>['key']

const MONITORING_SCOPE = ''

/** One name per edge: child, parent and the part of the child that stands on it. */
export const dependencyKey = ({ from, to, scope }: DependencyKey): string => `${from}>${to}>${scope}`

/** What an edit is about: `22`, `hue-s`, `M22>hue-s>`. */
export function editTarget(edit: CatalogueEdit): string {
  return edit.kind === 'dependency' || edit.kind === 'no_dependency' ? dependencyKey(edit.key) : String(edit.id)
}

/**
 * The data of the files with edits on top, in order. Only what an edit alone can show to be wrong is refused here
 * (`catalogue.…`, 422); whether the whole still holds is for `buildInventory`.
 */
export function withEdits(data: ProvinceData, edits: readonly CatalogueEdit[]): ProvinceData {
  return edits.reduce(withEdit, data)
}

function withEdit(data: ProvinceData, edit: CatalogueEdit): ProvinceData {
  switch (edit.kind) {
    case 'model':
      return withModel(data, edit)
    case 'system':
      return withSystem(data, edit)
    case 'retire': {
      const { systems } = data['systems.json']
      if (!systems.some((system) => system.id === edit.id)) refuseChange('catalogue.system_unknown', edit.id)
      return { ...data, 'systems.json': { systems: systems.filter((system) => system.id !== edit.id) } }
    }
    case 'dependency':
      return withDependency(data, edit)
    case 'no_dependency': {
      const { dependencies } = data['dependencies.json']
      const left = dependencies.filter((edge) => dependencyKey(edge) !== dependencyKey(edit.key))
      if (left.length === dependencies.length) refuseChange('catalogue.dependency_unknown', dependencyKey(edit.key))
      return { ...data, 'dependencies.json': { dependencies: left } }
    }
  }
}

function withModel(data: ProvinceData, edit: Edit<'model'>): ProvinceData {
  const { models } = data['models.json']
  const model = models.find((one) => one.id === edit.id)
  if (model === undefined) refuseChange('catalogue.model_unknown', String(edit.id))
  const { shortName, stage, owner, systems, notes } = { ...model, ...edit.set }
  const changed = {
    // Its number, exact name and printed figures are the report's.
    ...model,
    ...{ shortName, stage, owner, systems, notes },
    // Said by an administrator, no longer concluded by us.
    ...(edit.set.owner === undefined ? {} : { ownerInferred: false })
  }
  return { ...data, 'models.json': { models: models.map((one) => (one.id === edit.id ? changed : one)) } }
}

function withSystem(data: ProvinceData, edit: Edit<'system'>): ProvinceData {
  const { systems } = data['systems.json']
  const before = systems.find((one) => one.id === edit.id)
  if (before === undefined && edit.set.name === undefined) refuseChange('catalogue.system_needs_name', edit.id)
  const system = {
    id: edit.id,
    name: '',
    owner: '',
    inferred: false,
    ...before,
    ...edit.set,
    ...(edit.set.owner === undefined ? {} : { ownerInferred: false })
  }
  if (system.security === '') delete system.security
  const list = before === undefined ? [...systems, system] : systems.map((one) => (one.id === edit.id ? system : one))
  return { ...data, 'systems.json': { systems: list } }
}

function withDependency(data: ProvinceData, edit: Edit<'dependency'>): ProvinceData {
  const { dependencies } = data['dependencies.json']
  const { key, set } = edit
  if (set.kind === 'monitoring' && key.scope !== MONITORING_SCOPE) {
    refuseChange('catalogue.monitoring_scope', dependencyKey(key))
  }
  const edge = { ...key, ...set, inferred: false }
  const at = dependencies.findIndex((one) => dependencyKey(one) === dependencyKey(key))
  const list = at === -1 ? [...dependencies, edge] : dependencies.with(at, edge)
  return { ...data, 'dependencies.json': { dependencies: list } }
}

function refuseChange(code: RefusalCode, id: string): never {
  refuse(422, code, `the catalogue refuses the change of ${id}`, { id })
}
