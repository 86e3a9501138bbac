import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { Server, type Socket } from 'socket.io'
import type { AlertRow, IncidentRow } from '#core/api/alerts.ts'
import type { Wall } from '#core/api/health.ts'
import type { NotificationRow } from '#core/api/notifications.ts'
import type { SourceRow, Summary } from '#core/api/sources.ts'
import type { TaskRow } from '#core/api/tasks.ts'
import { UNASSIGNED } from '#core/frame.ts'
import type { LiveEvents, LiveRequests } from '#core/live.ts'
import type { Permission } from '#core/permissions.ts'
import { isForeign } from '../origin-check.ts'
import { wallView } from '../views/health-view.ts'
import { incidentHeader } from '../views/incident-view.ts'
import { mask } from '#control/rights/masking.ts'
import { createChangeNotice } from '#control/senders/source-rows.ts'
import type { Assignment } from '#control/accounts/grants.ts'
import { standingFor, type Standing } from '#control/rights/standing.ts'
import { inScope, type Scope } from '#control/rights/scope.ts'
import type { Context } from '../context.ts'

/** Longest wait of a changed row for others to go with it. */
const COALESCE_MS = 50
const SUMMARY_MS = 1000
/** Making summaries takes at most this share of the thread: with many viewers and alerts they come less often. */
const SUMMARY_SHARE = 0.05
/** Sources change with every frame; screens hear of it this often. */
const SOURCES_MS = 5000
/** Rows waiting for the next flush; at the ceiling they go out at once. */
const MAX_PENDING = 1000
/** Packets waiting for one slow browser. At the ceiling it is disconnected; it reconnects and fetches the page anew. */
const MAX_WAITING_PACKETS = 4000
const MAX_CONNECTIONS = 2000
const MAX_PER_SESSION = 10
/** Sessions end by time too: how often open sockets are asked whether theirs still lives. */
const SWEEP_MS = 30_000

/** What lets somebody hear an event. */
const heardWith: Readonly<Record<keyof LiveEvents, Permission>> = {
  'alert:changed': 'alerts.read',
  'incident:changed': 'incidents.read',
  'source:changed': 'sources.read',
  'summary:changed': 'summary.read',
  'health:changed': 'health.read',
  'task:changed': 'tasks.read',
  'notification:changed': 'notifications.read',
  'sender:heard': 'sources.write'
}

type LiveServer = Server<LiveRequests, LiveEvents, Record<string, never>, SocketData>
type LiveSocket = Socket<LiveRequests, LiveEvents, Record<string, never>, SocketData>
type SocketData = { session: string; user: string; audience: string }

/** Everyone who may see the same: one role class and one set of units. All of them share a room and its payloads. */
type Audience = {
  room: string
  assignments: readonly Assignment[]
  /** When the rights change by themselves: from then on nothing is sent, and the sockets come back with the new ones. */
  until: number
  standings: Map<string, Standing | undefined>
  sockets: Set<LiveSocket>
}

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

/** What the feed reads when it is time to send: one viewer's summary, and every source. */
export type LiveViews = { summary(userId: string, scope: Scope): Summary; sources(): SourceRow[] }

