import { checkHost } from '#core/destination.ts'
import { connectTcp } from './connect.ts'
import { guarded, resolveDestination } from './destination.ts'
import { upUnlessSlow, type ProbeRun } from './probe.ts'

/** Connects and hangs up. */
export const tcp: ProbeRun<'tcp'> = async (target, context) => {
  const host = guarded(() => checkHost(target.host, target.port, context.rule), false)
  const destination = await resolveDestination(host, target.port, context)
  const socket = await connectTcp(destination, context.signal)
  const latencyMs = context.elapsed()
  const address = socket.remoteAddress ?? host
  socket.destroy()
  return upUnlessSlow(latencyMs, target.slowMs, `${address} ${target.port}`, null)
}
