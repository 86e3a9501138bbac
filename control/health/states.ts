import { UPLINK, type Because, type HealthState } from '#core/health.ts'
import { becauseOfWay, ownBecause, wayTo } from './because.ts'
import { plannedState, type Graph } from './graph.ts'
import { judgeModel, judgeSystems, type Judged, type Own } from './graph-state.ts'
import { EVERYTHING, type Judge, type Verdict } from './history.ts'
import { probeKey, uplinkKey, type Measured, type Measurements } from './measurements.ts'
import { outcomeWords } from './outcome-words.ts'
import { fillWords } from '#core/words.ts'
import { words } from './words.ts'

export const systemNode = (id: string): `system:${string}` => `system:${id}`
export const modelNode = (id: number): `model:${number}` => `model:${id}`
export const maintenanceKey = (system: string) => `maintenance:${system}`

/** States of probes, systems and models from facts; the newest verdicts are at hand for the views. */
export type States = Judge & {
  own(system: string): Own
  judged(): ReadonlyMap<string, Judged>
  modelJudged(id: number): Judged | undefined
  probesOf(system: string): readonly Measured[]
  /** After probes or the catalogue changed. */
  rebuild(): void
}

export function createStates(graph: () => Graph, measurements: Measurements): States {
  let bySystem = new Map<string, Measured[]>()
  let owns = new Map<string, Own>()
  let judged = new Map<string, Judged>()
  let models = new Map<number, Judged>()

  const probesOf = (system: string) => bySystem.get(system) ?? []

  function probeState(measured: Measured, facts: ReadonlyMap<string, HealthState>): HealthState {
    const blind = measured.probe.system !== UPLINK && facts.get(uplinkKey) === 'DOWN'
    return blind ? 'UNKNOWN' : (facts.get(probeKey(measured.probe.id)) ?? 'UNKNOWN')
  }

  function ownState(system: string, facts: ReadonlyMap<string, HealthState>): Own {
    const probes = probesOf(system).filter((item) => item.probe.enabled)
    const probed = probes.length > 0
    if (facts.get(maintenanceKey(system)) === 'MAINTENANCE') return { state: 'MAINTENANCE', probed }
    let state: HealthState = 'UNKNOWN'
    for (const item of probes) {
      const said = probeState(item, facts)
      if (said === 'DOWN' && item.probe.critical) return { state: 'DOWN', probed }
      if (said === 'DOWN' || said === 'DEGRADED') state = 'DEGRADED'
      else if (said === 'UP' && state === 'UNKNOWN') state = 'UP'
    }
    return { state, probed }
  }

  const verdictOf = (item: Judged): Verdict => ({
    state: item.state,
    root: item.cause?.kind === 'edge' ? (wayTo(item.cause, judged)[0] ?? null) : null
  })

  function ownReason(system: string, state: HealthState, lost: boolean): Because | null {
    if (state === 'MAINTENANCE') return ownBecause(words.own.maintenance)
    const probes = probesOf(system).filter((item) => item.probe.enabled)
    if (state === 'UNKNOWN') {
      if (probes.length === 0) return ownBecause(words.own.notMeasured)
      return lost ? ownBecause(words.own.notObserved) : ownBecause(words.own.noFreshResult)
    }
    const worst =
      probes.find((item) => item.state === 'DOWN' && item.probe.critical) ??
      probes.find((item) => item.state === 'DOWN') ??
      probes.find((item) => item.state === 'DEGRADED')
    if (worst === undefined) return null
    return probeReason(worst)
  }

  return {
    rebuild() {
      bySystem = new Map()
      for (const item of measurements.all()) {
        bySystem.set(item.probe.system, [...(bySystem.get(item.probe.system) ?? []), item])
      }
    },
    *judge(facts, changed, since) {
      const all = changed.has(EVERYTHING) || changed.has(uplinkKey)
      for (const item of measurements.all()) {
        if (!all && !changed.has(probeKey(item.probe.id))) continue
        yield [probeKey(item.probe.id), { state: probeState(item, facts), root: null }]
      }
      const walk = graph()
      owns = new Map()
      judged = judgeSystems(
        walk,
        (system) => {
          const own = ownState(system, facts)
          owns.set(system, own)
          return own
        },
        since
      )
      models = new Map()
      for (const [system, item] of judged) yield [systemNode(system), verdictOf(item)]
      for (const model of walk.inventory.models) {
        const item: Judged =
          plannedState(model) === undefined ? judgeModel(walk, model, judged, since) : { state: 'UNKNOWN', cause: null }
        models.set(model.id, item)
        yield [modelNode(model.id), verdictOf(item)]
      }
    },
    because(node, at, since) {
      const [kind, id = ''] = [node.slice(0, node.indexOf(':')), node.slice(node.indexOf(':') + 1)]
      const lost = measurements.lostSince() !== null
      if (kind === 'probe') {
        const measured = measurements.get(id)
        return measured === undefined || measured.state === 'UP' || measured.state === 'UNKNOWN'
          ? null
          : probeReason(measured)
      }
      const item = kind === 'system' ? judged.get(id) : models.get(Number(id))
      if (item === undefined || item.cause === null) return null
      const way = becauseOfWay(graph(), item, judged, since, at)
      if (way !== null) return way
      if (kind === 'system') return ownReason(id, item.state, lost)
      return lost ? ownBecause(words.own.notObserved) : ownBecause(words.own.noSystemMeasured)
    },
    own: (system) => owns.get(system) ?? { state: 'UNKNOWN', probed: false },
    judged: () => judged,
    modelJudged: (id) => models.get(id),
    probesOf
  }
}

/** "phép đo “Trang chủ” không đạt: trả lời HTTP 503". */
function probeReason({ probe, last, state }: Measured): Because {
  const { name } = probe
  // A beat that says "down" makes the probe DOWN by its word; after any other word DOWN means that the next beat is missing.
  if (probe.target.kind === 'heartbeat' && state === 'DOWN' && last?.outcome !== 'down') {
    return ownBecause(fillWords(words.probe.noHeartbeat, { name }))
  }
  const outcome = last === undefined || last.outcome === 'up' ? null : outcomeWords(last.code, last.detail)
  const reason = outcome === null ? words.probe.noReason : fillWords(words.probe.reason, { outcome })
  return ownBecause(fillWords(state === 'DEGRADED' ? words.probe.degraded : words.probe.failing, { name, reason }))
}
