import { type ModelRow } from '#core/api/province.ts'
import { checkBaseline } from '#province/baseline.ts'
import type { Dependency, Inventory, ProvinceModel } from '#province/inventory.ts'
import { notFound, viewerOf, type Context } from '../context.ts'
import { modelHealthView, wallView } from '../views/health-view.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import type { modelsApi } from '#core/api/models.ts'
import type { Handlers } from './serve.ts'

function rowOf(inventory: Inventory, model: ProvinceModel): ModelRow {
  return {
    id: model.id,
    name: model.name,
    shortName: model.shortName,
    stage: model.stage,
    owner: model.owner,
    ownerInferred: model.ownerInferred,
    systems: model.systems.map((id) => {
      const system = inventory.system(id)
      return { id, name: system?.name ?? id, inferred: system?.inferred ?? true }
    }),
    baselines: model.baselines.map((baseline) => {
      const check = checkBaseline(baseline)
      return {
        label: baseline.label,
        printed: baseline.printed,
        recomputed: check?.recomputed ?? null,
        agrees: check?.agrees ?? null
      }
    }),
    notes: model.notes
  }
}

/** Every edge on the way down from a node: what it stands on, and what that stands on. */
function edgesBelow(dependencies: readonly Dependency[], from: string): Dependency[] {
  const nodes = new Set([from])
  const found: Dependency[] = []
  for (const node of nodes)
    for (const edge of dependencies)
      if (edge.from === node) {
        found.push(edge)
        nodes.add(edge.to)
      }
  return found
}

/** The 46 models as the catalogue describes them, with their place in the dependency graph. */
export function modelHandlers(context: Context): Handlers<typeof modelsApi> {
  const { inventory } = context

  /** Open alerts at the units that own the model's systems; an alert names a unit, not a system. */
  function alertsAtOwners(model: ProvinceModel, scope: Scope): number {
    const owners = new Set(model.systems.map((id) => inventory.system(id)?.owner ?? ''))
    const open = context.alerts.openByUnit(context.shownOrigin())
    return [...owners]
      .filter((unit) => inScope(scope, unit))
      .reduce((sum, unit) => sum + (open.get(unit)?.alerts ?? 0), 0)
  }

  return {
    'GET /api/models': () => inventory.models.map((model) => rowOf(inventory, model)),
    'GET /api/models/:id': (request) => {
      const model = inventory.model(request.params.id)
      if (model === undefined) throw notFound('model', String(request.params.id))
      const own = `M${model.id}`
      return {
        model: rowOf(inventory, model),
        dependencies: edgesBelow(inventory.dependencies, own),
        dependents: inventory.dependencies.filter((edge) => edge.to === own),
        alerts: alertsAtOwners(model, request.scope)
      }
    },
    'GET /api/health/wall': (request) =>
      wallView(context, context.health.shown().wall(), { role: viewerOf(request).role, scope: request.scope }),
    'GET /api/models/:id/health': (request) => {
      const detail = context.health.shown().model(request.params.id)
      if (detail === undefined) throw notFound('model', String(request.params.id))
      return modelHealthView(context, detail, { role: viewerOf(request).role, scope: request.scope })
    }
  }
}
