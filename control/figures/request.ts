import type { Period, PeriodFigures } from '#core/api/posture.ts'
import type { Clock } from '#core/clock.ts'
import type { Origin } from '#core/origin.ts'
import type { Inventory } from '#province/inventory.ts'
import type { HealthByOrigin } from '#control/health/health-plane.ts'
import { catalogueOf } from './catalogue.ts'
import { figuresOf, type FiguresRequest } from './figures.ts'
import { healthOf } from './health-figures.ts'
import { builtInTitles, kindTable } from './kind-table.ts'
import { spansOf } from './period.ts'
import type { Reads } from '#control/database/reads.ts'

export type FiguresParts = {
  inventory: Inventory
  clock: Clock
  health: HealthByOrigin
  /** Milliseconds without an event after which a source of this origin is silent. */
  silentAfterMs(origin: Origin): number
}
export type FiguresOptions = { origin: string; scope?: ReadonlySet<string> | undefined }

/** What crosses to the thread that makes the figures. Throws 400 `posture.*` for a period that cannot be. */
export function requestOf(parts: FiguresParts, period: Period, options: FiguresOptions): FiguresRequest {
  const now = parts.clock.now()
  const { fromMs, current } = spansOf(period, now)
  return {
    period: { from: period.from, to: period.to },
    origin: options.origin,
    scope: options.scope === undefined ? null : [...options.scope],
    now,
    catalogue: catalogueOf(parts.inventory),
    health: healthOf(parts.health, parts.inventory, { fromMs, asOf: current.asOf, ...options }),
    kinds: kindTable,
    ruleTitles: builtInTitles,
    silentAfterMs: parts.silentAfterMs(options.origin as Origin)
  }
}

/** Figures on the caller's own thread: for tests and small tools. Screens and reports ask a `FiguresReader`. */
export function createFigures(parts: FiguresParts & { control: Reads }) {
  return {
    figures: (period: Period, options: FiguresOptions): PeriodFigures =>
      figuresOf(parts.control, requestOf(parts, period, options))
  }
}