/** Builds the feed. Timers are real; what they send is decided when they fire. */
export function createLive(context: Omit<Context, 'live'>, cookieName: string, views: LiveViews): Live {
  const io: LiveServer = new Server({
    path: '/live',
    serveClient: false,
    // Nothing is expected from the browser: small frames only.
    maxHttpBufferSize: 10_000,
    perMessageDeflate: false,
    allowRequest: (request, answer) => {
      const refusal = refuse(request)
      answer(refusal ?? null, refusal === undefined)
    }
  })
  const audiences = new Map<string, Audience>()
  const perSession = new Map<string, number>()

  function viewerOf(request: IncomingMessage) {
    const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim())
    const found = cookies.find((part) => part.startsWith(`${cookieName}=`))
    return context.sessions.find(found?.slice(cookieName.length + 1) ?? '', { touch: false })
  }
  /** Why a connection is refused; every request of the transport is asked, not only the first. */
  function refuse(request: IncomingMessage): string | undefined {
    if (isForeign(request.headers)) return 'request.foreign_origin'
    const viewer = viewerOf(request)
    if (viewer === undefined) return 'session.none'
    if (viewer.mustChangePassword) return 'password.must_change'
    if (viewer.mustSetUpTotp) return 'totp.must_set_up'
    const opening = !/[?&]sid=/.test(request.url ?? '')
    if (opening && io.engine.clientsCount >= MAX_CONNECTIONS) return 'live.too_many'
    if (opening && (perSession.get(viewer.session.id) ?? 0) >= MAX_PER_SESSION) return 'live.too_many'
    return undefined
  }

  io.on('connection', (socket) => {
    const viewer = viewerOf(socket.request)
    // Between the handshake and now the session may have ended.
    if (viewer === undefined || viewer.mustChangePassword || viewer.mustSetUpTotp) return void socket.disconnect(true)
    const rights = viewer.assignments.map(({ role, units }) => `${role}|${[...units].sort().join(',')}`).sort()
    const room = `${rights.join(';')}@${viewer.rightsUntil}`
    const audience: Audience = audiences.get(room) ?? {
      room,
      // What a person holds beyond the role (unmasking) is never pushed.
      assignments: viewer.assignments.map((assignment) => ({ ...assignment, mayUnmask: false })),
      until: viewer.rightsUntil,
      standings: new Map(),
      sockets: new Set()
    }
    // Timers reach no further than 24 days; the sweep below catches what is later.
    if (!audiences.has(room) && audience.until - context.clock.now() < 2 ** 31)
      later(() => dropExpired(audience), audience.until - context.clock.now())
    audiences.set(room, audience)
    audience.sockets.add(socket)
    const { id: session } = viewer.session
    socket.data = { session, user: viewer.id, audience: room }
    perSession.set(session, (perSession.get(session) ?? 0) + 1)
    void socket.join([room, `session:${session}`, `user:${viewer.id}`])
    // Acts go over HTTP, where they are checked and audited.
    socket.onAny(() => socket.disconnect(true))
    socket.on('disconnect', () => {
      audience.sockets.delete(socket)
      if (audience.sockets.size === 0) audiences.delete(room)
      const left = (perSession.get(session) ?? 1) - 1
      if (left > 0) perSession.set(session, left)
      else perSession.delete(session)
    })
  })

  context.sessions.onEnded((ended) =>
    io.in('session' in ended ? `session:${ended.session}` : `user:${ended.user}`).disconnectSockets(true)
  )

  /** A timer that keeps no process alive, and whose failure is logged: a feed that stumbles must not stop the platform. */
  const later = (work: () => void, ms: number) =>
    setTimeout(
      () => {
        try {
          work()
        } catch (error) {
          context.log?.error({ err: error }, 'live feed')
        }
      },
      Math.max(0, ms)
    ).unref()

  /** True once the rights of an audience are over; its sockets end at once. */
  function dropExpired(audience: Audience): boolean {
    if (context.clock.now() < audience.until) return false
    io.in(audience.room).disconnectSockets(true)
    return true
  }
  /** As what an audience hears an event; undefined when it may not. */
  function standingOf(audience: Audience, event: keyof LiveEvents): Standing | undefined {
    if (dropExpired(audience)) return undefined
    if (!audience.standings.has(event))
      audience.standings.set(event, standingFor(audience.assignments, heardWith[event], context.inventory))
    return audience.standings.get(event)
  }

  /** One payload per audience, made by `view`; undefined means not for them. */
  function push<E extends keyof LiveEvents>(
    event: E,
    view: (standing: Standing) => Parameters<LiveEvents[E]>[0] | undefined
  ) {
    const masked = new Map<unknown, unknown>()
    for (const audience of audiences.values()) {
      const standing = standingOf(audience, event)
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

  const alerts = new Map<string, AlertRow>()
  const incidents = new Map<string, IncidentRow>()
  const sources = new Map<string, SourceRow>()
  const tasks = new Map<string, TaskRow>()
  const notifications = new Map<number, NotificationRow>()
  let wall: Wall | undefined
  let flushTimer: NodeJS.Timeout | undefined
  let flushedAt = 0
  function flush() {
    clearTimeout(flushTimer)
    flushTimer = undefined
    flushedAt = performance.now()
    // Emptied first: a row that cannot be sent must not come back with every flush.
    const [alertRows, incidentRows, rows] = [alerts, incidents, sources].map((map) => [...map.values()]) as [
      AlertRow[],
      IncidentRow[],
      SourceRow[]
    ]
    const taskRows = [...tasks.values()]
    const messages = [...notifications.values()]
    for (const map of [alerts, incidents, sources, tasks, notifications]) map.clear()
    const newest = wall
    wall = undefined
    if (newest !== undefined) push('health:changed', (audience) => wallView(context, newest, audience))
    for (const row of alertRows) push('alert:changed', ({ scope }) => (inScope(scope, row.unit.code) ? row : undefined))
    for (const row of incidentRows) push('incident:changed', ({ scope }) => incidentHeader(row, scope))
    for (const row of taskRows) push('task:changed', ({ scope }) => (inScope(scope, row.unit.code) ? row : undefined))
    for (const row of messages)
      push('notification:changed', ({ scope }) =>
        scope === undefined || (row.unit !== null && inScope(scope, row.unit.code)) ? row : undefined
      )
    for (const row of rows) push('source:changed', ({ scope }) => (inScope(scope, row.unit.code) ? row : undefined))
  }
  function schedule() {
    if (alerts.size + incidents.size + sources.size + tasks.size + notifications.size >= MAX_PENDING) return flush()
    // The first row after a quiet time goes out with the next turn of the loop; a burst shares a flush.
    flushTimer ??= later(flush, COALESCE_MS - (performance.now() - flushedAt))
  }

  let summaryTimer: NodeJS.Timeout | undefined
  let nextSummaryAt = 0
  const lastSummary = new WeakMap<LiveSocket, string>()
  function sendSummaries() {
    const began = performance.now()
    summaryTimer = undefined
    noticeSources(began)
    // Rows first: a count never runs ahead of what it counts.
    flush()
    for (const audience of audiences.values()) {
      const standing = standingOf(audience, 'summary:changed')
      if (standing === undefined) continue
      const made = new Map<string, Summary>()
      for (const socket of audience.sockets) {
        const { user } = socket.data
        const summary = made.get(user) ?? views.summary(user, standing.scope)
        made.set(user, summary)
        const text = JSON.stringify(summary)
        if (lastSummary.get(socket) === text) continue
        lastSummary.set(socket, text)
        socket.emit('summary:changed', mask(summary))
      }
    }
    const ended = performance.now()
    nextSummaryAt = Math.max(began + SUMMARY_MS, ended + (ended - began) / SUMMARY_SHARE)
  }

  let sourcesAt = -SOURCES_MS
  const changedSources = createChangeNotice()
  /** Puts sources that changed since the last look into the next flush. */
  function noticeSources(now: number) {
    if (now - sourcesAt < SOURCES_MS) return
    sourcesAt = now
    for (const row of changedSources(views.sources())) sources.set(row.id, row)
  }

  function sweep() {
    sweepTimer = later(sweep, SWEEP_MS)
    for (const audience of audiences.values()) {
      if (dropExpired(audience)) continue
      for (const socket of audience.sockets) if (!context.sessions.isAlive(socket.data.session)) socket.disconnect(true)
    }
  }
  let sweepTimer = later(sweep, SWEEP_MS)

  const newer = <T extends { id: string; revision: number }>(map: Map<string, T>, row: T) => {
    const waiting = map.get(row.id)
    if (waiting === undefined || waiting.revision <= row.revision) map.set(row.id, row)
  }
  return {
    publishAlert(row) {
      newer(alerts, row)
      schedule()
    },
    publishIncident(row) {
      newer(incidents, row)
      schedule()
    },
    publishTask(row) {
      newer(tasks, row)
      schedule()
    },
    publishNotification(row) {
      notifications.set(row.id, row)
      schedule()
    },
    publishSource(row) {
      sources.set(row.id, row)
      schedule()
    },
    publishHealth(changed) {
      wall = changed
      schedule()
    },
    publishSummary() {
      if (audiences.size === 0) return
      summaryTimer ??= later(sendSummaries, nextSummaryAt - performance.now())
    },
    senderHeard(heard) {
      const unit = context.senders.get(heard.sender)?.unit ?? UNASSIGNED
      push('sender:heard', ({ scope }) => (inScope(scope, unit) ? heard : undefined))
    },
    connections: () => io.engine?.clientsCount ?? 0,
    attach: (server) => void io.attach(server),
    close() {
      clearTimeout(flushTimer)
      clearTimeout(summaryTimer)
      clearTimeout(sweepTimer)
      io.disconnectSockets(true)
      io.engine?.close()
    }
  }
}
