import type { AlertRow, IncidentRow } from '#core/api/alerts.ts'
import type { Wall } from '#core/api/health.ts'
import type { NotificationRow } from '#core/api/notifications.ts'
import type { SourceRow, Summary } from '#core/api/sources.ts'
import type { TaskRow } from '#core/api/tasks.ts'

/** What the server pushes; one map for both ends. After a reconnect the page refetches. */
export type LiveEvents = {
  'alert:changed': (alert: AlertRow) => void
  'incident:changed': (incident: IncidentRow) => void
  'source:changed': (source: SourceRow) => void
  'summary:changed': (summary: Summary) => void
  /** States of models changed, or an outage began or ended: the wall whole. */
  'health:changed': (wall: Wall) => void
  /** A task of a unit: asked, answered, reminded, ended. */
  'task:changed': (task: TaskRow) => void
  /** A message came further, or failed. */
  'notification:changed': (notification: NotificationRow) => void
  /** First event of a sender after its token was made, or why it was refused. */
  'sender:heard': (heard: { sender: string; at: number; refusal?: string }) => void
}

/** What the browser may say: nothing. Acts go over HTTP, where they are checked and audited. */
export type LiveRequests = Record<string, never>
