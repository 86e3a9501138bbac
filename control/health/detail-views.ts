import type { DependencyState, ModelHealthDetail, ProbeDetail, StateInterval, SystemDetail } from '#core/api/health.ts'
import type { Dependency } from '#province/inventory.ts'
import { plannedState } from './graph.ts'
import type { ProbesTable } from './probes-table.ts'
import { modelNode, systemNode } from './states.ts'
import type { ViewParts, Views } from './views.ts'

const DAYS_SHOWN = 90
/** Intervals that a page lists, newest first. */
const INTERVALS_SHOWN = 200
/** Edges below a model that are listed; no catalogue of a province comes near it. */
const MAX_EDGES = 400

/** The pages of one model, one system and one probe. */
export function createDetailViews(parts: ViewParts, views: Views, probes: ProbesTable) {
  const { days, states, measurements } = parts

  function intervalsOf(node: string): StateInterval[] {
    const entries = parts.intervals.newest(node, INTERVALS_SHOWN)
    return entries.map((entry, place) => ({
      from: entry.from,
      to: place === 0 ? null : (entries[place - 1]?.from ?? null),
      state: entry.state,
      because: entry.because
    }))
  }

  const edgeOf = ({ from, to, kind, scope, inferred, reason }: Dependency) => ({
    from,
    to,
    kind,
    scope,
    inferred,
    reason
  })

  function dependencyState(edge: Dependency): DependencyState {
    const node = systemNode(edge.to)
    return {
      edge: edgeOf(edge),
      toName: parts.graph().name(edge.to),
      state: views.stateOf(node),
      measured: isMeasured(edge.to),
      because: views.reasonOf(node)
    }
  }

  /** Own probes, or those of its group members. */
  const isMeasured = (system: string) =>
    [system, ...parts.graph().membersOf(system)].some((id) => states.own(id).probed)

  /** Edges of a node and of everything below it, nearest first; monitoring edges only look and lead nowhere. */
  function below(from: string): Dependency[] {
    const all = parts.graph().inventory.dependencies.filter(({ kind }) => kind !== 'monitoring')
    const seen = new Set([from])
    const found: Dependency[] = []
    for (const node of seen) {
      for (const edge of all) {
        if (edge.from !== node || found.length >= MAX_EDGES) continue
        found.push(edge)
        // A promise leads no further: what it would stand on is not felt.
        if (edge.kind !== 'declared') seen.add(edge.to)
      }
    }
    return found
  }

  const probesOf = (systems: Iterable<string>) =>
    [...systems].flatMap((system) => states.probesOf(system)).map(views.probe)

  return {
    model(id: number): ModelHealthDetail | undefined {
      const model = parts.graph().inventory.model(id)
      if (model === undefined) return undefined
      const node = modelNode(id)
      const now = parts.now()
      const edges = below(`M${id}`)
      const felt = new Set(edges.filter(({ kind }) => kind !== 'declared').map(({ to }) => to))
      const own = new Set([
        ...model.systems,
        ...edges.filter((edge) => edge.from === `M${id}` && edge.kind !== 'declared').map(({ to }) => to)
      ])
      return {
        model: views.model(model),
        windows: days.windows(node, now),
        days: days.list(node, now, DAYS_SHOWN),
        // A planned model has no history of its own: what the rows say of it is only that nothing is known.
        intervals: plannedState(model) === undefined ? intervalsOf(node) : [],
        probes: probesOf([...own].flatMap((system) => [system, ...parts.graph().membersOf(system)])),
        hops: parts.sli.hopsOfModel(id, now),
        sli: parts.sli.windowsOfModel(id, now),
        dependencies: edges.map(dependencyState),
        measured: { systems: felt.size, measured: [...felt].filter(isMeasured).length }
      }
    },
    system(id: string): SystemDetail | undefined {
      if (parts.graph().inventory.system(id) === undefined) return undefined
      const node = systemNode(id)
      const now = parts.now()
      return {
        system: views.system(id),
        windows: days.windows(node, now),
        days: days.list(node, now, DAYS_SHOWN),
        intervals: intervalsOf(node),
        probes: probesOf([id]),
        hops: parts.sli.hopsOfSystem(id, now),
        dependencies: below(id).map(dependencyState),
        dependents: parts
          .graph()
          .inventory.dependencies.filter((edge) => edge.to === id && edge.kind !== 'monitoring')
          .map(edgeOf),
        hits: parts.graph().inventory.modelsHitBy(id)
      }
    },
    probe(id: string): ProbeDetail | undefined {
      const measured = measurements.get(id)
      if (measured === undefined) return undefined
      return {
        probe: views.probe(measured),
        results: probes.results(id),
        days: days.list(`probe:${id}`, parts.now(), DAYS_SHOWN)
      }
    }
  }
}
