import Schema from 'typebox/schema'
import { ProbeDraft } from '#core/api/health.ts'
import { UPLINK } from '#core/health.ts'
import { kindNamed } from '#core/probes/target.ts'
import { refuse } from '#core/errors.ts'
import type { Inventory } from '#province/inventory.ts'

const shape = Schema.Compile(ProbeDraft)

/**
 * A draft that may become a probe. Throws 422: `probe.invalid` for a wrong shape, `probe.system` for an unknown system,
 * `probe.timeout` when a run could outlast the interval, and what `checkTarget` throws for a target that may not be asked.
 */
export function checkedDraft(
  draft: ProbeDraft,
  inventory: Inventory,
  checkTarget: (target: ProbeDraft['target']) => void
): ProbeDraft {
  if (!shape.Check(draft)) refuse(422, 'probe.invalid', 'this is no probe')
  if (draft.system !== UPLINK && inventory.system(draft.system) === undefined) {
    refuse(422, 'probe.system', `system ${draft.system} is unknown`, { system: draft.system })
  }
  if (!kindNamed(draft.target.kind).asked) {
    // Our own line cannot be judged by those who call us over it.
    if (draft.system === UPLINK) refuse(422, 'probe.uplink', 'our own line is asked, it does not call')
  } else if (draft.timeoutMs > draft.intervalMs) {
    refuse(422, 'probe.timeout', 'a run may not take longer than the interval', { interval: draft.intervalMs })
  }
  checkTarget(draft.target)
  // Only what the shape knows is kept.
  const { name, system, target, intervalMs, timeoutMs, attempts, retryMs, enabled, critical } = draft
  return { name: name.trim(), system, target, intervalMs, timeoutMs, attempts, retryMs, enabled, critical }
}
