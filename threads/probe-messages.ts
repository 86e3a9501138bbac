import type { ProbeCounts } from '#collector/probes/engine.ts'
import type { ResultBatch } from '#collector/probes/outbox.ts'
import type { Probe } from '#core/health.ts'
import type { ProbesSnapshot } from '#core/probes-plane.ts'
import type { Stop } from '#core/worker.ts'

/** Main → probes. `try` is a question, answered with the probe's result. */
export type ToProbes =
  | ({ kind: 'snapshot' } & ProbesSnapshot)
  | { kind: 'try'; id: number; probe: Probe }
  | { kind: 'recheck'; ids: string[] }
  | { kind: 'taken'; batch: number }
  | { kind: 'refused'; batch: number }
  | Stop

export type ProbesStatus = ProbeCounts & {
  /** Results not yet acknowledged, and those thrown away because there were too many. */
  kept: number
  dropped: number
  /** Processor time of this thread since it began, milliseconds. */
  cpuMs: number
}

/** Probes → main. */
export type FromProbes =
  | { kind: 'ready' }
  | ({ kind: 'results' } & ResultBatch)
  | { kind: 'status'; status: ProbesStatus }
  | { kind: 'warning'; message: string }
  | { kind: 'failed'; message: string }
