import type { FastifyRequest } from 'fastify'
import type { Viewer } from '#control/accounts/sessions.ts'
import { Door } from '#core/door.ts'
import { doorSize } from '#core/descriptors.ts'
import { callerOf } from '#core/network.ts'
import { heldNotice } from './held-notice.ts'
import type { App, Context } from './context.ts'
import { cookieName } from './gate.ts'

/** Connections of the console: pages, live feeds, downloads. Never more than a fifth of what the process may open. */
const MAX_CONNECTIONS = 4_000
const DESCRIPTOR_SHARE = 0.2
/** One person's browsers, tabs and scripts. */
const MAX_PER_PERSON = 64
/** Requests under way when the process stops get this long; then their connections are closed. */
const STOP_MS = 5_000

const viewers = new WeakMap<FastifyRequest, Viewer | null>()

/** The viewer behind the request's cookie, looked up once. */
export function sessionBehind(context: Context, request: FastifyRequest): Viewer | undefined {
  let viewer = viewers.get(request)
  if (viewer === undefined) {
    const cookie = request.cookies[cookieName(context.config.SOC_TLS_CERT !== '')]
    viewer = (cookie === undefined ? undefined : context.sessions.find(cookie, { touch: false })) ?? null
    viewers.set(request, viewer)
  }
  return viewer ?? undefined
}

/** Whom a request counts for: the signed-in person, else the address. A flood of one is none of the other. */
export function countedAs(context: Context, request: FastifyRequest): string {
  const viewer = sessionBehind(context, request)
  return viewer === undefined ? callerOf(request.ip) : `person ${viewer.id}`
}

/** Places of the console's door: three quarters for people who are signed in, the rest for whoever else comes. */
export function doorLimits(most = doorSize(MAX_CONNECTIONS, DESCRIPTOR_SHARE)) {
  const strangers = Math.ceil(most / 4)
  return {
    known: { most: most - strangers, perCaller: Math.min(MAX_PER_PERSON, Math.ceil(most / 3)) },
    strangers: { most: strangers, perCaller: Math.ceil(strangers / 2) }
  }
}

/**
 * Shares the console's connections out between callers. At the stop it closes them all: at once those that nobody is being
 * answered on, the others after a few seconds.
 */
export function addDoor(app: App, context: Context): void {
  const limits = context.doorLimits ?? doorLimits()
  const held = heldNotice(context)
  const door = new Door({
    limits,
    onHeld: (caller, address) => held(address, limits[caller.startsWith('person ') ? 'known' : 'strangers'].perCaller)
  })
  app.server.maxConnections = limits.known.most + limits.strangers.most + 16
  app.server.on('connection', (socket) => void door.admit(socket, callerOf(socket.remoteAddress ?? '')))
  app.server.on('request', (request, response) => {
    // An upload that stands still is not answered yet: its connection may go.
    const begin = () => response.once('close', door.answering(request.socket))
    if (request.method === 'GET' || request.method === 'HEAD') begin()
    else request.once('end', begin)
  })
  app.addHook('onRequest', async (request) => {
    const viewer = sessionBehind(context, request)
    if (viewer !== undefined) door.know(request.raw.socket, `person ${viewer.id}`)
  })
  app.addHook('preClose', async () => door.close(STOP_MS))
}
