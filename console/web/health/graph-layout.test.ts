import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graphAbove, graphBelow, outlineOf, type Graph } from './dependency-graph.ts'
import { layersOf, layOut, nameLines, NODES_MAX, stepFrom } from './graph-layout.ts'

type State = Parameters<typeof graphBelow>[1][number]
function stands(from: string, to: string, more: Partial<State['edge']> = {}, state: State['state'] = 'UP'): State {
  const reason = { vi: 'lý do', en: 'reason' }
  const edge = { from, to, kind: 'hard' as const, scope: '', inferred: false, reason, ...more }
  return { edge, toName: `Hệ ${to}`, state, measured: true, because: null }
}
const root = { id: 'M22', name: 'Du lịch trên Hue-S', state: 'DOWN' as const }

describe('what a model stands on', () => {
  it('layers go by the longest way, so that every edge points to the right', () => {
    const graph = graphBelow(root, [stands('M22', 'a'), stands('M22', 'b'), stands('a', 'b'), stands('b', 'c')])
    expect(Object.fromEntries(layersOf(graph))).toEqual({ M22: 0, a: 1, b: 2, c: 3 })
  })

  it('monitoring only looks and is not drawn', () => {
    expect(graphBelow(root, [stands('M22', 'a', { kind: 'monitoring' })]).edges).toEqual([])
  })

  it('members of a group share a box that says how many are needed', () => {
    const cameras = Array.from({ length: 13 }, (_, index) =>
      stands('M22', `camera-${index}`, { kind: 'kOfN', group: 'g', need: 11 }, index < 3 ? 'DOWN' : 'UP')
    )
    const graph = graphBelow(root, cameras)
    expect(graph.nodes).toHaveLength(2)
    expect(graph.nodes[1]).toMatchObject({ need: 11, state: 'DOWN', href: '' })
    expect(graph.nodes[1]!.members.slice(0, 3).map((member) => member.state)).toEqual(['DOWN', 'DOWN', 'DOWN'])
    expect(graph.edges).toHaveLength(1)
  })

  it.each([
    [['UP', 'UP'], 'UP'],
    [['UP', 'DOWN'], 'DEGRADED'],
    [['DOWN', 'DOWN'], 'DOWN'],
    [['UP', 'UNKNOWN'], 'UNKNOWN']
  ] as const)('one of two with %j is %s', (states, expected) => {
    const members = states.map((state, index) => stands('M22', `x${index}`, { kind: 'anyOf', group: 'g' }, state))
    expect(graphBelow(root, members).nodes[1]!.state).toBe(expected)
  })

  it('a member that something else stands on too keeps a box of its own', () => {
    const graph = graphBelow(root, [
      stands('M22', 'x', { kind: 'anyOf', group: 'g' }),
      stands('M22', 'y', { kind: 'anyOf', group: 'g' }),
      stands('M22', 'z'),
      stands('z', 'x')
    ])
    expect(graph.nodes.map((node) => node.id)).toContain('x')
  })
})

it('thirteen ministries on one platform share a box, worst first; four keep their own', () => {
  const many = (count: number) =>
    graphBelow(root, [
      stands('M22', 'lgsp'),
      ...Array.from({ length: count }, (_, index) =>
        stands('lgsp', `bo-${index}`, {}, index === 7 ? 'DOWN' : 'UNKNOWN')
      )
    ])
  const graph = many(13)
  expect(graph.nodes.map((node) => node.members.length)).toEqual([0, 0, 13])
  expect(graph.nodes[2]).toMatchObject({
    state: 'DOWN',
    need: null,
    members: [{ id: 'bo-7' }, {}, {}, {}].concat(Array(9).fill({}))
  })
  expect(graph.edges).toHaveLength(2)
  expect(many(4).nodes).toHaveLength(6)
})

