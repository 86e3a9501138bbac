import type { Level } from '#core/match.ts'
import type { Graph } from './graph.ts'
import type { Judged, Lost, Own } from './graph-state.ts'

/** What fails as one: a system, or the group members of a system. */
export type Failing = {
  root: string
  /** Systems that are DOWN for themselves. */
  systems: string[]
  state: 'DOWN' | 'DEGRADED'
  lost: Lost | null
  down: number[]
  degraded: number[]
  level: Level
}

/** The systems that are DOWN for themselves, members of a group folded into the group's parent. */
export function failingNow(graph: Graph, own: (system: string) => Own): Map<string, Failing> {
  const systems = new Map<string, string[]>()
  for (const system of graph.order) {
    if (own(system).state !== 'DOWN') continue
    const root = graph.groupParent(system) ?? system
    systems.set(root, [...(systems.get(root) ?? []), system])
  }
  return new Map([...systems].map(([root, members]) => [root, failing(graph, root, members, own)]))
}

function failing(graph: Graph, root: string, systems: string[], own: (system: string) => Own): Failing {
  const isDown = own(root).state === 'DOWN'
  let state: Failing['state'] = isDown ? 'DOWN' : 'DEGRADED'
  let lost = null as Lost | null
  for (const group of isDown ? [] : graph.standsOf(root).groups) {
    const down = group.members.filter((member) => systems.includes(member)).length
    if (down === 0) continue
    const before: Lost = lost ?? { down: 0, all: 0 }
    lost = { down: down + before.down, all: group.members.length + before.all }
    if (group.members.length - down < group.need) state = 'DOWN'
  }
  const hits = graph.hits(root)
  const down = state === 'DOWN' ? hits.filter(({ hard }) => hard).map(({ model }) => model) : []
  const degraded = hits.map(({ model }) => model).filter((model) => !down.includes(model))
  const serving = down.some((id) => ['live', 'pilot'].includes(graph.inventory.model(id)?.stage ?? ''))
  // A group that still has what it needs is worth knowing, not worth waking anybody.
  const level = serving ? 'critical' : state === 'DEGRADED' ? 'medium' : 'high'
  return { root, systems, state, lost, down, degraded, level }
}

/** Whether every model that `lesser` hits is hit at least as badly by `greater`. What hits no model is never covered. */
export function covers(
  greater: { down: readonly number[]; degraded: readonly number[] },
  lesser: { down: readonly number[]; degraded: readonly number[] }
): boolean {
  if (lesser.down.length + lesser.degraded.length === 0) return false
  return (
    lesser.down.every((model) => greater.down.includes(model)) &&
    lesser.degraded.every((model) => greater.down.includes(model) || greater.degraded.includes(model))
  )
}

/** Greater losses first; then by id, so that the order is always the same. */
export function byImpact(a: Failing, b: Failing): number {
  return b.down.length - a.down.length || b.degraded.length - a.degraded.length || (a.root < b.root ? -1 : 1)
}

/** The systems that may explain why this one fails: over hard edges for the whole, of the failing system or group members. */
export function explainers(graph: Graph, failing: Failing): string[] {
  return [...new Set([failing.root, ...failing.systems].flatMap((system) => graph.hardAbove(system)))]
}

/** Whether a system answers, as far as it and its group members are known; null when it is not known. */
export function answers(
  graph: Graph,
  root: string,
  own: (system: string) => Own,
  judged: ReadonlyMap<string, Judged>
): boolean | null {
  const members = graph.membersOf(root).filter((member) => own(member).probed)
  const asked = own(root).probed ? [root, ...members] : members
  if (asked.length === 0) return judged.has(root) ? null : true
  const states = asked.map((system) => own(system).state)
  if (states.includes('DOWN')) return false
  return states.every((state) => state === 'UP' || state === 'DEGRADED') ? true : null
}
