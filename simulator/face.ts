import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { SocError } from '#core/errors.ts'
import type { Certified } from './certificates.ts'

/** A listening stand-in on its own port. The port stays the same while it is closed and opened again. */
export type Face = {
  readonly port: number
  /** Nothing listens any more: who asks is refused at once. */
  shut(): Promise<void>
  open(): Promise<void>
  /** TLS faces only: the certificate that is shown from now on. */
  show(certified: Certified): void
}

/** An opening port can be taken for a moment by somebody's outgoing connection: tried again this often. */
const OPEN_TRIES = 40
const OPEN_PAUSE_MS = 50
/** Unanswered connections of one stand-in; a further one is closed at once. */
const MAX_CONNECTIONS = 500

async function listen(server: Server, host: string, port: number): Promise<number> {
  for (let left = OPEN_TRIES; ; left--) {
    server.listen(port, host)
    try {
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || port === 0 || left === 0) throw error
      await wait(OPEN_PAUSE_MS)
    }
  }
}

async function faceOn(server: Server, host: string, port: number, show: Face['show']): Promise<Face> {
  const sockets = new Set<Socket>()
  server.maxConnections = MAX_CONNECTIONS
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    // A prober that goes away in the middle is no fault of ours.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  })
  const chosen = await listen(server, host, port)
  // Serves no purpose of its own: a process that only holds stand-ins open may end.
  server.unref()
  return {
    port: chosen,
    async shut() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    async open() {
      if (!server.listening) await listen(server, host, chosen)
    },
    show
  }
}

const noCertificate = () => {
  throw new SocError('simulator.fault', 'this system shows no certificate')
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A web server on a port of its own, over TLS when given a certificate. */
export async function openWeb(host: string, port: number, answer: Answer, certified?: Certified): Promise<Face> {
  if (certified === undefined) return faceOn(createHttpServer(answer), host, port, noCertificate)
  const server = createHttpsServer({ key: certified.key, cert: certified.certificate }, answer)
  server.on('tlsClientError', () => undefined)
  return faceOn(server, host, port, (next) => server.setSecureContext({ key: next.key, cert: next.certificate }))
}

/** An open port; `greet` says what becomes of a connection. */
export async function openTcp(host: string, port: number, greet: (socket: Socket) => void): Promise<Face> {
  return faceOn(createTcpServer(greet), host, port, noCertificate)
}