it('a long name is called by its short form, else told in two lines', () => {
  expect(nameLines('Nền tảng tích hợp, chia sẻ dữ liệu tỉnh (LGSP)')).toEqual(['LGSP'])
  expect(nameLines('Hue-S')).toEqual(['Hue-S'])
  expect(nameLines('Hệ thống quản lý văn bản và điều hành tỉnh')).toEqual([
    'Hệ thống quản lý văn',
    'bản và điều hành tỉnh'
  ])
  fc.assert(
    fc.property(fc.string({ maxLength: 120 }), (name) => {
      const lines = nameLines(name)
      expect(lines.length).toBeLessThanOrEqual(2)
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(21)
    })
  )
})

it('what a system takes down is drawn along the ways that the walk found', () => {
  const names = { system: (id: string) => id, model: (id: number) => `Mô hình ${id}`, stateOf: () => 'UP' as const }
  const hits = [
    { model: 22, hard: true, via: [] },
    { model: 23, hard: false, via: ['vi-hue-s'] }
  ]
  const graph = graphAbove({ id: 'hue-s', name: 'Hue-S', state: 'DOWN' }, { hits, dependents: [] }, names)
  expect(graph.edges.map(({ from, to, kind }) => `${from} ${to} ${kind}`)).toEqual([
    'hue-s M22 hard',
    'hue-s vi-hue-s soft',
    'vi-hue-s M23 soft'
  ])
  expect(graph.nodes.map((node) => node.href)).toEqual([
    '/systems/hue-s',
    '/models/22',
    '/systems/vi-hue-s',
    '/models/23'
  ])
})

it('the nested list names a node met twice and opens it once', () => {
  const outline = outlineOf(
    graphBelow(root, [stands('M22', 'a'), stands('M22', 'b'), stands('a', 'b'), stands('b', 'c')])
  )!
  const [a, b] = outline.below
  expect(a!.below[0]).toMatchObject({ again: false, node: { id: 'b' } })
  expect(b).toMatchObject({ again: true, below: [] })
})

it('arrow keys follow edges and columns, and stop at the rim', () => {
  const layout = layOut(graphBelow(root, [stands('M22', 'a'), stands('M22', 'b'), stands('b', 'c')]))
  expect(stepFrom(layout, 'M22', 'ArrowRight')).toBe('a')
  expect(stepFrom(layout, 'a', 'ArrowDown')).toBe('b')
  expect(stepFrom(layout, 'b', 'ArrowRight')).toBe('c')
  expect(stepFrom(layout, 'c', 'ArrowLeft')).toBe('b')
  expect(stepFrom(layout, 'a', 'ArrowUp')).toBe(null)
  expect(stepFrom(layout, 'nobody', 'ArrowUp')).toBe(null)
})

it('any catalogue, circles included, is laid out without two boxes on one place', () => {
  const names = fc.constantFrom(...'abcdefghij')
  fc.assert(
    fc.property(fc.array(fc.tuple(names, names), { maxLength: 30 }), (pairs) => {
      const edges = pairs.filter(([from, to]) => from !== to).map(([from, to]) => stands(from, to))
      const graph: Graph = graphBelow(root, [stands('M22', 'a'), ...edges])
      const { nodes, width, height } = layOut(graph)
      for (const [index, one] of nodes.entries()) {
        expect(one.x >= 0 && one.x + one.width <= width && one.y >= 0 && one.y + one.height <= height).toBe(true)
        for (const other of nodes.slice(index + 1))
          expect(one.layer !== other.layer || one.y + one.height <= other.y || other.y + other.height <= one.y).toBe(
            true
          )
      }
      expect(outlineOf(graph)).not.toBeNull()
    })
  )
})

it('more boxes than one can take in are counted, not drawn', () => {
  const nodes = Array.from({ length: NODES_MAX + 9 }, (_, index) => ({
    ...graphBelow(root, []).nodes[0]!,
    id: index === 0 ? 'M22' : `s${index}`
  }))
  const { edges } = graphBelow(root, [stands('M22', 's1')])
  const graph: Graph = { root: 'M22', nodes, edges: nodes.slice(1).map(({ id }) => ({ ...edges[0]!, to: id })) }
  expect(layOut(graph).cut).toBe(9)
})
