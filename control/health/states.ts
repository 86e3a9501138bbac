import { UPLINK, type Because, type HealthState } from '#core/health.ts'
import { becauseOfWay, ownBecause, wayTo } from './because.ts'
import { plannedState, type Graph } from './graph.ts'
import { judgeModel, judgeSystems, type Judged, type Own } from './graph-state.ts'
import { EVERYTHING, type Judge, type Verdict } from './history.ts'
import { probeKey, uplinkKey, type Measured, type Measurements } from './measurements.ts'
import { outcomeWords } from './outcome-words.ts'

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

  function probeState(of: Measured, facts: ReadonlyMap<string, HealthState>): HealthState {
    const blind = of.probe.system !== UPLINK && facts.get(uplinkKey) === 'DOWN'
    return blind ? 'UNKNOWN' : (facts.get(probeKey(of.probe.id)) ?? 'UNKNOWN')
  }

  function ownState(system: string, facts: ReadonlyMap<string, HealthState>): Own {
    const probes = probesOf(system).filter((one) => one.probe.enabled)
    const probed = probes.length > 0
    if (facts.get(maintenanceKey(system)) === 'MAINTENANCE') return { state: 'MAINTENANCE', probed }
    let state: HealthState = 'UNKNOWN'
    for (const one of probes) {
      const said = probeState(one, facts)
      if (said === 'DOWN' && one.probe.critical) return { state: 'DOWN', probed }
      if (said === 'DOWN' || said === 'DEGRADED') state = 'DEGRADED'
      else if (said === 'UP' && state === 'UNKNOWN') state = 'UP'
    }
    return { state, probed }
  }

  const verdictOf = (one: Judged): Verdict => ({
    state: one.state,
    root: one.cause?.kind === 'edge' ? (wayTo(one.cause, judged)[0] ?? null) : null
  })

  function ownReason(system: string, state: HealthState, lost: boolean): Because | null {
    if (state === 'MAINTENANCE') return ownBecause('bảo trì theo kế hoạch', 'planned maintenance')
    const probes = probesOf(system).filter((one) => one.probe.enabled)
    if (state === 'UNKNOWN') {
      if (probes.length === 0) return ownBecause('chưa có phép đo', 'not measured')
      return lost
        ? ownBecause('mất giám sát: đường truyền của SOC bị mất', 'not observed: our own line is lost')
        : ownBecause('chưa có kết quả đo mới', 'no fresh result')
    }
    const worst =
      probes.find((one) => one.state === 'DOWN' && one.probe.critical) ??
      probes.find((one) => one.state === 'DOWN') ??
      probes.find((one) => one.state === 'DEGRADED')
    if (worst === undefined) return null
    return probeReason(worst)
  }

  return {
    rebuild() {
      bySystem = new Map()
      for (const one of measurements.all()) {
        bySystem.set(one.probe.system, [...(bySystem.get(one.probe.system) ?? []), one])
      }
    },
    *judge(facts, changed, since) {
      const all = changed.has(EVERYTHING) || changed.has(uplinkKey)
      for (const one of measurements.all()) {
        if (!all && !changed.has(probeKey(one.probe.id))) continue
        yield [probeKey(one.probe.id), { state: probeState(one, facts), root: null }]
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
      for (const [system, one] of judged) yield [systemNode(system), verdictOf(one)]
      for (const model of walk.inventory.models) {
        const one: Judged =
          plannedState(model) === undefined ? judgeModel(walk, model, judged, since) : { state: 'UNKNOWN', cause: null }
        models.set(model.id, one)
        yield [modelNode(model.id), verdictOf(one)]
      }
    },
    because(node, at, since) {
      const [kind, id = ''] = [node.slice(0, node.indexOf(':')), node.slice(node.indexOf(':') + 1)]
      const lost = measurements.lostSince() !== null
      if (kind === 'probe') {
        const of = measurements.get(id)
        return of === undefined || of.state === 'UP' || of.state === 'UNKNOWN' ? null : probeReason(of)
      }
      const one = kind === 'system' ? judged.get(id) : models.get(Number(id))
      if (one === undefined || one.cause === null) return null
      const way = becauseOfWay(graph(), one, judged, since, at)
      if (way !== null) return way
      if (kind === 'system') return ownReason(id, one.state, lost)
      return lost
        ? ownBecause('mất giám sát: đường truyền của SOC bị mất', 'not observed: our own line is lost')
        : ownBecause('chưa có hệ thống nào được đo', 'none of its systems is measured')
    },
    own: (system) => owns.get(system) ?? { state: 'UNKNOWN', probed: false },
    judged: () => judged,
    modelJudged: (id) => models.get(id),
    probesOf
  }
}

/** "phép đo “Trang chủ” không đạt: trả lời HTTP 503". */
function probeReason({ probe, last, state }: Measured): Because {
  const why = last === undefined || last.outcome === 'up' ? null : outcomeWords(last.code, last.detail)
  const [vi, en] = why === null ? ['', ''] : [`: ${why.vi}`, `: ${why.en}`]
  const silent = probe.target.kind === 'heartbeat' && last?.outcome === 'up'
  if (silent) return ownBecause(`“${probe.name}” không báo nhịp đúng hạn`, `“${probe.name}” sent no heartbeat in time`)
  return state === 'DEGRADED'
    ? ownBecause(`phép đo “${probe.name}” suy giảm${vi}`, `probe “${probe.name}” is degraded${en}`)
    : ownBecause(`phép đo “${probe.name}” không đạt${vi}`, `probe “${probe.name}” fails${en}`)
}
