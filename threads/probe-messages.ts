import type { ProbeCounts } from '#collector/probes/engine.ts'
import type { ResultBatch } from '#collector/probes/outbox.ts'
import type { Probe, ProbeResult } from '#core/health.ts'
import type { ProbesSnapshot } from '#core/probes-plane.ts'

/** Main → probes. */
export type ToProbes =
  | ({ kind: 'snapshot' } & ProbesSnapshot)
  | { kind: 'try'; id: number; probe: Probe }
  | { kind: 'recheck'; ids: string[] }
  | { kind: 'taken'; batch: number }
  | { kind: 'refused'; batch: number }
  | { kind: 'stop' }

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
  | { kind: 'tried'; id: number; result?: ProbeResult; error?: { code: string; message: string; status: number } }
  | { kind: 'status'; status: ProbesStatus }
  | { kind: 'warning'; message: string }
  | { kind: 'stopped' }
  | { kind: 'failed'; message: string }
