import { io, type Socket } from 'socket.io-client'
import type { LiveEvents, LiveRequests } from '#core/live.ts'

export type LiveHandlers = LiveEvents & {
  /** Connected; `again` after an interruption, when pushes may have been missed and the page must refetch. */
  connected: (again: boolean) => void
  disconnected: () => void
  /** The server ended the session's connection or refused it: ask who we are. */
  refused: () => void
}

/** Wait before knocking again after the server has closed the connection by itself. */
const AGAIN_MS = 1_000

/** Opens the live feed and returns the function that closes it. The session cookie is the proof; the browser says nothing. */
export function connectLive(handlers: LiveHandlers): () => void {
  const socket: Socket<LiveEvents, LiveRequests> = io({
    path: '/live',
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelayMax: 10_000
  })
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
  socket.on('alert:changed', handlers['alert:changed'])
  socket.on('incident:changed', handlers['incident:changed'])
  socket.on('source:changed', handlers['source:changed'])
  socket.on('summary:changed', handlers['summary:changed'])
  socket.on('health:changed', handlers['health:changed'])
  socket.on('task:changed', handlers['task:changed'])
  socket.on('notification:changed', handlers['notification:changed'])
  socket.on('sender:heard', handlers['sender:heard'])
  return () => {
    clearTimeout(again)
    socket.removeAllListeners()
    socket.disconnect()
  }
}
