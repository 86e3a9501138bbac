import { systemNames } from '#collector/probes/names.ts'
import { LagWatch } from '#collector/probes/lag.ts'
import { runProbe, type RunContext } from '#collector/probes/runner.ts'
import { Trust } from '#collector/probes/trust.ts'
import type { Clock } from '#core/clock.ts'
import { destinationRule } from '#core/destination.ts'
import type { Probe, ProbeResult } from '#core/health.ts'
import type { Simulator } from '#simulator/simulator.ts'

/** Probes asked at the same moment. */
const AT_ONCE = 24

/** Runs the real probe runners against the stand-ins when a simulated clock says they are due. */
export type Prober = {
  setProbes(probes: readonly Probe[]): void
  /** These are due at the next step, whatever their schedule says. */
  recheck(ids: readonly string[]): void
  /** Results of every probe that is due by now, retries included. */
  run(): Promise<ProbeResult[]>
}

/** When a probe of a schedule is due first: spread over the interval by its place, so that not all ask at once. */
const phaseOf = (index: number, count: number, intervalMs: number) =>
  Math.floor((index / Math.max(1, count)) * intervalMs)

/** A prober on `clock`; retries follow at once, as a simulated wait costs no time. */
export function createProber(simulator: Simulator, clock: Clock): Prober {
  const context: RunContext = {
    rule: destinationRule([], [...simulator.allow]),
    names: systemNames(),
    trust: new Trust([simulator.authority]),
    clock,
    // Never started: what stands still here is the machine that runs the drill, and it is the drill's own timeout that tells.
    lag: new LagWatch(() => 0),
    wait: async () => undefined
  }
  const due = new Map<string, { probe: Probe; at: number }>()

  return {
    setProbes(probes) {
      const asked = probes.filter((probe) => probe.enabled && probe.target.kind !== 'heartbeat')
      for (const [index, probe] of asked.entries()) {
        const before = due.get(probe.id)
        due.set(probe.id, {
          probe,
          at: before?.at ?? clock.now() + phaseOf(index, asked.length, probe.intervalMs)
        })
      }
    },
    recheck(ids) {
      for (const id of ids) {
        const entry = due.get(id)
        if (entry !== undefined) entry.at = Math.min(entry.at, clock.now())
      }
    },
    async run() {
      const now = clock.now()
      const waiting = [...due.values()].filter((entry) => entry.at <= now)
      const results: ProbeResult[] = []
      const work = async () => {
        for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
          const dueAt = entry.at
          entry.at = now + entry.probe.intervalMs
          results.push(await runProbe(entry.probe, dueAt, context))
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
      return results
    }
  }
}
