import type { IncomingMessage } from 'node:http'
import { Server } from 'socket.io'
import type { LiveEvents, LiveRequests } from '#core/live.ts'
import type { Sessions, Viewer } from '#control/accounts/sessions.ts'
import { isForeign } from '../origin-check.ts'
import type { LiveSocket, SocketData } from './audiences.ts'

const MAX_CONNECTIONS = 2000
const MAX_PER_SESSION = 10

export type LiveServer = Server<LiveRequests, LiveEvents, Record<string, never>, SocketData>

/** Who may connect, and how many at a time. The session cookie is the proof; every request of the transport is asked. */
export function createConnections(sessions: Sessions, cookieName: string) {
  const perSession = new Map<string, number>()
  const io: LiveServer = new Server({
    path: '/live',
    serveClient: false,
    // Nothing is expected from the browser: small packets only.
    maxHttpBufferSize: 10_000,
    perMessageDeflate: false,
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
    const opening = !/[?&]sid=/.test(request.url ?? '')
    if (opening && io.engine.clientsCount >= MAX_CONNECTIONS) return 'live.too_many'
    if (opening && (perSession.get(viewer.session.id) ?? 0) >= MAX_PER_SESSION) return 'live.too_many'
    return undefined
  }

  return {
    io,
    /** Hears every socket that came in, with its viewer; what `opened` gives is called when the socket has gone. */
    onOpened(opened: (socket: LiveSocket, viewer: Viewer) => () => void) {
      io.on('connection', (socket) => {
        const viewer = viewerOf(socket.request)
        // Between the handshake and now the session may have ended.
        if (viewer === undefined || viewer.mustChangePassword || viewer.mustSetUpTotp)
          return void socket.disconnect(true)
        const { id: session } = viewer.session
        perSession.set(session, (perSession.get(session) ?? 0) + 1)
        const closed = opened(socket, viewer)
        // Acts go over HTTP, where they are checked and audited.
        socket.onAny(() => socket.disconnect(true))
        socket.on('disconnect', () => {
          closed()
          const left = (perSession.get(session) ?? 1) - 1
          if (left > 0) perSession.set(session, left)
          else perSession.delete(session)
        })
      })
    }
  }
}
