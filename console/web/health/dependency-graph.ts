import type { DependencyState, SystemDetail } from '#core/api/health.ts'
import type { HealthState } from '#core/health.ts'
import type { Bilingual } from '#core/match.ts'
import type { ModelState } from './states.ts'

export type EdgeKind = DependencyState['edge']['kind']

/**
 * A box of the picture: a model, a system, the members of an anyOf or kOfN group together (`need` says how many), or many
 * leaves that hang on the same nodes in the same way (`need` null).
 */
export type GraphNode = {
  id: string
  name: string
  state: ModelState
  /** Address of its page; '' for a group. */
  href: string
  measured: boolean
  /** Members of a group. */
  members: { id: string; name: string; state: HealthState; href: string; measured: boolean }[]
  /** How many members of an anyOf or kOfN group must be up. */
  need: number | null
}
/** `from` stands on `to`. */
export type GraphEdge = {
  from: string
  to: string
  kind: EdgeKind
  scope: string
  inferred: boolean
  reason: Bilingual
}
export type Graph = { root: string; nodes: GraphNode[]; edges: GraphEdge[] }

const severity: readonly HealthState[] = ['UP', 'UNKNOWN', 'MAINTENANCE', 'DEGRADED', 'DOWN']
const hrefOf = (id: string) => (/^M\d+$/.test(id) ? `/models/${id.slice(1)}` : `/systems/${encodeURIComponent(id)}`)

/** How a group stands: all up is up, fewer than it needs is down, in between degraded; unknown members never count as lost. */
function groupState(members: GraphNode['members'], need: number): HealthState {
  const lost = members.filter((member) => member.state === 'DOWN').length
  if (members.length - lost < need) return 'DOWN'
  if (lost > 0 || members.some((member) => member.state === 'DEGRADED')) return 'DEGRADED'
  return members.every((member) => member.state === 'UP') ? 'UP' : 'UNKNOWN'
}

/** What a node stands on, whole way down. Monitoring edges only look and are left out; members of a group share a box. */
export function graphBelow(
  root: { id: string; name: string; state: ModelState },
  dependencies: readonly DependencyState[]
): Graph {
  const nodes = new Map<string, GraphNode>()
  const add = (id: string, name: string, state: ModelState, measured: boolean) => {
    if (!nodes.has(id)) nodes.set(id, { id, name, state, href: hrefOf(id), measured, members: [], need: null })
  }
  add(root.id, root.name, root.state, true)
  const felt = dependencies.filter(({ edge }) => edge.kind !== 'monitoring')
  /** Which box a system is drawn in: its own, unless every edge to it comes from one group. */
  const boxes = new Map<string, string>()
  for (const one of felt) {
    const box = one.edge.group === undefined ? one.edge.to : `group:${one.edge.from}:${one.edge.group}`
    const before = boxes.get(one.edge.to)
    boxes.set(one.edge.to, before === undefined || before === box ? box : one.edge.to)
  }
  const edges = new Map<string, GraphEdge>()
  for (const { edge, toName, state, measured } of felt) {
    const box = boxes.get(edge.to) ?? edge.to
    if (box === edge.to) add(edge.to, toName, state, measured)
    else {
      add(box, '', 'UNKNOWN', false)
      const group = nodes.get(box)!
      group.href = ''
      group.need = edge.need ?? 1
      if (!group.members.some((member) => member.id === edge.to))
        group.members.push({ id: edge.to, name: toName, state, href: hrefOf(edge.to), measured })
    }
    const from = boxes.get(edge.from) ?? edge.from
    const key = `${from} ${box} ${edge.kind}`
    if (from !== box && !edges.has(key))
      edges.set(key, {
        from,
        to: box,
        kind: edge.kind,
        scope: edge.scope,
        inferred: edge.inferred,
        reason: edge.reason
      })
  }
  for (const node of nodes.values()) {
    if (node.need === null) continue
    node.state = groupState(node.members, node.need)
    node.measured = node.members.some((member) => member.measured)
    node.members.sort((a, b) => severity.indexOf(b.state) - severity.indexOf(a.state))
  }
  const known = [...edges.values()].filter((edge) => nodes.has(edge.from) && nodes.has(edge.to))
  return withLeavesTogether({ root: root.id, nodes: [...nodes.values()], edges: known })
}

