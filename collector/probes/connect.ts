import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectSecure, type PeerCertificate, type TLSSocket } from 'node:tls'
import { messageOf } from '#core/errors.ts'
import { pinned, type Destination } from './destination.ts'
import { ProbeFault } from './fault.ts'
import { type AttemptContext } from './probe.ts'

/** Codes that say that we lack something, not the other side. */
const oursAlone = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'ENETUNREACH', 'ENETDOWN'])

/** Opens a TCP connection to one of the checked addresses. Rejects with {@link ProbeFault} (`tcp.*`, `network.unreachable`). */
export function connectTcp(destination: Destination, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { port, host, addresses } = destination
    const socket = connectPlain({
      host: addresses.length === 1 ? addresses[0]! : host,
      port,
      lookup: pinned(destination)
    })
    const end = () => socket.destroy()
    signal.addEventListener('abort', end, { once: true })
    socket.once('close', () => signal.removeEventListener('abort', end))
    // Stays for the socket's life: an error after the connection is seen by whoever reads, or by nobody.
    socket.on('error', (error) => reject(tcpFault(error, destination)))
    socket.once('close', () => reject(new ProbeFault('tcp.closed', where(destination))))
    socket.once('connect', () => resolve(socket))
    if (signal.aborted) end()
  })
}

const where = ({ host, port }: Destination) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

/** A system error in our words; of several attempts (one an address) the most telling one. */
function tcpFault(error: Error, destination: Destination): ProbeFault {
  const errors = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error]
  const codes = errors.map((one) => (one as NodeJS.ErrnoException).code ?? '')
  const code = codes.find((one) => !oursAlone.has(one)) ?? codes[0] ?? ''
  const at = where(destination)
  if (code === 'ENETUNREACH' || code === 'ENETDOWN') return new ProbeFault('network.unreachable', at, { whose: 'ours' })
  if (oursAlone.has(code)) return new ProbeFault('probe.resources', code, { whose: 'ours' })
  const known = tcpCodes.get(code)
  return new ProbeFault(known ?? 'tcp.failed', known ? at : `${at} ${code.slice(0, 30)}`, { cause: error })
}

const tcpCodes = new Map([
  ['ECONNREFUSED', 'tcp.refused'],
  ['ECONNRESET', 'tcp.reset'],
  ['EPIPE', 'tcp.reset'],
  ['ETIMEDOUT', 'timeout'],
  ['EHOSTUNREACH', 'tcp.unreachable']
])

/**
 * TLS over a connection. Nothing is sent before the certificate was judged; a bad one rejects with {@link ProbeFault}
 * (`tls.expired`, `tls.name`, `tls.self_signed`, `tls.untrusted`, `tls.handshake` …) that still knows its end.
 */
export function secure(
  socket: Socket,
  destination: Destination,
  serverName: string,
  context: AttemptContext,
  /** What is spoken over it; nothing names nothing. */
  protocols: string[] = []
): Promise<{ socket: TLSSocket; until: number | null; from: number | null }> {
  return new Promise((resolve, reject) => {
    const named = isIP(serverName) === 0
    const tls = connectSecure({
      socket,
      // What the certificate must name; addresses are no server names (RFC 6066).
      host: serverName,
      ...(named && { servername: serverName }),
      secureContext: context.trust.context,
      ...(protocols.length > 0 && { ALPNProtocols: protocols }),
      // Judged below: a certificate that fails is still read, so that people see when it ended.
      rejectUnauthorized: false,
      checkServerIdentity: namesHost
    })
    tls.on('error', (error) => reject(handshakeFault(error, destination)))
    tls.once('close', () => reject(new ProbeFault('tls.handshake', where(destination))))
    tls.once('secureConnect', () => {
      try {
        const { until, from } = context.trust.validity(tls.getPeerX509Certificate(), tls.authorized, context.now())
        if (tls.authorized) return resolve({ socket: tls, until, from })
        const { authorizationError: problem } = tls
        const reason = (problem as NodeJS.ErrnoException | null)?.code ?? String(problem)
        reject(certificateFault(reason, serverName, until))
      } catch (error) {
        reject(new ProbeFault('tls.untrusted', messageOf(error).slice(0, 60), { cause: error }))
      }
      tls.destroy()
    })
  })
}

const certificateCodes = new Map([
  ['CERT_HAS_EXPIRED', 'tls.expired'],
  ['CERT_NOT_YET_VALID', 'tls.not_yet_valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls.name'],
  ['ERR_TLS_CERT_ALTNAME_FORMAT', 'tls.name'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls.self_signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls.self_signed']
])

/** Node's own check throws at names that are written wrongly: in an event, where nobody could catch it. */
function namesHost(host: string, certificate: PeerCertificate): Error | undefined {
  try {
    return checkServerIdentity(host, certificate)
  } catch (error) {
    return error as Error
  }
}

function certificateFault(reason: string, serverName: string, until: number | null): ProbeFault {
  const code = certificateCodes.get(reason) ?? 'tls.untrusted'
  const ended = until === null ? '' : ` ${new Date(until).toISOString().slice(0, 10)}`
  const detail = code === 'tls.name' ? serverName : code === 'tls.expired' ? ended.trim() : reason.slice(0, 60)
  return new ProbeFault(code, detail, { certificateUntil: until })
}

/** What servers that are too old for us, and for browsers, answer or are answered. */
const oldVersion = new Set([
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_WRONG_SSL_VERSION'
])

function handshakeFault(error: NodeJS.ErrnoException, destination: Destination): ProbeFault {
  const { code = '' } = error
  if (oldVersion.has(code)) return new ProbeFault('tls.version', where(destination), { cause: error })
  // We ask by HTTP/1.1 alone, browsers do not: that is nothing to blame the site for.
  if (code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL')
    return new ProbeFault('http.version', 'HTTP/2', { whose: 'ours', cause: error })
  return new ProbeFault('tls.handshake', `${where(destination)} ${(error.code ?? '').slice(0, 60)}`.trim(), {
    cause: error
  })
}
