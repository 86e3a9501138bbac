import { checkHost, plainHost } from '#core/destination.ts'
import { connectTcp, secure } from './connect.ts'
import { guarded, resolveDestination } from './destination.ts'
import { certificateSoon, dayOf, type ProbeRun } from './probe.ts'

/** Makes a TLS connection and judges the certificate: its chain, its name, its end. */
export const tls: ProbeRun<'tls'> = async (target, context) => {
  const host = guarded(() => checkHost(target.host, target.port, context.rule), false)
  const name = guarded(() => (target.serverName === '' ? host : plainHost(target.serverName)), false)
  const destination = await resolveDestination(host, target.port, context)
  const plain = await connectTcp(destination, context.signal)
  try {
    const { socket, until } = await secure(plain, destination, name, context)
    const latencyMs = context.elapsed()
    const detail = `${socket.getProtocol() ?? 'TLS'}${until === null ? '' : ` · ${dayOf(until)}`}`
    socket.destroy()
    const attempt = { outcome: 'up' as const, code: '', detail, latencyMs, certificateUntil: until }
    return certificateSoon(attempt, target.certificateDays, context.now())
  } finally {
    plain.destroy()
  }
}
