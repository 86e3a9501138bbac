import type { PeriodFigures } from '#core/api/posture.ts'
import type { Origin } from '#core/origin.ts'
import type { Inventory } from '#province/inventory.ts'
import type { HealthByOrigin } from '#control/health/health-plane.ts'

/** Stages that are measured: what is not deployed has no availability. */
const deployed: readonly string[] = ['live', 'pilot']

const sorted = (models: readonly number[]): number[] => [...new Set(models)].sort((a, b) => a - b)

/**
 * Outages and availability up to the end of a period, as health keeps them: cut at the end, so that a later
 * recovery does not change what was true then. Of a scope: the outages of systems its units own.
 */
export function healthOf(
  health: HealthByOrigin,
  inventory: Inventory,
  period: { fromMs: number; asOf: number; origin: string; scope?: ReadonlySet<string> | undefined }
): PeriodFigures['health'] {
  const { fromMs, asOf, scope } = period
  const outages = health
    .of(period.origin === 'demonstration' ? 'demonstration' : 'real')
    .outages(fromMs, asOf, period.origin as Origin)
    .filter(
      (outage) =>
        outage.since < asOf && (scope === undefined || (outage.owner !== null && scope.has(outage.owner.code)))
    )
    .map((outage) => {
      const to = outage.until === null || outage.until >= asOf ? null : outage.until
      return {
        system: outage.system,
        name: outage.name,
        from: outage.since,
        to,
        // Only what lies in the period.
        ms: (to ?? asOf) - Math.max(outage.since, fromMs),
        models: sorted([...outage.down, ...outage.degraded]),
        down: sorted(outage.down),
        degraded: sorted(outage.degraded.filter((model) => !outage.down.includes(model)))
      }
    })
    .sort((a, b) => b.ms - a.ms || a.from - b.from)
  // Health is shown for one origin at a time; another origin's availability is not ours to print.
  const shown = health.shown()
  const models =
    asOf <= fromMs || shown.wall().origin !== period.origin
      ? []
      : inventory.models
          .filter((model) => deployed.includes(model.stage))
          .map((model) => {
            const { uptime, coverage } = shown.uptime(`model:${model.id}`, fromMs, asOf)
            const sli = shown.sliOfModel(model.id, fromMs, asOf).success
            return { id: model.id, name: model.name, uptime, coverage, sli }
          })
  return { outages, models }
}
