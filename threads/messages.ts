import type { MessagePort } from 'node:worker_threads'
import type {
  IntakeNotice,
  ListenerOrder,
  ListenerStatus,
  PlaneThread,
  ReplayFrame,
  SenderClock,
  TokenUse
} from '#core/data-plane.ts'
import type { StoreLoss } from '#core/ledger.ts'
import type { SpoolDamage } from '#collector/spool/spool.ts'
import type { ProbeResult } from '#core/health.ts'
import type { MatchBatch } from '#core/match.ts'
import type { Origin } from '#core/origin.ts'
import type { DataPlaneSnapshot } from '#core/sender.ts'
import type { Stop } from '#core/worker.ts'
import type { Config } from '#core/config.ts'
import type { RuleRow } from '#core/api/sources.ts'
import type { LedgerFates } from '#store/store.ts'
import type { EncodedEvent, StoreEntry } from '#core/store-entry.ts'

// Messages with an `id` are questions (see core/worker.ts); their answers carry it and are not listed here.

/** What the intake is started with; the others hear everything with `begin`. */
export type IntakeData = { config: Config }

/**
 * Main → each of them: its end of the port to another thread, moved to it. Comes before anything else, and again whenever
 * that other thread was started anew; the port before is closed then.
 */
export type Neighbour<Name extends PlaneThread> = { kind: 'neighbour'; name: Name; port: MessagePort }

/** Main → intake. `open` is answered with the listeners' status; the others with nothing. */
export type ToIntake =
  | Neighbour<'pipeline' | 'store'>
  | { kind: 'snapshot'; snapshot: DataPlaneSnapshot }
  | { kind: 'open'; id: number; listeners: ListenerOrder[] }
  | { kind: 'close'; id: number; listeners: string[] }
  | { kind: 'passed'; offset: number }
  | { kind: 'replay'; id: number; frames: ReplayFrame[] }
  | { kind: 'beats'; id: number; error?: string }
  | Stop
/** Intake → main. */
export type FromIntake =
  | { kind: 'ready'; spoolId: string; end: number }
  | {
      kind: 'status'
      at: number
      end: number
      bytes: number
      refusal?: string
      received: { sender: string; origin: Origin; received: number; lastReceivedAt: number }[]
      listeners: ListenerStatus[]
      damage: SpoolDamage[]
      tokensUsed: TokenUse[]
    }
  | { kind: 'notice'; notice: IntakeNotice }
  /** Answered with `beats` when they are committed: only then does the site hear yes. */
  | { kind: 'heartbeats'; id: number; results: ProbeResult[] }
  | { kind: 'warning'; message: string }
  | { kind: 'failed'; message: string }

/**
 * Intake → pipeline and intake → store writer, each over its own MessagePort: what lies before this offset is durable.
 * One a group commit, so a few hundred wait at most while a reader is busy.
 */
export type Durable = { kind: 'durable'; end: number }

/** Main → pipeline. */
export type ToPipeline =
  | Neighbour<'intake' | 'store'>
  | {
      kind: 'begin'
      config: Config
      spoolId: string
      position: number
      checkpoint?: { offset: number; state: Uint8Array }
      snapshot: DataPlaneSnapshot
      end: number
    }
  | { kind: 'snapshot'; snapshot: DataPlaneSnapshot }
  | { kind: 'committed'; to: number }
  | { kind: 'reload' }
  | Stop
/** Pipeline → main. */
export type FromPipeline =
  | { kind: 'matches'; batch: MatchBatch }
  | { kind: 'rules'; rules: RuleRow[]; loadedAt: number; loadMs: number }
  /** `clocks` when an event was judged since the last status. */
  | { kind: 'status'; position: number; eventsPerSecond: number; clocks?: SenderClock[] }
  | { kind: 'warning'; message: string }
  | { kind: 'failed'; message: string }

/** A dead letter that came back through the spool and parses now. */
export type ReplayedLetter = {
  letterId: string
  frame: { sender: string; origin: Origin; receivedAt: number }
  event: EncodedEvent
}
/** Pipeline → store writer, over their own MessagePort: one encoded range of the spool. */
export type ToStoreFromPipeline = {
  kind: 'batch'
  from: number
  to: number
  entries: StoreEntry[]
  replayed: ReplayedLetter[]
}
/** Store writer → pipeline: one credit back. */
export type FromStoreToPipeline = { kind: 'credit' }

/** Events that are to go: those received before a time (milliseconds), or all of an origin. */
export type EventRange = { beforeMs: number } | { origin: Origin }
/** Main → store writer. `expire` is answered with the names of the removed day files or indices. */
export type ToStore =
  | Neighbour<'intake' | 'pipeline'>
  | { kind: 'begin'; config: Config; spoolId: string; snapshot: DataPlaneSnapshot; end: number }
  | { kind: 'snapshot'; snapshot: DataPlaneSnapshot }
  | { kind: 'expire'; id: number; range: EventRange }
  | Stop
/** Store writer → main. */
export type FromStore =
  | { kind: 'ready'; position: number }
  | {
      kind: 'status'
      at: number
      position: number
      durable: number
      fates: LedgerFates[]
      losses?: StoreLoss[]
      away?: { since: number; reason: string }
    }
  | { kind: 'failed'; message: string }
