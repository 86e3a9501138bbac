import type { HealthState } from '#core/health.ts'
import type { Graph, Group, Stands } from './graph.ts'

/** How a system is by itself, before anything it stands on is asked. */
export type Own = { state: HealthState; /** Whether it has probes at all. */ probed: boolean }

/** Why a node is as it is: one step towards the cause. */
export type Cause =
  | { kind: 'own' }
  /** A system of which group members are lost is a cause itself: "3/13 camera" is one thing, not three. */
  | { kind: 'group'; lost: Lost }
  | { kind: 'edge'; to: string; edge: 'hard' | 'soft' | 'anyOf' | 'kOfN'; lost: Lost | null }
/** Of a group: how many of its members are down. */
export type Lost = { down: number; all: number }
export type Judged = { state: HealthState; cause: Cause | null }

/** What is felt more wins: an outage over planned work over less than the whole. */
const severity: Record<HealthState, number> = { DOWN: 3, MAINTENANCE: 2, DEGRADED: 1, UP: 0, UNKNOWN: 0 }

type Felt = {
  state: HealthState
  to: string
  edge: 'hard' | 'soft' | 'anyOf' | 'kOfN'
  lost: Lost | null
  since: number
}

/**
 * States of all systems with what they stand on, from their own states. Order and rules: docs/health.md. UNKNOWN is never
 * felt as a fault. A system's own state wins only when it is worse than what it stands on explains.
 */
export function judgeSystems(
  graph: Graph,
  own: (system: string) => Own,
  since: (system: string) => number
): Map<string, Judged> {
  const judged = new Map<string, Judged>()
  for (const system of graph.order) {
    const self = own(system)
    const stands = graph.standsOf(system)
    if (self.state === 'MAINTENANCE') {
      judged.set(system, { state: 'MAINTENANCE', cause: { kind: 'own' } })
      continue
    }
    const worst = worstFelt(stands, judged, since)
    if (severity[self.state] > severity[worst?.state ?? 'UP']) {
      judged.set(system, { state: self.state, cause: { kind: 'own' } })
    } else if (worst !== undefined) {
      judged.set(
        system,
        worst.lost === null ? byEdge(worst) : { state: worst.state, cause: { kind: 'group', lost: worst.lost } }
      )
    } else if (self.state === 'UNKNOWN' && !self.probed && stands.groups.some((group) => enoughUp(group, judged))) {
      // Without a probe of its own a group is known by its members: 13 of 13 cameras are up.
      judged.set(system, { state: 'UP', cause: null })
    } else {
      judged.set(system, { state: self.state, cause: self.state === 'UP' ? null : { kind: 'own' } })
    }
  }
  return judged
}

/** The state of a model over judged systems. Without a single known system of its own it is UNKNOWN, unless a fault reaches it. */
export function judgeModel(
  graph: Graph,
  model: { id: number; systems: readonly string[] },
  judged: ReadonlyMap<string, Judged>,
  since: (system: string) => number
): Judged {
  const stands = graph.standsOf(`M${model.id}`)
  const worst = worstFelt(stands, judged, since)
  if (worst !== undefined) return byEdge(worst)
  const known = model.systems.some((system) => (judged.get(system)?.state ?? 'UNKNOWN') !== 'UNKNOWN')
  return known ? { state: 'UP', cause: null } : { state: 'UNKNOWN', cause: { kind: 'own' } }
}

const byEdge = ({ state, to, edge, lost }: Felt): Judged => ({ state, cause: { kind: 'edge', to, edge, lost } })

function worstFelt(
  stands: Stands,
  judged: ReadonlyMap<string, Judged>,
  since: (system: string) => number
): Felt | undefined {
  let worst: Felt | undefined
  const take = (felt: Felt | undefined) => {
    if (felt === undefined) return
    const more = worst === undefined ? 1 : severity[felt.state] - severity[worst.state]
    // Of equals, what is so for longer is the cause.
    if (more > 0 || (more === 0 && worst !== undefined && felt.since < worst.since)) worst = felt
  }
  for (const edge of stands.edges) {
    const state = judged.get(edge.to)?.state ?? 'UNKNOWN'
    const whole = edge.kind === 'hard' && edge.scope === ''
    const feel = state === 'DOWN' ? (whole ? 'DOWN' : 'DEGRADED') : state
    if (feel === 'UP' || feel === 'UNKNOWN' || (feel === 'MAINTENANCE' && !whole)) continue
    take({
      state: feel,
      to: edge.to,
      edge: edge.kind as 'hard' | 'soft',
      lost: null,
      since: since(`system:${edge.to}`)
    })
  }
  for (const group of stands.groups) take(feltOfGroup(group, judged, since))
  return worst
}

function feltOfGroup(
  group: Group,
  judged: ReadonlyMap<string, Judged>,
  since: (system: string) => number
): Felt | undefined {
  const inState = (state: HealthState) =>
    group.members.filter((member) => (judged.get(member)?.state ?? 'UNKNOWN') === state)
  const down = inState('DOWN')
  const degraded = inState('DEGRADED')
  const resting = inState('MAINTENANCE')
  // What is unknown may well be up: only certain losses count.
  const possible = group.members.length - down.length - resting.length
  const first = (members: string[]) =>
    [...members].sort((a, b) => since(`system:${a}`) - since(`system:${b}`) || (a < b ? -1 : 1))[0]
  const felt = (state: HealthState, members: string[]): Felt | undefined => {
    const to = first(members)
    if (to === undefined) return undefined
    const lost = { down: down.length, all: group.members.length }
    return { state, to, edge: group.kind, lost, since: since(`system:${to}`) }
  }
  if (possible < group.need)
    return felt(possible + resting.length < group.need ? 'DOWN' : 'MAINTENANCE', down.length > 0 ? down : resting)
  return felt('DEGRADED', down.length > 0 ? down : degraded)
}

function enoughUp(group: Group, judged: ReadonlyMap<string, Judged>): boolean {
  return group.members.filter((member) => judged.get(member)?.state === 'UP').length >= group.need
}
