import type { ProbeDraft, ProbeRow } from '#core/api/health.ts'
import type { Probe } from '#core/health.ts'
import { refuse } from '#core/errors.ts'
import type { Engine, EngineParts } from './engine.ts'
import { checkedDraft } from './probe-draft.ts'
import { draftOf, probeOf } from './probes-table.ts'
import type { Views } from './views.ts'

/** Probes of one origin; further ones are refused. */
const MAX_PROBES = 2_000

/** What edits stand on besides the engine: the data plane hears of changes, and says which targets may be asked. */
type EditParts = Pick<EngineParts, 'control' | 'inventory' | 'origin' | 'recheck'> & {
  onProbesChanged(): void
  checkTarget?(target: ProbeDraft['target']): void
}

/** Adding, changing and removing probes: everything is judged anew, and the data plane is told after the transaction. */
export function createProbeEdits(parts: EditParts, engine: Engine, views: Views) {
  const { time, measurements, probes } = engine
  const known = (id: string) => measurements.get(id) ?? refuse(404, 'probe.unknown', `there is no probe ${id}`, { id })
  const check = (draft: ProbeDraft) => checkedDraft(draft, parts.inventory(), (target) => parts.checkTarget?.(target))

  /** Saves a probe, judges anew and tells the data plane. */
  function put(probe: Probe, createdAt: number, anew: boolean): ProbeRow {
    engine.change(() => {
      probes.save(probe, createdAt)
      measurements.put(probe, createdAt, anew)
      parts.control.afterCommit(() => {
        parts.onProbesChanged()
        if (probe.enabled && probe.target.kind !== 'heartbeat') parts.recheck([probe.id])
      })
      return engine.judgeAnew()
    })
    return views.probe(known(probe.id))
  }

  return {
    addProbe(draft: ProbeDraft): ProbeRow {
      time.advance()
      const checked = check(draft)
      if ([...measurements.all()].length >= MAX_PROBES) {
        refuse(409, 'probe.too_many', 'there are too many probes', { most: MAX_PROBES })
      }
      return put(probeOf(probes.newId(), parts.origin, checked), time.now(), true)
    },
    changeProbe(id: string, change: Partial<ProbeDraft>): ProbeRow {
      time.advance()
      const { probe, createdAt } = known(id)
      const checked = check({ ...draftOf(probe), ...change })
      // What another target answered says nothing of this one.
      const anew =
        JSON.stringify(checked.target) !== JSON.stringify(probe.target) ||
        checked.system !== probe.system ||
        checked.enabled !== probe.enabled
      return put(probeOf(id, parts.origin, checked), createdAt, anew)
    },
    removeProbe(id: string): void {
      time.advance()
      known(id)
      engine.change(() => {
        probes.remove(id)
        measurements.remove(id)
        const node = `probe:${id}`
        engine.intervals.forgetNode(node)
        engine.days.forgetNode(node)
        engine.history.forgetNode(node)
        engine.history.forgetFact(node)
        parts.control.afterCommit(parts.onProbesChanged)
        return engine.judgeAnew()
      })
    },
    newHeartbeatKey(id: string): string {
      if (known(id).probe.target.kind !== 'heartbeat')
        refuse(409, 'probe.no_heartbeat', 'only a heartbeat has a key', { id })
      const key = probes.newKey(id)
      parts.onProbesChanged()
      return key
    }
  }
}