/** From so many on, leaves that nothing tells apart but their name share a box. */
export const LEAVES_TOGETHER = 5

function withLeavesTogether(graph: Graph): Graph {
  const alike = new Map<string, GraphNode[]>()
  for (const node of graph.nodes) {
    if (node.id === graph.root || node.members.length > 0 || graph.edges.some((edge) => edge.from === node.id)) continue
    const ways = graph.edges.filter((edge) => edge.to === node.id).map((edge) => `${edge.from} ${edge.kind}`)
    const key = ways.sort().join('|')
    alike.set(key, [...(alike.get(key) ?? []), node])
  }
  const boxOf = new Map<string, string>()
  const boxes: GraphNode[] = []
  for (const [key, leaves] of alike) {
    if (leaves.length < LEAVES_TOGETHER) continue
    const members = leaves
      .map(({ id, name, state, href, measured }) => ({ id, name, state: state as HealthState, href, measured }))
      .sort((a, b) => severity.indexOf(b.state) - severity.indexOf(a.state))
    const measured = members.some((member) => member.measured)
    const state = members[0]?.state ?? 'UNKNOWN'
    boxes.push({ id: `many:${key}`, name: '', state, href: '', measured, members, need: null })
    for (const leaf of leaves) boxOf.set(leaf.id, `many:${key}`)
  }
  const edges = new Map<string, GraphEdge>()
  for (const edge of graph.edges) {
    const to = boxOf.get(edge.to) ?? edge.to
    const key = `${edge.from} ${to} ${edge.kind}`
    if (!edges.has(key)) edges.set(key, { ...edge, to })
  }
  const nodes = [...graph.nodes.filter((node) => !boxOf.has(node.id)), ...boxes]
  return { root: graph.root, nodes, edges: [...edges.values()] }
}

/** What a system takes down: the ways from it to the models, as the catalogue's own walk found them. */
export function graphAbove(
  root: { id: string; name: string; state: ModelState },
  detail: Pick<SystemDetail, 'hits' | 'dependents'>,
  names: { system(id: string): string; model(id: number): string; stateOf(id: string): ModelState }
): Graph {
  const nodes = new Map<string, GraphNode>()
  const edges = new Map<string, GraphEdge>()
  const add = (id: string, name: string, state: ModelState) => {
    if (!nodes.has(id)) nodes.set(id, { id, name, state, href: hrefOf(id), measured: true, members: [], need: null })
  }
  add(root.id, root.name, root.state)
  for (const hit of detail.hits) {
    // The walk names the systems in between, without or with the root itself.
    const via = hit.via.filter((id) => id !== root.id)
    const chain = [root.id, ...via, `M${hit.model}`]
    for (const id of via) add(id, names.system(id), names.stateOf(id))
    add(`M${hit.model}`, names.model(hit.model), names.stateOf(`M${hit.model}`))
    for (const [index, from] of chain.slice(0, -1).entries()) {
      const to = chain[index + 1]!
      const direct = detail.dependents.find((edge) => edge.from === to && edge.to === from)
      const kind = direct?.kind ?? (hit.hard ? 'hard' : 'soft')
      const key = `${from} ${to}`
      if (edges.has(key)) continue
      edges.set(key, {
        from,
        to,
        kind,
        scope: direct?.scope ?? '',
        inferred: direct?.inferred ?? false,
        reason: direct?.reason ?? { vi: '', en: '' }
      })
    }
  }
  return { root: root.id, nodes: [...nodes.values()], edges: [...edges.values()] }
}

export type OutlineEntry = { node: GraphNode; edge: GraphEdge | null; again: boolean; below: OutlineEntry[] }

/** The same graph as a nested list; a node met a second time is named and not opened again, so circles end. */
export function outlineOf(graph: Graph): OutlineEntry | null {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]))
  const opened = new Set<string>()
  const visit = (id: string, edge: GraphEdge | null): OutlineEntry | null => {
    const node = byId.get(id)
    if (node === undefined) return null
    const again = opened.has(id)
    opened.add(id)
    const below = again
      ? []
      : graph.edges.filter((next) => next.from === id).flatMap((next) => visit(next.to, next) ?? [])
    return { node, edge, again, below }
  }
  return visit(graph.root, null)
}
