import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Door } from '#core/door.ts'
import { messageOf, SocError } from '#core/errors.ts'
import { UNASSIGNED } from '#core/frame.ts'
import { callerOf, plainAddress } from '#core/network.ts'
import { bulkAnswer } from './bulk-split.ts'
import { createsIndex, documentAnswer, documentWrite, type DocumentWrite } from './elastic-writes.ts'
import { facadeAnswer, openPaths } from './elastic-facade.ts'
import { BodyBudget, readBody } from './http-body.ts'
import { heartbeatAnswer } from './http-heartbeat.ts'
import { intakeDoor, intakeLimits } from './intake-door.ts'
import { isHeartbeatPath } from './heartbeat.ts'
import { tokensOf } from './http-credentials.ts'
import { bulkEventsOf, documentEventsOf, eventsOf, type RequestHints } from './http-framing.ts'
import { defaultPatience, patienceOf, takePatiently, waitForIntake } from './http-patience.ts'
import {
  frameAt,
  peerName,
  type ListenerContext,
  type Hold,
  type Identity,
  type Listener,
  type Source,
  type SourceOptions
} from './source.ts'
import { type ListenerOrder } from '#core/data-plane.ts'

/** Without a byte either way for so long, a connection is closed; keep-alive ends it sooner. */
const IDLE_MS = { known: 10 * 60_000, strangers: 60_000 }
/** A header must be whole, and a TLS handshake over, by then. */
const HEADERS_MS = 10_000
const MAX_HINT = 255
/** When stopping, requests that are being answered get this long. */
const STOP_MS = 5_000
const RETRY_AFTER_S = '5'

/**
 * HTTP intake: our own `/v1/events` and enough of Elasticsearch for everything that can send to one. The rule above all
 * others: an event that can be framed is never answered with an error, because rsyslog, Fluent Bit and Beats throw away
 * what is refused. What a parser does not like becomes a dead letter here, not a refusal there.
 */
export const http = {
  protocol: 'http',
  setting: 'SOC_HTTP_PORT',
  port: 8_046,
  about: 'port of HTTP intake: /v1/events and /_bulk',
  transport: 'tcp',
  acknowledges: true,
  alsoHeardAs: ['bulk'],
  open: openHttp
} as const satisfies Source

async function openHttp(order: ListenerOrder, context: ListenerContext, options: SourceOptions): Promise<Listener> {
  const budget = new BodyBudget(options.bodies)
  const door = intakeDoor(context, options.door ?? intakeLimits(context, IDLE_MS))
  const state = { stopping: false }
  const act = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    const act = new Exchange(request, response, context, budget, options, state, door)
    act.run(expectsContinue).catch((error: unknown) => {
      context.refused('internal')
      act.fail(new SocError('http.internal', messageOf(error), { cause: error }))
    })
  }
  const listener: RequestListener = (request, response) => act(request, response, false)
  const limits = {
    ...{ requestTimeout: 120_000, headersTimeout: HEADERS_MS, keepAliveTimeout: 65_000 },
    connectionsCheckingInterval: 2_000
  }
  const server: Server = options.tls
    ? createTlsServer(
        { ...limits, handshakeTimeout: HEADERS_MS, cert: options.tls.cert, key: options.tls.key },
        listener
      )
    : createServer(limits, listener)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => act(request, response, true))
  server.on('connection', (socket: Socket) => void door.admit(socket, callerOf(socket.remoteAddress ?? '')))
  server.on('drop', () => context.refused('connections'))
  server.on('clientError', (_error, socket) => {
    context.refused('bad_request')
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    else socket.destroy()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: order.host, port: order.port }, resolve)
  })
  const { address, port } = server.address() as AddressInfo
  return {
    address,
    port,
    async close() {
      state.stopping = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      // Also what has not finished its handshake or header.
      door.close(STOP_MS)
      await closed
      door.close(0)
    }
  }
}

/** How refusals are counted that are no bad requests. */
const reasons = new Map([
  ['http.aborted', 'aborted'],
  ['http.stalled', 'stalled']
])

type Route =
  { kind: 'events' | 'bulk'; hints: RequestHints } | { kind: 'document'; write: DocumentWrite; hints: RequestHints }

