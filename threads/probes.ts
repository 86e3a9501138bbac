import { parentPort, workerData } from 'node:worker_threads'
import { createProbeEngine, type ProbeEngine } from '#collector/probes/engine.ts'
import { endsAttempt } from '#collector/probes/fence.ts'
import { systemNames } from '#collector/probes/names.ts'
import { Outbox } from '#collector/probes/outbox.ts'
import { trustedBy } from '#collector/probes/trust.ts'
import type { Config } from '#core/config.ts'
import { destinationRule } from '#core/destination.ts'
import { messageOf } from '#core/errors.ts'
import { origins, type Origin } from '#core/origin.ts'
import { answer } from '#core/worker.ts'
import type { ProbesSnapshot } from '#core/probes-plane.ts'
import type { FromProbes, ToProbes } from './probe-messages.ts'

const STATUS_EVERY_MS = 1_000
/** When stopping, the control plane has this long to take the last results. */
const STOP_MS = 2_000

const port = parentPort!
const config = (workerData as { config: Config }).config
const send = (message: FromProbes) => port.postMessage(message)

const outbox = new Outbox((batch) => send({ kind: 'results', ...batch }))
let engine: ProbeEngine
let timer: NodeJS.Timeout

function rulesOf(allow: ProbesSnapshot['allow']) {
  const rules = new Map(
    origins.map((origin) => [origin, destinationRule(config.SOC_PROBE_NETWORKS, allow[origin] ?? [])])
  )
  return (origin: Origin) => rules.get(origin)!
}

/** Contexts of origins with authorities of their own; made anew with a snapshot that names other ones. */
function trustsOf(authorities: NonNullable<ProbesSnapshot['authorities']>) {
  const trusts = new Map(
    Object.entries(authorities).map(([origin, pem]) => [origin, trustedBy(config.SOC_PROBE_CA, [pem])])
  )
  return (origin: Origin) => trusts.get(origin)
}

function status() {
  const { user, system } = process.threadCpuUsage()
  const cpuMs = (user + system) / 1_000
  send({ kind: 'status', status: { ...engine.counts(), kept: outbox.kept, dropped: outbox.dropped, cpuMs } })
}

async function stop() {
  clearInterval(timer)
  engine.stop()
  await outbox.close(STOP_MS)
  status()
  port.close()
}

// What a watched site makes one of our handlers throw ends the attempt that asked it, not the thread. Anything else is a
// fault of ours: the thread ends by it and is started anew (probes-plane.ts).
process.on('uncaughtException', (error: unknown) => {
  if (!endsAttempt(error)) throw error
  send({ kind: 'warning', message: `a probe failed in an event: ${messageOf(error)}` })
})

port.on('message', (message: ToProbes) => {
  switch (message.kind) {
    case 'snapshot':
      return engine.set(message.probes, rulesOf(message.allow), trustsOf(message.authorities ?? {}))
    case 'try':
      return void answer(port, message.id, () => engine.try(message.probe), { code: 'probe.failed' })
    case 'recheck':
      return engine.recheck(message.ids)
    case 'taken':
      return outbox.taken(message.batch)
    case 'refused':
      return outbox.refused(message.batch)
    case 'stop':
      void stop()
  }
})

try {
  engine = createProbeEngine({
    names: systemNames(),
    trust: trustedBy(config.SOC_PROBE_CA),
    onResult: (result) => outbox.add(result),
    onWarning: (message) => send({ kind: 'warning', message })
  })
  engine.set([], rulesOf({}))
  timer = setInterval(status, STATUS_EVERY_MS)
  send({ kind: 'ready' })
} catch (error) {
  send({ kind: 'failed', message: messageOf(error) })
  port.close()
}
