import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { createIntake, type Intake } from '#collector/intake.ts'
import { openSpoolWriter } from '#collector/spool/writer.ts'
import type { SpoolWriter } from '#collector/spool/spool.ts'
import { systemClock } from '#core/clock.ts'
import type { Config } from '#core/config.ts'
import { messageOf } from '#core/errors.ts'
import { frameFlag } from '#core/frame.ts'
import type { FromIntake, ToIntake } from './messages.ts'

const STATUS_EVERY_MS = 500
const MIB = 1024 * 1024

const port = parentPort!
const config = (workerData as { config: Config }).config
const send = (message: FromIntake) => port.postMessage(message)

let spool: SpoolWriter
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
  spool.onDurable((end) => send({ kind: 'durable', end }))
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
    damage: spool.damage()
  })
}

async function replay(order: Extract<ToIntake, { kind: 'replay' }>) {
  try {
    await spool.append(
      order.frames.map(({ letterId, raw, flags, ...frame }) => ({
        kind: 'frame' as const,
        frame: { ...frame, flags: flags | frameFlag.replay, id: letterId, raw: Buffer.from(raw) }
      }))
    )
    send({ kind: 'replayed', id: order.id })
  } catch (error) {
    send({ kind: 'replayed', id: order.id, error: messageOf(error) })
  }
}

async function open(order: Extract<ToIntake, { kind: 'open' }>) {
  try {
    send({ kind: 'opened', id: order.id, listeners: await intake!.open(order.listeners) })
  } catch (error) {
    send({ kind: 'opened', id: order.id, listeners: [], error: messageOf(error) })
  }
}

port.on('message', (message: ToIntake) => {
  switch (message.kind) {
    case 'snapshot':
      if (intake) intake.setSnapshot(message.snapshot)
      else begin(message.snapshot).catch((error: unknown) => send({ kind: 'failed', message: messageOf(error) }))
      return
    case 'open':
      void open(message)
      return
    case 'close':
      void intake!.close(message.listeners).then(() => send({ kind: 'closed', id: message.id }))
      return
    case 'passed':
      spool.dropBefore(message.offset).catch((error: unknown) => send({ kind: 'failed', message: messageOf(error) }))
      return
    case 'replay':
      void replay(message)
      return
    case 'beats':
      beats.get(message.id)?.(message.error)
      beats.delete(message.id)
      return
    case 'stop':
      clearInterval(timer)
      void (async () => {
        await intake?.stop()
        await spool?.close()
        send({ kind: 'stopped' })
        port.close()
      })()
  }
})
