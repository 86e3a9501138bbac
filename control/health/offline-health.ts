import type { Clock } from '#core/clock.ts'
import { createHealth } from './health.ts'
import type { HealthByOrigin } from './health-plane.ts'
import type { Inventory } from '#province/inventory.ts'
import type { Control } from '#control/database/control.ts'

/**
 * Health of what is real, as it was measured, for a process that measures nothing itself: reports made on a data folder whose
 * platform is stopped. From its last moment of life until now nothing was seen, which is UNKNOWN. It is never ticked, so
 * nothing is raised or notified.
 */
export function offlineHealth(parts: { control: Control; inventory: Inventory; clock: Clock }): HealthByOrigin {
  const health = createHealth({
    ...parts,
    inventory: () => parts.inventory,
    origin: 'real',
    raise: () => undefined,
    resolve: () => undefined,
    alertOf: () => undefined,
    recheck: () => undefined,
    onProbesChanged: () => undefined,
    onWallChanged: () => undefined
  })
  health.start(parts.clock.now())
  return { shown: () => health, of: () => health }
}
