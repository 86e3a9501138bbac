import { levels } from '#core/match.ts'
import type { Failing } from './impact.ts'
import type { HealthSettings } from './settings.ts'

/** So many systems, and so great a share of what is measured, do not fail together by chance. */
const SYSTEMS_MIN = 5
const SHARE_MIN = 0.3

/** From how many systems on that fell together a common cause is suspected: our line or our machine before theirs. */
export const commonLimit = (measured: number) => Math.max(SYSTEMS_MIN, Math.ceil(measured * SHARE_MIN))

/** Falling together: within a minute, or what is a minute to a demonstration. */
export const commonWindow = ({ settleMs }: HealthSettings) => 4 * settleMs

/** A failure that stands for all that fell with it: its models are theirs, its level the highest. */
export function asOne(failing: Failing, together: readonly Failing[]): Failing {
  const down = [...new Set(together.flatMap((each) => each.down))]
  const degraded = [...new Set(together.flatMap((each) => each.degraded))].filter((model) => !down.includes(model))
  const level = levels[Math.max(...together.map((each) => levels.indexOf(each.level)))] ?? failing.level
  return { ...failing, down, degraded, level }
}
