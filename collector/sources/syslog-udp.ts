import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import type { Frame } from '#core/frame.ts'
import { callerOf, plainAddress } from '#core/network.ts'
import { frameAt, peerName, type ListenerContext, type Listener, type Source } from './source.ts'
import { type ListenerOrder } from '#core/data-plane.ts'
import { datagram } from './syslog-framing.ts'

/** Asked of the kernel for bursts: Linux gives what net.core.rmem_max allows, others refuse what they do not allow. */
const RECEIVE_BUFFER_BYTES = [32, 8, 4, 1].map((mebibytes) => mebibytes * 1024 * 1024)
/** Received and not yet durable. Beyond it datagrams are dropped and counted: this protocol cannot hold anybody back. */
const MAX_IN_FLIGHT = 64 * 1024 * 1024

/** Syslog over UDP. Nothing is promised to the sender; what is lost here or in the kernel is counted and shown. */
export const syslogUdp = {
  protocol: 'syslog-udp',
  setting: 'SOC_SYSLOG_UDP_PORT',
  port: 5_514,
  about: 'port of syslog over UDP',
  transport: 'udp',
  acknowledges: false,
  open: openSyslogUdp
} as const satisfies Source

async function openSyslogUdp(order: ListenerOrder, context: ListenerContext): Promise<Listener> {
  const type = isIPv6(order.host) ? 'udp6' : 'udp4'
  const socket = createSocket({ type })
  let gathered: Frame[] = []
  let inFlight = 0
  /** The same by sender address; no more addresses than datagrams in flight. */
  const inFlightOf = new Map<string, number>()
  const taking = new Set<Promise<void>>()

  const handOver = () => {
    const frames = gathered
    gathered = []
    const bytes = frames.reduce((sum, frame) => sum + frame.raw.length, 0)
    const callers = bytesByCaller(frames)
    inFlight += bytes
    for (const [caller, more] of callers) inFlightOf.set(caller, (inFlightOf.get(caller) ?? 0) + more)
    const taken = context
      .take(frames)
      .catch(() => dropAll(frames, 'the spool was full'))
      .finally(() => {
        inFlight -= bytes
        for (const [caller, less] of callers) {
          const left = (inFlightOf.get(caller) ?? 0) - less
          if (left > 0) inFlightOf.set(caller, left)
          else inFlightOf.delete(caller)
        }
      })
    taking.add(taken)
    void taken.then(() => taking.delete(taken))
  }
  const dropAll = (frames: Frame[], reason: string) => {
    for (const { sender, unit } of frames) context.drop({ sender, unit }, 1, reason)
    context.refused('dropped', frames.length)
  }

  socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
    const { raw, flags } = datagram(bytes)
    if (raw.length === 0) {
      context.refused('empty')
      return
    }
    const address = plainAddress(from.address)
    const frame = frameAt(context, context.identify(address), peerName(address, from.port), raw, { flags })
    // In a crowd a caller that holds an eighth of the memory waits for nothing more; the rest is for the others.
    const crowds = inFlight > MAX_IN_FLIGHT / 2 && (inFlightOf.get(callerOf(address)) ?? 0) > MAX_IN_FLIGHT / 8
    if (crowds || inFlight > MAX_IN_FLIGHT) {
      dropAll([frame], 'the disk did not keep up')
      return
    }
    // Everything that one turn of the loop reads is appended together.
    if (gathered.push(frame) === 1) setImmediate(handOver)
  })
  socket.on('error', () => context.refused('socket'))
  const bound = once(socket, 'listening')
  socket.bind({ address: order.host, port: order.port, exclusive: true })
  await bound
  RECEIVE_BUFFER_BYTES.some((bytes) => receiveBuffer(socket, bytes))
  const { address, port } = socket.address()
  return {
    address,
    port,
    refusals: () => kernelDrops(port),
    async close() {
      await new Promise<void>((resolve) => socket.close(() => resolve()))
      await new Promise(setImmediate)
      await Promise.all(taking)
    }
  }
}

function bytesByCaller(frames: readonly Frame[]): Map<string, number> {
  const bytes = new Map<string, number>()
  for (const { peer, raw } of frames) {
    const caller = callerOf(peer.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''))
    bytes.set(caller, (bytes.get(caller) ?? 0) + raw.length)
  }
  return bytes
}

function receiveBuffer(socket: Socket, bytes: number): boolean {
  try {
    socket.setRecvBufferSize(bytes)
    return true
  } catch {
    return false
  }
}

/** Datagrams that the kernel threw away because we did not read fast enough; Linux only, elsewhere nobody counts them. */
function kernelDrops(port: number): Record<string, number> {
  if (process.platform !== 'linux') return {}
  let drops = 0
  for (const table of ['/proc/net/udp', '/proc/net/udp6']) {
    try {
      drops += countDrops(readFileSync(table, 'utf8'), port)
    } catch {
      // IPv6 may be switched off, or /proc not readable in a container: then there is nothing to show.
    }
  }
  return drops === 0 ? {} : { kernel_drops: drops }
}

/** Sum of the last column over the sockets of this port; addresses are `hex:PORT`. */
export function countDrops(table: string, port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  let drops = 0
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/)
    if (columns[1]?.endsWith(`:${hex}`)) drops += Number(columns.at(-1)) || 0
  }
  return drops
}
