import { expect, it } from 'vitest'
import type { HealthState } from '#core/health.ts'
import type { Dependency, Inventory } from '#province/inventory.ts'
import { graphOf, plannedState } from './graph.ts'
import { judgeModel, judgeSystems } from './graph-state.ts'
import { inventory } from '#testing/health.ts'

const sinceNever = () => 0

function modelsUnder(
  catalogue: Inventory,
  states: Record<string, HealthState>,
  otherwise: HealthState = 'UP'
): Map<number, HealthState> {
  const graph = graphOf(catalogue)
  const judged = judgeSystems(graph, (id) => ({ state: states[id] ?? otherwise, probed: true }), sinceNever)
  return new Map(
    catalogue.models
      .filter((model) => plannedState(model) === undefined)
      .map((model) => [model.id, judgeModel(graph, model, judged, sinceNever).state])
  )
}

it.each(inventory.systems.map(({ id }) => id))('%s alone down hits the models that the catalogue says', (system) => {
  const states = modelsUnder(inventory, { [system]: 'DOWN' })
  const hit = new Map(inventory.modelsHitBy(system).map(({ model, hard }) => [model, hard]))
  for (const [model, state] of states) {
    const hard = hit.get(model)
    expect([model, state]).toEqual([model, hard === undefined ? 'UP' : hard ? 'DOWN' : 'DEGRADED'])
  }
})

it('declared and monitoring edges carry nothing, and UNKNOWN is no fault', () => {
  // Model 34 only promises VNeID; model 45 watches every system.
  expect(modelsUnder(inventory, { vneid: 'DOWN' }).get(34)).toBe('UP')
  expect(modelsUnder(inventory, { vneid: 'DOWN' }).get(45)).toBe('UP')
  expect(modelsUnder(inventory, { 'hue-s': 'UNKNOWN' }).get(23)).toBe('UP')
  expect(modelsUnder(inventory, {}, 'UNKNOWN').get(22)).toBe('UNKNOWN')
})

it('planned work of what a model wholly stands on is planned work of the model; of a part it is not felt', () => {
  const states = modelsUnder(inventory, { 'hue-s': 'MAINTENANCE' })
  expect([22, 23, 27, 44].map((id) => states.get(id))).toEqual(new Array(4).fill('MAINTENANCE'))
  expect([2, 18, 25, 28, 32].map((id) => states.get(id))).toEqual(new Array(5).fill('UP'))
})

/** A catalogue of its own with these edges among systems a, b, c, d and one live model on `a`. */
function small(edges: (Partial<Dependency> & { from: string; to: string })[]): Inventory {
  const reason = { vi: '', en: '' }
  const dependencies = edges.map((edge) => ({ kind: 'hard' as const, scope: '', inferred: false, reason, ...edge }))
  const systems = ['a', 'b', 'c', 'd'].map((id) => ({ id, name: id.toUpperCase(), owner: '', inferred: false }))
  const model = { ...inventory.models[0], id: 1, stage: 'live', systems: ['a'] }
  return {
    ...inventory,
    systems,
    system: (id: string) => systems.find((node) => node.id === id),
    models: [model],
    model: () => model,
    dependencies
  } as Inventory
}

const group = (need: number) =>
  ['b', 'c', 'd'].map((to) => ({ from: 'a', to, kind: 'kOfN' as const, group: 'g', need }))

it.each([
  [1, {}, 'UP'],
  [1, { b: 'DOWN' }, 'DEGRADED'],
  [2, { b: 'DOWN', c: 'DOWN' }, 'DOWN'],
  [2, { b: 'DOWN', c: 'UNKNOWN' }, 'DEGRADED'],
  [1, { b: 'UNKNOWN', c: 'UNKNOWN', d: 'UNKNOWN' }, 'UP'],
  [3, { b: 'MAINTENANCE' }, 'MAINTENANCE'],
  [1, { b: 'DOWN', c: 'DOWN', d: 'DOWN' }, 'DOWN']
] as [number, Record<string, HealthState>, HealthState][])(
  'of three members %i are needed: with %o it is %s',
  (need, states, expected) => {
    const graph = graphOf(small([{ from: 'M1', to: 'a' }, ...group(need)]))
    const judged = judgeSystems(graph, (id) => ({ state: states[id] ?? 'UP', probed: true }), sinceNever)
    expect(judged.get('a')?.state).toBe(expected)
  }
)

it('a circle in a bad catalogue neither hangs nor makes anybody silent', () => {
  const circle = small([
    { from: 'M1', to: 'a' },
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'c', to: 'a' }
  ])
  const graph = graphOf(circle)
  const judged = judgeSystems(graph, () => ({ state: 'DOWN', probed: true }), sinceNever)
  expect([...judged.values()].map(({ state }) => state)).toEqual(['DOWN', 'DOWN', 'DOWN', 'DOWN'])
  // Somebody is a root: not everybody is explained by everybody.
  expect(['a', 'b', 'c'].some((system) => graph.hardAbove(system).length === 0)).toBe(true)
})
