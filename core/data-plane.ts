import type { RuleRow } from './api/sources.ts'
import type { ProbeResult } from './health.ts'
import type { Ledger, StoreLoss } from './ledger.ts'
import type { MatchBatch } from './match.ts'
import type { Origin } from './origin.ts'
import type { DataPlaneSnapshot } from './sender.ts'

/** What an intake listener can tell people of: shown, and raised as a built-in alert. */
export type NoticeKind = 'unknown_sender' | 'wrong_token' | 'first_event' | 'disk_guard' | 'door_held' | 'refused_write'

/** Something at the intake that people should know. */
export type IntakeNotice = {
  kind: NoticeKind
  at: number
  origin: Origin
  /** The sender as far as it is known: by its network, or `_unassigned`. */
  sender: string
  /** `address:port` of the last occurrence. */
  peer: string
  listener: string
  /** How many times since the notice before. */
  count: number
  /** What exactly: the path of a write that is not offered. */
  detail?: string
}

/** A token that somebody sent with, by its hash. */
export type TokenUse = { hash: string; at: number }

/** A listener as the composition root orders it; port 0 lets the system choose. `sender` pins whoever connects. */
export type ListenerOrder = {
  id: string
  /** Name of a row of collector/sources/. */
  protocol: string
  host: string
  port: number
  origin: Origin
  sender?: string
  /** Without TLS although the process has a certificate: for the demonstration's own listeners on loopback. */
  plain?: boolean
}

/** What a listener heard and turned away since it was opened. */
export type ListenerStatus = {
  id: string
  protocol: string
  address: string
  port: number
  origin: Origin
  frames: number
  bytes: number
  /** Reason → count: wrong_token, unknown_sender, bad_request, held, dropped, kernel_drops, connections … */
  refused: Record<string, number>
}

/** How far a sender's clock is off, by its last events. */
export type SenderClock = {
  sender: string
  /** Median of event time minus receive time. */
  skewMs: number
  /** Its events agree. */
  steady: boolean
  /** The sender's offset that was used because its logs name no zone, minutes; null when they name one. */
  usedOffsetMinutes: number | null
}

/** The threads of the data plane on one machine. */
export type PlaneThread = 'intake' | 'pipeline' | 'store'

/** A thread that ended by itself and was started anew, or is about to be. */
export type ThreadRestart = {
  thread: PlaneThread
  /** Times since the start of the process. */
  count: number
  /** Moment and cause of the last end. */
  at: number
  reason: string
  /** It does not run now. */
  down: boolean
}

/** What the data plane last said of itself. */
export type DataPlaneState = {
  ledger: Ledger | undefined
  listeners: ListenerStatus[]
  spool: { bytes: number; end: number; refusal: string | null; damage: number }
  /** `held`: why matches are not committed now; the detector waits at its position. */
  detector: { position: number; eventsPerSecond: number; held: string | null }
  /** Clocks of the senders heard since the start. */
  clocks?: readonly SenderClock[]
  restarts: ThreadRestart[]
  store: { position: number; away: { since: number; reason: string } | null; losses: StoreLoss[] }
  /** Tokens used since the status before. */
  tokensUsed: TokenUse[]
  rules: RuleRow[]
  rulesLoadedAt: number
  rulesLoadMs: number
}

/** A dead letter on its way back into the spool: keeps its id and its first receive time. */
export type ReplayFrame = {
  letterId: string
  sender: string
  unit: string
  origin: Origin
  receivedAt: number
  listener: string
  peer: string
  hint: string
  flags: number
  clientKey: string
  raw: Uint8Array
}

/** The data plane as the rest of the process sees it: threads on this machine, or processes elsewhere. */
export type DataPlane = {
  readonly state: DataPlaneState
  open(listeners: ListenerOrder[]): Promise<ListenerStatus[]>
  close(listeners: string[]): Promise<void>
  setSnapshot(snapshot: DataPlaneSnapshot): void
  replay(frames: ReplayFrame[]): Promise<void>
  expire(what: { beforeMs: number } | { origin: Origin }): Promise<string[]>
  reloadRules(): void
  stop(): Promise<void>
}

/** What the control plane answers to the data plane, and what it wants to know. */
export type ControlSide = {
  /** Position and checkpoint committed for this spool; -1 when none. */
  position(spoolId: string): { offset: number; checkpoint?: { offset: number; state: Uint8Array } }
  /** Commits a batch; returns when it is durable. */
  commit(batch: MatchBatch, spoolId: string): void
  snapshot(): DataPlaneSnapshot
  notice(notice: IntakeNotice): void
  /** Commits what sites reported of themselves; returns when it is durable. What throws is refused to the site. */
  heartbeats?(results: ProbeResult[]): void
  /** After every status: ledger, store state, lags. */
  changed(state: DataPlaneState): void
  /** Something went wrong that does not stop anything: for the process log. */
  warned(thread: string, message: string): void
  /** A thread died or cannot start: the process must end. */
  failed(thread: string, message: string): void
}
