import type { Config } from '#core/config.ts'
import type { Origin } from '#core/origin.ts'

/** Threshold of the demonstration's senders, shortened so that the story shows a silent commune. */
const DEMONSTRATION_SILENT_AFTER_MS = 90_000

/** Milliseconds without an event after which a sender counts as silent: one answer for screens and alerts. */
export function silentAfterMs(config: Pick<Config, 'SOC_SILENT_AFTER_MIN'>, origin: Origin): number {
  return origin === 'demonstration' ? DEMONSTRATION_SILENT_AFTER_MS : config.SOC_SILENT_AFTER_MIN * 60_000
}
