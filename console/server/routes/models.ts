import { Type } from 'typebox'
import { ModelHealthDetail, Wall } from '#core/api/health.ts'
import { ModelDetail, ModelRow } from '#core/api/province.ts'
import { checkBaseline } from '#province/baseline.ts'
import type { Dependency, Inventory, ProvinceModel } from '#province/inventory.ts'
import { notFound, viewerOf, type App, type Context } from '../context.ts'
import { modelHealthView, wallView } from '../views/health-view.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'

const Number_ = Type.Object({ id: Type.Integer({ minimum: 1, maximum: 100_000 }) })

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
export function modelRoutes(app: App, context: Context): void {
  const { inventory } = context

  /** Open alerts at the units that own the model's systems; an alert names a unit, not a system. */
  function alertsAtOwners(model: ProvinceModel, scope: Scope): number {
    const owners = new Set(model.systems.map((id) => inventory.system(id)?.owner ?? ''))
    const open = context.alerts.openByUnit()
    return [...owners]
      .filter((unit) => inScope(scope, unit))
      .reduce((sum, unit) => sum + (open.get(unit)?.alerts ?? 0), 0)
  }

  app.get('/api/models', { schema: { summary: 'The 46 models', response: { 200: Type.Array(ModelRow) } } }, () =>
    inventory.models.map((model) => rowOf(inventory, model))
  )

  app.get(
    '/api/models/:id',
    { schema: { summary: 'One model', params: Number_, response: { 200: ModelDetail } } },
    (request) => {
      const model = inventory.model(request.params.id)
      if (model === undefined) throw notFound('model', String(request.params.id))
      const own = `M${model.id}`
      return {
        model: rowOf(inventory, model),
        dependencies: edgesBelow(inventory.dependencies, own),
        dependents: inventory.dependencies.filter((edge) => edge.to === own),
        alerts: alertsAtOwners(model, request.scope)
      }
    }
  )

  app.get(
    '/api/health/wall',
    { schema: { summary: 'The wall: 46 models and what takes them down', response: { 200: Wall } } },
    (request) =>
      wallView(context, context.health.shown().wall(), { role: viewerOf(request).role, scope: request.scope })
  )

  app.get(
    '/api/models/:id/health',
    { schema: { summary: 'Health of one model', params: Number_, response: { 200: ModelHealthDetail } } },
    (request) => {
      const detail = context.health.shown().model(request.params.id)
      if (detail === undefined) throw notFound('model', String(request.params.id))
      return modelHealthView(context, detail, { role: viewerOf(request).role, scope: request.scope })
    }
  )
}
