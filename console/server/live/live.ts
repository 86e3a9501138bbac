import type { Server as HttpServer } from 'node:http'
import type { AlertRow, IncidentRow } from '#core/api/alerts.ts'
import type { Wall } from '#core/api/health.ts'
import type { NotificationRow } from '#core/api/notifications.ts'
import type { SourceRow } from '#core/api/sources.ts'
import type { TaskRow } from '#core/api/tasks.ts'
import type { Clock } from '#core/clock.ts'
import { UNASSIGNED } from '#core/frame.ts'
import type { LiveEvents } from '#core/live.ts'
import type { Sessions } from '#control/accounts/sessions.ts'
import { mask } from '#control/rights/masking.ts'
import { inScope } from '#control/rights/scope.ts'
import type { Standing } from '#control/rights/standing.ts'
import type { Senders } from '#control/senders/senders.ts'
import type { Alerts } from '#control/triage/alerts.ts'
import type { Inventory } from '#province/inventory.ts'
import { wallView, type NotifiedOf } from '../views/health-view.ts'
import type { Changes } from '#control/changes.ts'
import { heldNotice } from '../held-notice.ts'
import { incidentHeader } from '../views/incident-view.ts'
import { Audiences } from './audiences.ts'
import { createConnections } from './connections.ts'
import { Pending, type PendingRows } from './pending.ts'
import { Summaries, type LiveViews } from './summaries.ts'

/** Packets waiting for one slow browser. At the ceiling it is disconnected; it reconnects and fetches the page anew. */
const MAX_WAITING_PACKETS = 4000
/** Sessions end by time too: how often open sockets are asked whether theirs still lives. */
const SWEEP_MS = 30_000

/** Pushes to the browsers. Rows are given whole; each audience gets what it may see, masked. */
export type Live = {
  publishAlert(row: AlertRow): void
  publishIncident(row: IncidentRow): void
  publishNotification(row: NotificationRow): void
  publishSource(row: SourceRow): void
  publishTask(row: TaskRow): void
  /** States of models changed; the newest wall goes out with the next flush. */
  publishHealth(wall: Wall): void
  /** Something that counts has changed: every viewer gets its own summary, at most once a second. */
  publishSummary(): void
  /** First event of a sender after its token was made, or why it was refused. */
  senderHeard(heard: { sender: string; at: number; refusal?: string }): void
  connections(): number
  attach(server: HttpServer): void
  close(): void
}

/** What the feed stands on. */
export type LiveParts = {
  inventory: Inventory
  clock: Clock
  changes: Changes
  sessions: Sessions
  senders: Pick<Senders, 'get'>
  alerts: Pick<Alerts, 'incidentWithin'>
  notifiedOf: NotifiedOf
  /** A connection that nobody joins over is closed after this; tests shorten it. */
  joinMs?: number
  log: { error(what: object, message: string): void }
}

/** Builds the feed. Timers are real; what they send is decided when they fire. */
export function createLive(parts: LiveParts, cookieName: string, views: LiveViews): Live {
  const { sessions } = parts
  const { io, ...connections } = createConnections(sessions, cookieName, heldNotice(parts), parts.joinMs)

  /** A timer that keeps no process alive, and whose failure is logged: a feed that stumbles must not stop the platform. */
  const later = (work: () => void, ms: number) =>
    setTimeout(
      () => {
        try {
          work()
        } catch (error) {
          parts.log.error({ err: error }, 'live feed')
        }
      },
      Math.max(0, ms)
    ).unref()

  const audiences = new Audiences({
    ...{ inventory: parts.inventory, clock: parts.clock, later },
    disconnect: (room) => io.in(room).disconnectSockets(true)
  })
  const pending = new Pending(send, later)
  const summaries = new Summaries({ audiences, pending, views, later })

  connections.onOpened((socket, viewer) => {
    const audience = audiences.join(socket, viewer)
    const { id: session } = viewer.session
    socket.data = { session, user: viewer.id, audience: audience.room }
    void socket.join([audience.room, `session:${session}`, `user:${viewer.id}`])
    return () => audiences.leave(socket, audience)
  })
  sessions.onEnded((ended) =>
    io.in('session' in ended ? `session:${ended.session}` : `user:${ended.user}`).disconnectSockets(true)
  )

  /** One payload per audience, made by `view`; undefined means not for them. */
  function push<E extends keyof LiveEvents>(
    event: E,
    view: (standing: Standing) => Parameters<LiveEvents[E]>[0] | undefined
  ) {
    const masked = new Map<unknown, unknown>()
    for (const audience of audiences.all()) {
      const standing = audiences.standingOf(audience, event)
      if (standing === undefined) continue
      const payload = view(standing)
      if (payload === undefined) continue
      if (!masked.has(payload)) masked.set(payload, mask(payload))
      for (const socket of audience.sockets) {
        const { conn } = socket as unknown as { conn: { writeBuffer: unknown[] } }
        if (conn.writeBuffer.length > MAX_WAITING_PACKETS) socket.disconnect(true)
      }
      io.to(audience.room).emit(event, ...([masked.get(payload)] as Parameters<LiveEvents[E]>))
    }
  }

  function send({ wall, ...rows }: PendingRows) {
    if (wall !== undefined) push('health:changed', (standing) => wallView(parts, wall, standing))
    for (const row of rows.alerts)
      push('alert:changed', ({ scope }) => (inScope(scope, row.unit.code) ? row : undefined))
    for (const row of rows.incidents) push('incident:changed', ({ scope }) => incidentHeader(parts, row, scope))
    for (const row of rows.tasks) push('task:changed', ({ scope }) => (inScope(scope, row.unit.code) ? row : undefined))
    for (const row of rows.notifications)
      push('notification:changed', ({ scope }) =>
        scope === undefined || (row.unit !== null && inScope(scope, row.unit.code)) ? row : undefined
      )
    for (const row of rows.sources)
      push('source:changed', ({ scope }) => (inScope(scope, row.unit.code) ? row : undefined))
  }

  function sweep() {
    sweepTimer = later(sweep, SWEEP_MS)
    for (const audience of audiences.all()) {
      if (audiences.dropExpired(audience)) continue
      for (const socket of audience.sockets) if (!sessions.isAlive(socket.data.session)) socket.disconnect(true)
    }
  }
  let sweepTimer = later(sweep, SWEEP_MS)

  return {
    publishAlert: (row) => pending.alert(row),
    publishIncident: (row) => pending.incident(row),
    publishTask: (row) => pending.task(row),
    publishNotification: (row) => pending.notification(row),
    publishSource: (row) => pending.source(row),
    publishHealth: (wall) => pending.health(wall),
    publishSummary: () => summaries.schedule(),
    senderHeard(heard) {
      const unit = parts.senders.get(heard.sender)?.unit ?? UNASSIGNED
      push('sender:heard', ({ scope }) => (inScope(scope, unit) ? heard : undefined))
    },
    connections: () => io.engine?.clientsCount ?? 0,
    attach: (server) => connections.attach(server),
    close() {
      pending.stop()
      summaries.stop()
      clearTimeout(sweepTimer)
      connections.close()
      io.disconnectSockets(true)
      io.engine?.close()
    }
  }
}