const MAX_SHOWN_PATH = 100
/** Searches and counts are sent with POST too; a refused question costs nobody an event. */
const isWrite = (method: string, path: string) =>
  !['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(method) &&
  !/\/_(search|msearch|count|mget|search_shards|field_caps|validate|explain|sql|eql|query|pit|async_search)(\/|$)/.test(
    path
  )

/** One request and its answer. */
class Exchange {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #context: ListenerContext
  readonly #budget: BodyBudget
  readonly #options: SourceOptions
  readonly #state: { stopping: boolean }
  readonly #address: string
  readonly #peer: string
  readonly #door: Door

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    context: ListenerContext,
    budget: BodyBudget,
    options: SourceOptions,
    state: { stopping: boolean },
    door: Door
  ) {
    this.#request = request
    this.#response = response
    this.#context = context
    this.#budget = budget
    this.#options = options
    this.#state = state
    this.#door = door
    this.#address = plainAddress(request.socket.remoteAddress ?? '')
    this.#peer = peerName(this.#address, request.socket.remotePort ?? 0)
    response.setHeader('X-Elastic-Product', 'Elasticsearch')
    // A sender that goes away is no error of ours; 'aborted' is seen where the body is read.
    request.on('error', () => undefined)
    response.on('error', () => undefined)
  }

  async run(expectsContinue: boolean): Promise<void> {
    const target = readTarget(this.#request.url ?? '/')
    if (target === undefined) return this.fail(new SocError('http.bad_path', 'no such path', { status: 404 }))
    const { path, query } = target
    const method = this.#request.method ?? 'GET'
    if (isHeartbeatPath(path)) return this.#heartbeat(path, method, expectsContinue)
    const identity = this.#identify(openPaths.includes(path) && (method === 'GET' || method === 'HEAD'))
    if (identity === undefined) return this.#unauthorised()
    if (identity.sender !== UNASSIGNED) this.#door.know(this.#request.socket, `sender ${identity.sender}`)

    const route = routeOf(method, path, query)
    if (route === undefined) return this.#facade(method, path, identity)
    if (method !== 'POST' && method !== 'PUT') {
      this.#response.setHeader('Allow', 'POST')
      return this.fail(new SocError('http.method', 'send events with POST', { status: 405 }))
    }
    const patience = patienceOf(
      route.kind === 'events' ? 'events' : 'bulk',
      this.#request.headers['user-agent'],
      this.#options.patience ?? defaultPatience
    )
    const deadline = performance.now() + patience.holdMs
    // Before the body is read, so that nothing is held in memory for a sender that has to wait.
    const answered = this.#door.answering(this.#request.socket)
    this.#response.once('close', answered)
    if (!(await waitForIntake(this.#context, deadline, () => this.#gone()))) return this.#refuse(patience.then)
    answered()
    if (expectsContinue) this.#response.writeContinue()
    try {
      await this.#take(route, identity, deadline, patience.then)
    } finally {
      this.#budget.release(this.#request)
    }
  }

  /** What clients ask and set up besides their events. A write that nobody takes is refused, counted, and told of with its sender. */
  #facade(method: string, path: string, identity: Identity) {
    const { localAddress = '', localPort = 0 } = this.#request.socket
    const answer = facadeAnswer(method, path, peerName(plainAddress(localAddress), localPort))
    if (answer !== undefined) {
      this.#request.resume()
      return this.#answer(answer.status, answer.body, answer.type)
    }
    const index = createsIndex(method, path)
    if (index !== undefined) {
      this.#request.resume()
      return this.#answer(200, JSON.stringify({ acknowledged: true, shards_acknowledged: true, index }))
    }
    if (isWrite(method, path)) {
      const shown = path.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, MAX_SHOWN_PATH)
      this.#context.notice('refused_write', identity, this.#peer, { detail: `${method} ${shown}` })
      this.#context.refused('refused_write')
    }
    this.fail(new SocError('http.not_found', `${method} is not offered here: send events to /_bulk`, { status: 404 }))
  }

  /** A heartbeat is known by its signature, not by the sender, and never becomes a frame. */
  async #heartbeat(path: string, method: string, expectsContinue: boolean): Promise<void> {
    if (expectsContinue) this.#response.writeContinue()
    const { status, reason, headers } = await heartbeatAnswer(this.#request, path, method, this.#context, this.#budget)
    this.#budget.release(this.#request)
    for (const [name, value] of Object.entries(headers ?? {})) this.#response.setHeader(name, value)
    this.#request.resume()
    if (status === 204) this.#answer(204, '')
    else this.#answer(status, JSON.stringify({ error: { type: 'heartbeat', reason }, status }))
  }

  /** Answers an error. What is left of the body is read and thrown away, so that the sender gets to see the answer. */
  fail(error: SocError) {
    if (error.status < 500) this.#context.refused(reasons.get(error.code) ?? 'bad_request')
    if (error.code === 'http.aborted' || this.#response.headersSent) {
      this.#request.socket.destroy()
      return
    }
    const reason = error.status < 500 ? error.message : 'internal error'
    if (error.status === 413 || error.status === 408) this.#response.setHeader('Connection', 'close')
    this.#request.resume()
    this.#answer(
      error.status,
      JSON.stringify({ error: { type: error.code, reason, ...error.params }, status: error.status })
    )
  }

  async #take(route: Route, identity: Identity, deadline: number, then: Hold['then']): Promise<void> {
    const started = performance.now()
    let body
    try {
      body = await readBody(this.#request, this.#budget, this.#options.maxBodyBytes, identity.sender)
    } catch (error) {
      if (error instanceof SocError && error.code === 'http.stalled') return this.#stalled(error, identity, then)
      if (error instanceof SocError) return this.fail(error)
      throw error
    }
    this.#response.once('close', this.#door.answering(this.#request.socket))
    const contentType = this.#request.headers['content-type'] ?? ''
    const split =
      route.kind === 'bulk'
        ? bulkEventsOf(body.bytes, route.hints)
        : route.kind === 'document'
          ? documentEventsOf(body.bytes, route.write, route.hints)
          : eventsOf(body.bytes, contentType, route.hints)
    if ('problem' in split) {
      return this.fail(
        new SocError('http.unframeable', `byte ${split.at}: ${split.problem}`, {
          status: 400,
          params: { byte: split.at }
        })
      )
    }
    const events = 'items' in split ? split.events : split
    const frames = events.map(({ raw, ...rest }) => frameAt(this.#context, identity, this.#peer, raw, rest))
    // One document is no batch: the same line twice is two events, and an id of its own tells what comes again.
    const batch = route.kind === 'document' ? undefined : `${route.kind}:${body.digest}`
    if (!(await takePatiently(this.#context, frames, batch, deadline, () => this.#gone()))) return this.#refuse(then)
    if (route.kind === 'document') {
      const { status, body: told } = documentAnswer(route.write)
      return this.#answer(status, told)
    }
    const tookMs = Math.round(performance.now() - started)
    this.#answer(200, 'items' in split ? bulkAnswer(split.items, tookMs) : `{"accepted":${events.length}}`)
  }

  /** Its memory is free at once, whatever becomes of the connection. */
  #stalled(error: SocError, identity: Identity, then: Hold['then']) {
    this.#budget.release(this.#request)
    this.#context.notice('door_held', identity, this.#peer)
    if (then !== 'reset') return this.fail(error)
    this.#context.refused('stalled')
    this.#request.socket.resetAndDestroy()
  }

  /** Undefined: not let in. `open`: this path is answered without credentials, but not with wrong ones. */
  #identify(open: boolean): Identity | undefined {
    const bySource = this.#context.identify(this.#address)
    if (this.#context.pinned) return bySource
    const tokens = tokensOf(this.#request.headers.authorization)
    if (tokens === undefined) {
      if (open || bySource.sender !== UNASSIGNED) return bySource
      this.#context.refused('unknown_sender')
      this.#context.notice('unknown_sender', bySource, this.#peer)
      return undefined
    }
    for (const token of tokens) {
      const identity = this.#context.identifyToken(token)
      if (identity !== undefined) return identity
    }
    this.#context.refused('wrong_token')
    this.#context.notice('wrong_token', bySource, this.#peer)
    return undefined
  }

  #unauthorised() {
    this.#response.setHeader('WWW-Authenticate', 'Basic realm="vong-lau", charset="UTF-8"')
    this.#request.resume()
    const reason = 'missing or wrong token'
    this.#answer(401, JSON.stringify({ error: { type: 'security_exception', reason }, status: 401 }))
  }

  /** Nothing is taken now, and this sender has waited as long as it can. */
  #refuse(then: Hold['then']) {
    this.#context.refused('held')
    // rsyslog keeps its batch only when the connection breaks; any answer but 200 and the batch is gone.
    if (then === 'reset' || this.#gone()) {
      this.#request.socket.resetAndDestroy()
      return
    }
    this.#response.setHeader('Retry-After', RETRY_AFTER_S)
    this.#response.setHeader('Connection', 'close')
    const reason = 'the spool is full; nothing was taken, send it again'
    this.#answer(then, JSON.stringify({ error: { type: 'es_rejected_execution_exception', reason }, status: then }))
  }

  #gone() {
    return this.#state.stopping || this.#request.socket.destroyed
  }

  #answer(status: number, body: string, type = 'application/json') {
    if (this.#state.stopping) this.#response.setHeader('Connection', 'close')
    this.#response.statusCode = status
    if (status !== 204) {
      this.#response.setHeader('Content-Type', type)
      this.#response.setHeader('Content-Length', Buffer.byteLength(body))
    }
    this.#response.end(this.#request.method === 'HEAD' ? undefined : body)
  }
}

/** Path and query, with the optional base path `/es` taken off; undefined when it is no path. */
function readTarget(url: string): { path: string; query: URLSearchParams } | undefined {
  const mark = url.indexOf('?')
  const raw = mark === -1 ? url : url.slice(0, mark)
  if (!raw.startsWith('/')) return undefined
  let path: string
  try {
    path = decodeURIComponent(raw)
  } catch {
    return undefined
  }
  path = path.replace(/^\/es(?=\/|$)/, '')
  return {
    path: path.length > 1 ? path.replace(/\/$/, '') : '/',
    query: new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1))
  }
}

function routeOf(method: string, path: string, query: URLSearchParams): Route | undefined {
  const hintOf = (name: string) => (query.get(name) ?? '').slice(0, MAX_HINT)
  if (path === '/v1/events') return { kind: 'events', hints: { dataset: hintOf('dataset'), index: '', pipeline: '' } }
  const bulk = /^(?:\/([^/_][^/]*)(?:\/[^/_][^/]*)?)?\/_bulk$/.exec(path)
  if (bulk === null) {
    const write = documentWrite(method, path)
    return (
      write && { kind: 'document', write, hints: { dataset: '', index: write.index, pipeline: hintOf('pipeline') } }
    )
  }
  const index = (bulk[1] ?? '').slice(0, MAX_HINT)
  return { kind: 'bulk', hints: { dataset: '', index, pipeline: hintOf('pipeline') } }
}
