import { createServer, type AddressInfo, type Socket } from 'node:net'
import { UNASSIGNED, type Frame } from '#core/frame.ts'
import { callerOf, plainAddress } from '#core/network.ts'
import { intakeDoor, intakeLimits } from './intake-door.ts'
import { frameAt, peerName, type ListenerContext, type Listener, type Source, type SourceOptions } from './source.ts'
import { type ListenerOrder } from '#core/data-plane.ts'
import { SyslogFramer } from './syslog-framing.ts'

/** A connection without a byte for so long is closed: a unit may be quiet over a long holiday, a stranger has nothing to say. */
const IDLE_MS = { known: 14 * 24 * 3_600_000, strangers: 10 * 60_000 }
/** An unfinished message that does not grow for so long is taken as it is: nothing more will come of it. */
const UNFINISHED_MS = 60_000
/** Bytes read from one connection and not yet durable; beyond it the connection is paused and its sender waits. */
const MAX_IN_FLIGHT = 1024 * 1024
/** Bytes of unfinished messages over all connections; beyond it the longest of them is cut short. */
const MAX_UNFINISHED = 64 * 1024 * 1024
/**
 * Bytes of frames that wait for the intake after their sender went away, over all connections; beyond it they are dropped
 * and counted: a sender that connects, writes and goes again would otherwise fill the memory while the disk is full.
 */
const MAX_ORPHANED = 64 * 1024 * 1024
/** While nothing is taken, the intake is asked again this often. */
const RETRY_MS = 100
/** After our FIN a sender may still be writing: read on until it is this long quiet, or at most this long in all. */
const QUIET_MS = 250
const DRAIN_MS = 3_000

/**
 * Syslog over TCP. There is no acknowledgement in the protocol, so the sender is held back instead: a connection is
 * paused while its bytes are not durable, and never closed for being too fast.
 */
export const syslogTcp = {
  protocol: 'syslog-tcp',
  setting: 'SOC_SYSLOG_TCP_PORT',
  port: 5_514,
  about: 'port of syslog over TCP',
  transport: 'tcp',
  acknowledges: false,
  open: openSyslogTcp
} as const satisfies Source

async function openSyslogTcp(
  order: ListenerOrder,
  context: ListenerContext,
  options: SourceOptions
): Promise<Listener> {
  const limits = options.door ?? intakeLimits(context, IDLE_MS)
  const door = intakeDoor(context, limits)
  const connections = new Set<Connection>()
  const shared: Shared = { connections, unfinished: 0, waiting: 0 }
  const server = createServer((socket) => {
    const address = plainAddress(socket.remoteAddress ?? '')
    const { sender } = context.identify(address)
    const isKnown = sender !== UNASSIGNED
    socket.on('error', () => undefined)
    if (!door.admit(socket, isKnown ? `sender ${sender}` : callerOf(address), isKnown)) return
    const connection = new Connection(socket, context, shared)
    connections.add(connection)
    // Its last frames may still wait for the intake: who closes the listener must find them.
    socket.once('close', () => void connection.taken().then(() => connections.delete(connection)))
  })
  // Some more than there are places: the door closes another connection for whoever finds it full.
  server.maxConnections = limits.known.most + limits.strangers.most + 16
  server.on('drop', () => context.refused('connections'))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: order.host, port: order.port }, resolve)
  })
  const timer = setInterval(() => {
    for (const connection of connections) connection.finishStalled(UNFINISHED_MS)
  }, UNFINISHED_MS / 6)
  timer.unref()
  const { address, port } = server.address() as AddressInfo
  return {
    address,
    port,
    async close() {
      server.close()
      clearInterval(timer)
      await Promise.all([...connections].map((connection) => connection.drain()))
      door.close(0)
    }
  }
}

/** What all connections of a listener hold together, bytes: unfinished messages, and frames that wait for the intake. */
type Shared = { connections: Set<Connection>; unfinished: number; waiting: number }

class Connection {
  readonly #socket: Socket
  readonly #context: ListenerContext
  readonly #framer = new SyslogFramer()
  readonly #shared: Shared
  readonly #address: string
  readonly #peer: string
  /** Frames on their way to the disk, in order: each part is offered again until it is taken. */
  #taking: Promise<void> = Promise.resolve()
  #inFlight = 0
  #held = 0
  #stopping = false
  #lastDataAt = performance.now()

