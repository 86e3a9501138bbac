import { join } from 'node:path'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { createIntake, type Intake } from '#collector/intake.ts'
import { openSpoolWriter } from '#collector/spool/writer.ts'
import type { SpoolWriter } from '#collector/spool/spool.ts'
import { systemClock } from '#core/clock.ts'
import { messageOf, SocError } from '#core/errors.ts'
import { frameFlag } from '#core/frame.ts'
import { answer } from '#core/worker.ts'
import type { Durable, FromIntake, IntakeData, ToIntake } from './messages.ts'

const STATUS_EVERY_MS = 500
const MIB = 1024 * 1024

const port = parentPort!
const { config } = workerData as IntakeData
const send = (message: FromIntake) => port.postMessage(message)

/** Who reads the spool, by name; each hears what is durable. */
const readers = new Map<string, MessagePort>()
let spool: SpoolWriter
let opened = false
let intake: Intake | undefined
let timer: NodeJS.Timeout
let nextBeats = 1
const beats = new Map<number, (error?: string) => void>()

async function begin(snapshot: Extract<ToIntake, { kind: 'snapshot' }>['snapshot']) {
  spool = await openSpoolWriter(join(config.SOC_DATA, 'spool'), {
    maxBytes: config.SOC_SPOOL_MAX_MB * MIB,
    reserveBytes: config.SOC_DISK_RESERVE_MB * MIB,
    clock: systemClock
  })
  spool.onDurable((end) => {
    for (const reader of readers.values()) reader.postMessage({ kind: 'durable', end } satisfies Durable)
  })
  intake = createIntake({
    spool,
    snapshot,
    clock: systemClock,
    tls: config.SOC_TLS_CERT === '' ? undefined : { certFile: config.SOC_TLS_CERT, keyFile: config.SOC_TLS_KEY },
    onNotice: (notice) => send({ kind: 'notice', notice }),
    onHeartbeats: (results) =>
      new Promise<void>((resolve, reject) => {
        const id = nextBeats++
        // No more than the intake lets wait at a time.
        beats.set(id, (error) => (error === undefined ? resolve() : reject(new Error(error))))
        send({ kind: 'heartbeats', id, results })
      })
  })
  opened = true
  send({ kind: 'ready', spoolId: spool.id, end: spool.durableEnd() })
  timer = setInterval(status, STATUS_EVERY_MS)
  status()
}

function status() {
  const refusal = spool.refusal()
  send({
    kind: 'status',
    at: Date.now(),
    end: spool.durableEnd(),
    bytes: spool.bytes(),
    ...(refusal === undefined ? {} : { refusal }),
    received: spool.received(),
    listeners: intake?.status() ?? [],
    damage: spool.damage(),
    tokensUsed: intake?.tokensUsed() ?? []
  })
}

/** Answers main; whatever the reason, it is the data plane that did not do it. */
function answerMain(id: number, work: () => Promise<unknown>) {
  const refused = (error: unknown) => Promise.reject(new SocError('data_plane.refused', messageOf(error)))
  return answer(port, id, () => work().catch(refused), { code: 'data_plane.refused' })
}

async function replay({ frames }: Extract<ToIntake, { kind: 'replay' }>) {
  await spool.append(
    frames.map(({ letterId, raw, flags, ...frame }) => ({
      kind: 'frame' as const,
      frame: { ...frame, flags: flags | frameFlag.replay, id: letterId, raw: Buffer.from(raw) }
    }))
  )
}

async function stop() {
  clearInterval(timer)
  await intake?.stop()
  await spool?.close()
  for (const reader of readers.values()) reader.close()
  port.close()
}

/** A reader was started, perhaps anew: it hears at once how far the spool is. */
function meet({ name, port: reader }: Extract<ToIntake, { kind: 'neighbour' }>) {
  readers.get(name)?.close()
  readers.set(name, reader)
  if (opened) reader.postMessage({ kind: 'durable', end: spool.durableEnd() } satisfies Durable)
}

port.on('message', (message: ToIntake) => {
  switch (message.kind) {
    case 'neighbour':
      return meet(message)
    case 'snapshot':
      if (intake) intake.setSnapshot(message.snapshot)
      else begin(message.snapshot).catch((error: unknown) => send({ kind: 'failed', message: messageOf(error) }))
      return
    case 'open':
      return void answerMain(message.id, () => intake!.open(message.listeners))
    case 'close':
      return void answerMain(message.id, () => intake!.close(message.listeners))
    case 'passed':
      // What could not be removed now is removed with the next word of what is no longer needed.
      spool
        .dropBefore(message.offset)
        .catch((error: unknown) => send({ kind: 'warning', message: `old segments stay: ${messageOf(error)}` }))
      return
    case 'replay':
      return void answerMain(message.id, () => replay(message))
    case 'beats':
      beats.get(message.id)?.(message.error)
      beats.delete(message.id)
      return
    case 'stop':
      void stop()
  }
})
