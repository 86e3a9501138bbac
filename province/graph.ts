import type { ProvinceData } from './data.ts'
import type { Dependency } from './inventory.ts'
import { invalid } from './units.ts'

/** Kinds along which an outage is felt; `declared` is a promise, `monitoring` only looks. */
const propagating = new Set<Dependency['kind']>(['hard', 'soft', 'anyOf', 'kOfN'])

/**
 * The dependency edges with `*` spread over every system. Throws `inventory.invalid` for an unknown end, an edge to
 * itself, an anyOf or kOfN edge without its group, and a circle of hard edges, naming the edge.
 */
export function checkedDependencies(data: ProvinceData): Dependency[] {
  const systems = new Set(data['systems.json'].systems.map((system) => system.id))
  const models = new Set(data['models.json'].models.map((model) => `M${model.id}`))
  const edges: Dependency[] = []
  for (const edge of data['dependencies.json'].dependencies) {
    const name = `${edge.from} → ${edge.to}`
    if (!systems.has(edge.from) && !models.has(edge.from)) invalid('dependencies.json', name, `${edge.from} is unknown`)
    if (edge.to === '*' && edge.kind !== 'monitoring') invalid('dependencies.json', name, '* is for monitoring only')
    if (edge.to !== '*' && !systems.has(edge.to)) invalid('dependencies.json', name, `${edge.to} is unknown`)
    if (edge.from === edge.to) invalid('dependencies.json', name, 'an edge to itself')
    const grouped = edge.kind === 'anyOf' || edge.kind === 'kOfN'
    if (grouped !== (edge.group !== undefined)) {
      invalid('dependencies.json', name, 'anyOf and kOfN edges, and only they, have a group')
    }
    if ((edge.kind === 'kOfN') !== (edge.need !== undefined)) {
      invalid('dependencies.json', name, 'kOfN edges, and only they, say how many they need')
    }
    if (edge.to === '*') for (const id of systems) edges.push({ ...edge, to: id })
    else edges.push(edge)
  }
  refuseGroupsThatCannotHold(edges)
  refuseHardCycle(edges)
  return edges
}

function refuseGroupsThatCannotHold(edges: readonly Dependency[]) {
  const sizes = new Map<string, number>()
  for (const edge of edges) {
    if (edge.group !== undefined) sizes.set(edge.group, (sizes.get(edge.group) ?? 0) + 1)
  }
  for (const edge of edges) {
    if (edge.group !== undefined && (edge.need ?? 1) > (sizes.get(edge.group) ?? 0)) {
      invalid('dependencies.json', `${edge.from} → ${edge.to}`, `group ${edge.group} has fewer members than it needs`)
    }
  }
}

function refuseHardCycle(edges: readonly Dependency[]) {
  const below = new Map<string, string[]>()
  for (const edge of edges) {
    if (edge.kind === 'hard') below.set(edge.from, [...(below.get(edge.from) ?? []), edge.to])
  }
  const done = new Set<string>()
  const visit = (node: string, path: readonly string[]) => {
    if (path.includes(node)) {
      invalid('dependencies.json', [...path.slice(path.indexOf(node)), node].join(' → '), 'a circle of hard edges')
    }
    if (done.has(node)) return
    for (const next of below.get(node) ?? []) visit(next, [...path, node])
    done.add(node)
  }
  for (const node of below.keys()) visit(node, [])
}

/**
 * Models that feel the loss of a system. `hard` is true only when every edge on some way is hard and stands for the
 * whole of its child (empty scope): then the model is down, otherwise degraded. `via` names the systems in between.
 */
export function modelsHitBy(
  edges: readonly Dependency[],
  systemId: string
): { model: number; hard: boolean; via: string[] }[] {
  const above = new Map<string, Dependency[]>()
  for (const edge of edges) {
    if (propagating.has(edge.kind)) above.set(edge.to, [...(above.get(edge.to) ?? []), edge])
  }
  const reached = new Map<string, { hard: boolean; via: string[] }>()
  const queue: { node: string; hard: boolean; via: string[] }[] = [{ node: systemId, hard: true, via: [] }]
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
    const via = step.node === systemId ? [] : [...step.via, step.node]
    for (const edge of above.get(step.node) ?? []) {
      const hard = step.hard && edge.kind === 'hard' && edge.scope === ''
      const before = reached.get(edge.from)
      // A node is visited again only when a hard way is found after a soft one: at most twice each.
      if (edge.from === systemId || (before !== undefined && (before.hard || !hard))) continue
      reached.set(edge.from, { hard, via })
      queue.push({ node: edge.from, hard, via })
    }
  }
  return [...reached]
    .filter(([node]) => /^M\d+$/.test(node))
    .map(([node, hit]) => ({ model: Number(node.slice(1)), ...hit }))
    .sort((one, other) => one.model - other.model)
}
