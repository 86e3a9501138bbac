import type { Graph, GraphEdge, GraphNode } from './dependency-graph.ts'

export type PlacedNode = { node: GraphNode; layer: number; x: number; y: number; width: number; height: number }
export type PlacedEdge = { edge: GraphEdge; d: string }
export type Layout = { nodes: PlacedNode[]; edges: PlacedEdge[]; width: number; height: number; cut: number }

/** More boxes than one can take in; the nested list beside the picture has all. */
export const NODES_MAX = 60
export const BOX = { width: 178, height: 44, line: 15, member: 17, gapX: 56, gapY: 12, pad: 4 } as const
/** Members of a group that are named in its box. */
export const MEMBERS_SHOWN = 3

/** Characters of a box's line: the widest letters of the face still fit. */
const NAME_CHARS = 21

/**
 * A name as the lines of its box, two at most. A long name that ends with its common short form is called by that:
 * two platforms whose names begin alike would look the same when cut.
 */
export function nameLines(name: string): string[] {
  if (name.length <= NAME_CHARS) return [name]
  const short = /\(([^()]{2,16})\)$/u.exec(name)?.[1]
  if (short !== undefined) return [short]
  const lines = ['']
  for (const word of name.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= NAME_CHARS) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  const [first = '', second = ''] = lines
  const tail = lines.length > 2 ? `${second.slice(0, NAME_CHARS - 1)}…` : second
  const cut = (line: string) => (line.length > NAME_CHARS ? `${line.slice(0, NAME_CHARS - 1)}…` : line)
  return second === '' ? [cut(first)] : [cut(first), cut(tail)]
}

/** Height of a box: a group also names its first members. */
export function boxHeight(node: GraphNode): number {
  if (node.members.length === 0) return BOX.height + (nameLines(node.name).length - 1) * BOX.line
  const lines = Math.min(node.members.length, MEMBERS_SHOWN) + (node.members.length > MEMBERS_SHOWN ? 1 : 0)
  return BOX.height + lines * BOX.member
}

/** The layer of every node that the root reaches: one more than the deepest that stands on it; an edge back in a circle does not count. */
export function layersOf(graph: Pick<Graph, 'root' | 'edges'>): Map<string, number> {
  const below = new Map<string, string[]>()
  for (const edge of graph.edges) below.set(edge.from, [...(below.get(edge.from) ?? []), edge.to])
  const order: string[] = []
  const seen = new Set<string>()
  const path = new Set<string>()
  const back = new Set<string>()
  const visit = (id: string) => {
    seen.add(id)
    path.add(id)
    for (const next of below.get(id) ?? []) {
      if (path.has(next)) back.add(`${id} ${next}`)
      else if (!seen.has(next)) visit(next)
    }
    path.delete(id)
    order.unshift(id)
  }
  visit(graph.root)
  const layers = new Map<string, number>([[graph.root, 0]])
  for (const id of order)
    for (const next of below.get(id) ?? [])
      if (!back.has(`${id} ${next}`)) layers.set(next, Math.max(layers.get(next) ?? 0, (layers.get(id) ?? 0) + 1))
  return layers
}

/** Places the boxes in columns from the root to the right, each near the middle of what leads to it, and draws the edges. */
export function layOut(graph: Graph): Layout {
  const layers = layersOf(graph)
  const reached = graph.nodes
    .filter((node) => layers.has(node.id))
    .sort((a, b) => (layers.get(a.id) ?? 0) - (layers.get(b.id) ?? 0))
  const nodes = reached.slice(0, NODES_MAX)
  const columns: GraphNode[][] = []
  for (const node of nodes) (columns[layers.get(node.id) ?? 0] ??= []).push(node)

  const rank = new Map<string, number>()
  for (const column of columns) {
    const middle = (node: GraphNode) => {
      const parents = graph.edges.filter((edge) => edge.to === node.id && rank.has(edge.from))
      return parents.reduce((sum, edge) => sum + (rank.get(edge.from) ?? 0), 0) / Math.max(1, parents.length)
    }
    const keyed = column.map((node, index) => ({ node, key: middle(node), index }))
    keyed.sort((a, b) => a.key - b.key || a.index - b.index)
    for (const [index, { node }] of keyed.entries()) rank.set(node.id, index)
    column.splice(0, column.length, ...keyed.map(({ node }) => node))
  }

  const heightOf = (column: readonly GraphNode[]) =>
    column.reduce((sum, node) => sum + boxHeight(node), 0) + BOX.gapY * Math.max(0, column.length - 1)
  const height = Math.max(...columns.map(heightOf), BOX.height) + 2 * BOX.pad
  const placed = new Map<string, PlacedNode>()
  for (const [layer, column] of columns.entries()) {
    let y = (height - heightOf(column)) / 2
    for (const node of column) {
      const box = { x: BOX.pad + layer * (BOX.width + BOX.gapX), y, width: BOX.width, height: boxHeight(node) }
      placed.set(node.id, { node, layer, ...box })
      y += box.height + BOX.gapY
    }
  }
  const edges = graph.edges.flatMap((edge) => {
    const [from, to] = [placed.get(edge.from), placed.get(edge.to)]
    return from === undefined || to === undefined ? [] : [{ edge, d: curve(from, to) }]
  })
  const width = 2 * BOX.pad + columns.length * BOX.width + Math.max(0, columns.length - 1) * BOX.gapX
  return { nodes: [...placed.values()], edges, width, height, cut: reached.length - nodes.length }
}

function curve(from: PlacedNode, to: PlacedNode): string {
  const [y1, y2] = [from.y + from.height / 2, to.y + to.height / 2].map((y) => y.toFixed(1))
  const backwards = to.x <= from.x
  const x1 = from.x + from.width
  const x2 = backwards ? to.x + to.width : to.x
  // An edge back to an earlier column goes around at the right of both.
  const bend = backwards ? BOX.gapX * 0.8 : (x2 - x1) / 2
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${backwards ? x2 + bend : x2 - bend} ${y2} ${x2} ${y2}`
}

/** Where an arrow key leads from a box: along an edge to the right or left, else the neighbour in the column; null for nowhere. */
export function stepFrom(layout: Layout, id: string, key: string): string | null {
  const here = layout.nodes.find(({ node }) => node.id === id)
  if (here === undefined) return null
  const near = (ids: readonly string[]) =>
    layout.nodes
      .filter(({ node }) => ids.includes(node.id))
      .sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0]?.node.id ?? null
  if (key === 'ArrowRight') return near(layout.edges.filter(({ edge }) => edge.from === id).map(({ edge }) => edge.to))
  if (key === 'ArrowLeft') return near(layout.edges.filter(({ edge }) => edge.to === id).map(({ edge }) => edge.from))
  const column = layout.nodes.filter(({ layer }) => layer === here.layer)
  const next = column.findIndex(({ node }) => node.id === id) + (key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0)
  return column[next]?.node.id ?? null
}
