import { UPLINK } from '#core/health.ts'
import { words } from './words.ts'
import type { Dependency, Inventory, ProvinceModel } from '#province/inventory.ts'

/** Edges along which an outage is felt: declared ones are promises, monitoring only looks. */
const felt = new Set<Dependency['kind']>(['hard', 'soft', 'anyOf', 'kOfN'])

/** Members of one anyOf or kOfN group of a child. */
export type Group = { name: string; kind: 'anyOf' | 'kOfN'; need: number; members: string[] }
/** What a child stands on, split into single edges and groups. */
export type Stands = { edges: Dependency[]; groups: Group[] }

/** The catalogue as the engine walks it; built anew when the catalogue changes. */
export type Graph = {
  inventory: Inventory
  /** Systems in an order in which everything a system stands on comes before it, as far as there is no circle. */
  order: string[]
  standsOf(node: string): Stands
  /** Systems that a system's DOWN may be explained by: reached over hard edges for the whole, and not in a circle with it. */
  hardAbove(system: string): readonly string[]
  /** The system of which this one is a group member: what fails of a group is one outage. */
  groupParent(system: string): string | undefined
  /** Group members of a system, of all its groups. */
  membersOf(system: string): readonly string[]
  /** Models that count: those with a state of their own. */
  hits(system: string): { model: number; hard: boolean; via: string[] }[]
  name(system: string): string
}

/** A model without a state of its own: planned, or not described. Never green, outside every roll-up. */
export function plannedState(model: ProvinceModel): 'PLANNED' | 'UNDESCRIBED' | undefined {
  if (model.stage === 'undescribed') return 'UNDESCRIBED'
  if (model.stage === 'pre' || (model.stage === 'act' && model.systems.length === 0)) return 'PLANNED'
  return undefined
}

/** Reads the inventory's graph. A circle, should a catalogue have one, is cut where it is met: noisy, not silent. */
export function graphOf(inventory: Inventory): Graph {
  const stands = new Map<string, Stands>()
  const inOrder = (node: string) => {
    let found = stands.get(node)
    if (found === undefined) stands.set(node, (found = { edges: [], groups: [] }))
    return found
  }
  for (const edge of inventory.dependencies) {
    if (!felt.has(edge.kind) || inventory.system(edge.to) === undefined || edge.from === edge.to) continue
    const own = inOrder(edge.from)
    if (edge.kind !== 'anyOf' && edge.kind !== 'kOfN') {
      own.edges.push(edge)
      continue
    }
    const name = edge.group ?? edge.from
    let group = own.groups.find((known) => known.name === name)
    if (group === undefined) own.groups.push((group = { name, kind: edge.kind, need: edge.need ?? 1, members: [] }))
    if (!group.members.includes(edge.to)) group.members.push(edge.to)
  }

  const order: string[] = []
  const place = new Map<string, 'open' | 'done'>()
  const visit = (system: string) => {
    place.set(system, 'open')
    const own = inOrder(system)
    const cut = (to: string) => {
      if (!place.has(to)) visit(to)
      return place.get(to) === 'open'
    }
    own.edges = own.edges.filter((edge) => !cut(edge.to))
    for (const group of own.groups) group.members = group.members.filter((member) => !cut(member))
    own.groups = own.groups.filter((group) => group.members.length > 0)
    place.set(system, 'done')
    order.push(system)
  }
  for (const { id } of inventory.systems) if (!place.has(id)) visit(id)

  const above = new Map<string, string[]>()
  const parents = new Map<string, string>()
  for (const system of order) {
    const { edges, groups } = inOrder(system)
    const direct = edges.filter((edge) => edge.kind === 'hard' && edge.scope === '').map((edge) => edge.to)
    above.set(system, [...new Set(direct.flatMap((parent) => [parent, ...(above.get(parent) ?? [])]))])
    for (const group of groups) for (const member of group.members) parents.set(member, system)
  }
  const models = new Map(inventory.models.map((model) => [model.id, model]))
  const hits = new Map<string, ReturnType<Graph['hits']>>()
  return {
    inventory,
    order,
    standsOf: inOrder,
    hardAbove: (system) => above.get(system) ?? [],
    groupParent: (system) => parents.get(system),
    membersOf: (system) => [...new Set(inOrder(system).groups.flatMap((group) => group.members))],
    hits(system) {
      let found = hits.get(system)
      if (found === undefined) {
        found = inventory.modelsHitBy(system).filter(({ model }) => {
          const known = models.get(model)
          return known !== undefined && plannedState(known) === undefined
        })
        hits.set(system, found)
      }
      return found
    },
    name: (system) => (system === UPLINK ? words.names.uplink.vi : (inventory.system(system)?.name ?? system))
  }
}
