import type { EventEmitter } from 'node:events'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { Server } from 'socket.io'
import type { LiveEvents, LiveRequests } from '#core/live.ts'
import type { Sessions, Viewer } from '#control/accounts/sessions.ts'
import { callerOf, plainAddress } from '#core/network.ts'
import { isForeign } from '../origin-check.ts'
import type { LiveSocket, SocketData } from './audiences.ts'

const MAX_CONNECTIONS = 2000
/** Connections of a session, joined or not. */
const MAX_PER_SESSION = 10
/** Of one person's sessions, and of all people behind one address. */
const MAX_PER_PERSON = 40
const MAX_PER_ADDRESS = 1000
/** Whoever has not joined by then is closed: a browser joins with its next request. */
const JOIN_MS = 5_000
/** A session that is turned away so often within a minute is none with many tabs. */
const MANY_REFUSED = 50
/** Requests of the transport of one session in a minute: polling asks again after every answer. */
const MAX_REQUESTS_PER_MINUTE = 1200

export type LiveServer = Server<LiveRequests, LiveEvents, Record<string, never>, SocketData>

/** A connection of the transport below socket.io: it exists from the handshake on, whether anybody joins or not. */
type Transport = EventEmitter & { request: IncomingMessage; close(discard: boolean): void }

/** Who may connect, and how many at a time. The session cookie is the proof; every request of the transport is asked. */
export function createConnections(
  sessions: Sessions,
  cookieName: string,
  onHeld: (address: string, count: number) => void,
  joinMs = JOIN_MS
) {
  /** Connections of the transport by session, person and address; no more than there are connections. */
  const held = new Map<string, number>()
  const callers = new WeakMap<IncomingMessage, string[]>()
  /** Requests of this minute by session; forgotten with the minute. */
  const asked = new Map<string, number>()
  const refused = new Map<string, number>()
  const minute = setInterval(() => {
    asked.clear()
    refused.clear()
  }, 60_000)
  minute.unref()
  const io: LiveServer = new Server({
    path: '/live',
    serveClient: false,
    // Nothing is expected from the browser: small packets only.
    maxHttpBufferSize: 10_000,
    perMessageDeflate: false,
    connectTimeout: joinMs,
    allowRequest: (request, answer) => {
      const refusal = refuse(request)
      answer(refusal ?? null, refusal === undefined)
    }
  })

  function viewerOf(request: IncomingMessage): Viewer | undefined {
    const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim())
    const found = cookies.find((part) => part.startsWith(`${cookieName}=`))
    return sessions.find(found?.slice(cookieName.length + 1) ?? '', { touch: false })
  }
  /** Why a connection is refused. */
  function refuse(request: IncomingMessage): string | undefined {
    if (isForeign(request.headers)) return 'request.foreign_origin'
    const viewer = viewerOf(request)
    if (viewer === undefined) return 'session.none'
    if (viewer.mustChangePassword) return 'password.must_change'
    if (viewer.mustSetUpTotp) return 'totp.must_set_up'
    const { id: session } = viewer.session
    const requests = (asked.get(session) ?? 0) + 1
    asked.set(session, requests)
    if (requests > MAX_REQUESTS_PER_MINUTE) return 'request.too_many'
    if (/[?&]sid=/.test(request.url ?? '')) return undefined
    const keys = [
      `session ${session}`,
      `person ${viewer.id}`,
      `address ${callerOf(request.socket.remoteAddress ?? '')}`
    ]
    const most = [MAX_PER_SESSION, MAX_PER_PERSON, MAX_PER_ADDRESS]
    if (io.engine.clientsCount >= MAX_CONNECTIONS) return 'live.too_many'
    if (keys.some((key, index) => (held.get(key) ?? 0) >= most[index]!)) {
      const [key = ''] = keys
      const turned = (refused.get(key) ?? 0) + 1
      refused.set(key, turned)
      if (turned === MANY_REFUSED) onHeld(plainAddress(request.socket.remoteAddress ?? ''), MAX_PER_SESSION)
      return 'live.too_many'
    }
    callers.set(request, keys)
    return undefined
  }
  /** Counts a connection of the transport until it closes, and closes it when nobody joins over it. */
  function count(connection: Transport) {
    const keys = callers.get(connection.request) ?? []
    for (const key of keys) held.set(key, (held.get(key) ?? 0) + 1)
    // Without waiting for a poll that would carry the goodbye: there may never be one.
    const timer = setTimeout(() => !joined.has(connection) && connection.close(true), joinMs)
    timer.unref()
    connection.once('close', () => {
      clearTimeout(timer)
      for (const key of keys) {
        const left = (held.get(key) ?? 1) - 1
        if (left > 0) held.set(key, left)
        else held.delete(key)
      }
    })
  }
  const joined = new WeakSet<object>()

  return {
    io,
    attach(server: HttpServer) {
      io.attach(server)
      io.engine.on('connection', (connection: unknown) => count(connection as Transport))
    },
    close: () => clearInterval(minute),
    /** Hears every socket that came in, with its viewer; what `opened` gives is called when the socket has gone. */
    onOpened(opened: (socket: LiveSocket, viewer: Viewer) => () => void) {
      io.on('connection', (socket) => {
        const viewer = viewerOf(socket.request)
        // Between the handshake and now the session may have ended.
        if (viewer === undefined || viewer.mustChangePassword || viewer.mustSetUpTotp)
          return void socket.disconnect(true)
        joined.add(socket.conn)
        const closed = opened(socket, viewer)
        // Acts go over HTTP, where they are checked and audited.
        socket.onAny(() => socket.disconnect(true))
        socket.on('disconnect', closed)
      })
    }
  }
}
