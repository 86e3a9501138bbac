import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client'
import type { LiveEvents } from '#core/live.ts'
import type { Feed } from './feed.ts'

export type LineHandlers = {
  /** Connected; `again` after an interruption, when pushes may have been missed and the page must refetch. */
  connected: (again: boolean) => void
  disconnected: () => void
  /** The server ended the session's connection or refused it: ask who we are. */
  refused: () => void
}

/** Wait before knocking again after the server has closed the connection by itself. */
const AGAIN_MS = 1_000

type Line = { url?: string } & Partial<ManagerOptions & SocketOptions>

/**
 * Opens the live line, hands every pushed event to the feed, and returns the function that closes the line. The session
 * cookie is the proof; the browser says nothing.
 */
export function connectLive(feed: Pick<Feed, 'emit'>, handlers: LineHandlers, { url, ...line }: Line = {}): () => void {
  const options = {
    path: '/live',
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelayMax: 10_000,
    ...line
  }
  const socket = url === undefined ? io(options) : io(url, options)
  let before = false
  let again: ReturnType<typeof setTimeout> | undefined
  socket.on('connect', () => {
    handlers.connected(before)
    before = true
  })
  socket.on('disconnect', (reason) => {
    handlers.disconnected()
    // After this reason socket.io does not reconnect by itself.
    if (reason === 'io server disconnect') {
      handlers.refused()
      again = setTimeout(() => socket.connect(), AGAIN_MS)
    }
  })
  socket.on('connect_error', () => {
    handlers.disconnected()
    // Refused by the server's own answer, not by the network: an inactive socket will not try again alone.
    if (!socket.active) handlers.refused()
  })
  // The server sends nothing but LiveEvents; both ends are typed by core/live.ts.
  socket.onAny(<K extends keyof LiveEvents>(event: K, ...args: Parameters<LiveEvents[K]>) => feed.emit(event, ...args))
  return () => {
    clearTimeout(again)
    socket.removeAllListeners()
    socket.offAny()
    socket.disconnect()
  }
}
