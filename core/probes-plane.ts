import type { Probe, ProbeResult } from './health.ts'
import type { Origin } from './origin.ts'

/**
 * What the probes thread runs. `allow`: `address:port` pairs that probes of this origin may ask although they lie where
 * nobody may ask (the demonstration's simulator on loopback); real probes get none.
 */
export type ProbesSnapshot = {
  probes: Probe[]
  allow: Partial<Record<Origin, string[]>>
  /** Authorities (PEM) that probes of this origin trust beside the usual ones: the simulator's own. */
  authorities?: Partial<Record<Origin, string>>
}

/** What the control plane does with results, and what it wants to know. */
export type ProbesControlSide = {
  /** Commits a batch; returns when it is durable. What throws here is handed over again. */
  results(batch: ProbeResult[]): void
  /** Something went wrong that does not stop anything: for the process log. */
  warned(thread: string, message: string): void
  /** The thread cannot start: the process must end. One that dies later is started anew, and told by `warned`. */
  failed(thread: string, message: string): void
}

/** The probes as the control plane sees them. */
export type ProbesPlane = {
  setSnapshot(snapshot: ProbesSnapshot): void
  /** Runs a probe once without counting it. Rejects with `probe.busy` (429). */
  tryProbe(probe: Probe): Promise<ProbeResult>
  /** Runs these now, beside their regular runs; a running one once more when it is done. */
  recheck(ids: string[]): void
  /** Ends all runs; results that were finished are still handed over. */
  stop(): Promise<void>
}
