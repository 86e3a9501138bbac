import type { AlertRow, IncidentRow } from '#core/api/alerts.ts'
import type { Wall } from '#core/api/health.ts'
import type { NotificationRow } from '#core/api/notifications.ts'
import type { TaskRow } from '#core/api/tasks.ts'
import type { DataPlaneState, IntakeNotice } from '#core/data-plane.ts'
import { Emitter } from '#core/emitter.ts'
import type { MatchBatch } from '#core/match.ts'
import type { Turn } from '#control/triage/alerts.ts'

/**
 * What happens in the control plane, for those of its parts and of the console that go on from there. Rows are unmasked.
 * `batch` and `turn` are inside the transaction that commits them: what a listener throws rolls it back. Everything else is
 * told after the commit.
 */
export type ControlEvents = {
  /** A batch of matches advances the position: what else is counted with it. */
  batch: (batch: MatchBatch) => void
  /** What an incident went through: for the outbox of notifications. */
  turn: (turn: Turn) => void
  /** Alerts and incidents as they are after a committed change, each once. */
  triage: (changed: { alerts: AlertRow[]; incidents: IncidentRow[] }) => void
  task: (row: TaskRow) => void
  notification: (row: NotificationRow) => void
  /** Somebody has answered a message about a subject (`incident:VL-0001`) in a chat. */
  answered: (subject: string, by: string) => void
  wall: (wall: Wall) => void
  /** Senders, keys, units or probes changed: the data plane needs a new snapshot. */
  snapshot: () => void
  /** Something at the intake that people should know. */
  notice: (notice: IntakeNotice) => void
  /** The data plane said how it is; about twice a second. */
  dataPlane: (state: DataPlaneState) => void
}

/** The one emitter of the control plane; made first, so that no part needs to know another that is made later. */
export class Changes extends Emitter<ControlEvents> {}