  constructor(socket: Socket, context: ListenerContext, shared: Shared) {
    this.#socket = socket
    this.#context = context
    this.#shared = shared
    this.#address = plainAddress(socket.remoteAddress ?? '')
    this.#peer = peerName(this.#address, socket.remotePort ?? 0)
    socket.setKeepAlive(true, 60_000)
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    // A reset is an ordinary end of a syslog connection; 'close' follows and keeps what was half said.
    socket.on('error', () => context.refused('reset'))
    socket.once('close', () => this.#ended())
  }

  /** Resolves when every frame heard so far has its fate. */
  taken(): Promise<void> {
    return this.#taking
  }

  /** Says goodbye, takes in what is still on its way, and resolves when all of it is durable. */
  async drain(): Promise<void> {
    this.#stopping = true
    this.#socket.end()
    this.#socket.resume()
    const started = performance.now()
    const closed = new Promise<void>((resolve) => {
      if (this.#socket.closed) resolve()
      else this.#socket.once('close', () => resolve())
    })
    const timer = setInterval(() => {
      const now = performance.now()
      if (now - this.#lastDataAt > QUIET_MS || now - started > DRAIN_MS) this.#socket.destroy()
    }, 50)
    await closed
    clearInterval(timer)
    await this.#taking
  }

  #read(chunk: Buffer) {
    this.#lastDataAt = performance.now()
    this.#offer(chunk.length, (emit) => {
      this.#framer.push(chunk, emit)
      this.#shared.unfinished += this.#framer.pending - this.#held
      this.#held = this.#framer.pending
    })
    // Whoever holds most is cut short, not whoever comes last.
    if (this.#shared.unfinished > MAX_UNFINISHED) {
      const all = [...this.#shared.connections]
      all.reduce((most, other) => (other.#held > most.#held ? other : most)).#cutShort()
    }
  }

  /** Takes an unfinished message that has not grown for so long as it is. */
  finishStalled(ms: number) {
    if (this.#held > 0 && performance.now() - this.#lastDataAt >= ms) this.#cutShort()
  }

  #cutShort() {
    this.#offer(0, (emit) => this.#framer.giveUp(emit))
    this.#shared.unfinished -= this.#held
    this.#held = 0
  }

  #ended() {
    this.#shared.unfinished -= this.#held
    this.#held = 0
    this.#offer(0, (emit) => this.#framer.end(emit))
  }

  #offer(bytes: number, cut: (emit: (raw: Buffer, flags: number) => void) => void) {
    const identity = this.#context.identify(this.#address)
    const frames: Frame[] = []
    cut((raw, flags) => frames.push(frameAt(this.#context, identity, this.#peer, raw, { flags })))
    if (frames.length === 0) return
    this.#inFlight += bytes
    if (this.#inFlight > MAX_IN_FLIGHT) this.#socket.pause()
    const taken = this.#context.take(frames)
    // Handed over now, so that group commits gather; waited for in order.
    taken.catch(() => undefined)
    this.#taking = this.#taking
      .then(() => taken)
      .catch(() => this.#retry(frames))
      .then(() => {
        this.#inFlight -= bytes
        if (this.#inFlight <= MAX_IN_FLIGHT && !this.#socket.destroyed) this.#socket.resume()
      })
  }

  /** Nothing is taken now: hold the sender back and offer the same frames until the intake takes them. */
  async #retry(frames: Frame[]): Promise<void> {
    this.#context.refused('held')
    this.#socket.pause()
    const bytes = frames.reduce((sum, frame) => sum + frame.raw.length, 0)
    this.#shared.waiting += bytes
    try {
      await this.#offerAgain(frames)
    } finally {
      this.#shared.waiting -= bytes
    }
  }

  async #offerAgain(frames: Frame[]): Promise<void> {
    for (;;) {
      const crowded = this.#socket.closed && this.#shared.waiting > MAX_ORPHANED
      if (this.#stopping || crowded) {
        const { sender, unit } = frames[0]!
        const reason = crowded ? 'the sender went away while the spool was full' : 'stopped while the spool was full'
        this.#context.drop({ sender, unit }, frames.length, reason)
        return
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      if (this.#context.refusal() !== undefined) continue
      try {
        await this.#context.take(frames)
        return
      } catch {
        // Refused again between the question and the act: go on waiting.
      }
    }
  }
}
