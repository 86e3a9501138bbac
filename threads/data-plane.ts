import { MessageChannel, Worker } from 'node:worker_threads'
import type { ControlSide, DataPlane, DataPlaneState } from '#core/data-plane.ts'
import type { Config } from '#core/config.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { ProbeResult } from '#core/health.ts'
import { ledgerOf, type FatesAt } from './ledger.ts'
import type { FromIntake, FromPipeline, FromStore, ToIntake, ToPipeline, ToStore } from './messages.ts'

/** Store statuses remembered to find one older than an intake status; both come twice a second. */
const STATUS_MEMORY = 8
/** A thread that has not ended by then is ended: what it had not finished is done again from the spool at the next start. */
const STOP_DEADLINE_MS = 20_000

/** Starts intake, pipeline and store threads and joins them to the control side. Resolves when the rules are loaded and frames can be taken. */
export async function startDataPlane(config: Config, control: ControlSide): Promise<DataPlane> {
  const spawn = (name: string, data: unknown, ports: import('node:worker_threads').MessagePort[] = []) =>
    new Worker(new URL(`./${name}.ts`, import.meta.url), { name, workerData: data, transferList: ports })
  const channel = new MessageChannel()
  const intake = spawn('intake', { config })
  const pipeline = spawn('pipeline', { storePort: channel.port1 }, [channel.port1])
  const store = spawn('store', { pipelinePort: channel.port2 }, [channel.port2])
  const toIntake = (message: ToIntake) => intake.postMessage(message)
  const toPipeline = (message: ToPipeline) => pipeline.postMessage(message)
  const toStore = (message: ToStore) => store.postMessage(message)

  const state: DataPlaneState = {
    ledger: undefined,
    listeners: [],
    spool: { bytes: 0, end: 0, refusal: null, damage: 0 },
    detector: { position: -1, eventsPerSecond: 0 },
    store: { position: -1, away: null },
    rules: [],
    rulesLoadedAt: 0,
    rulesLoadMs: 0
  }
  const asked = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  let nextId = 1
  const ask = <T>(send: (id: number) => void): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = nextId++
      asked.set(id, { resolve: resolve as (value: never) => void, reject })
      send(id)
    })
  const answer = (id: number, value: unknown, error?: string) => {
    const question = asked.get(id)
    asked.delete(id)
    if (error !== undefined) question?.reject(new SocError('data_plane.refused', error))
    else question?.resolve(value as never)
  }

  let spoolId = ''
  let stopping = false
  let fatesSeen: FatesAt[] = []
  let durable = { store: -1, checkpoint: -1 }
  let passed = 0
  const stopped = new Map<string, () => void>()
  /** Threads that have ended, in order or not: nobody waits for them again. */
  const exited = new Set<string>()
  let rulesReady: () => void
  const ready = new Promise<void>((resolve) => (rulesReady = resolve))
  let intakeReady: () => void
  const listening = new Promise<void>((resolve) => (intakeReady = resolve))
  const failures: { reject?: (error: Error) => void } = {}
  const failing = new Promise<never>((_resolve, reject) => (failures.reject = reject))
  failing.catch(() => undefined)
  const fail = (thread: string, message: string) => {
    if (stopping) return
    failures.reject?.(new SocError('data_plane.failed', `${thread}: ${message}`))
    control.failed(thread, message)
  }
  const threads = [
    ['intake', intake],
    ['pipeline', pipeline],
    ['store', store]
  ] as const
  for (const [name, worker] of threads) {
    worker.on('error', (error) => fail(name, error instanceof Error ? (error.stack ?? error.message) : String(error)))
    worker.on('exit', (code) => {
      exited.add(name)
      stopped.get(name)?.()
      if (!stopping) fail(name, `thread ended with code ${code}`)
    })
  }

  /** Hands heartbeats up; the reason when they were not taken. */
  function beatsError(results: ProbeResult[]): { error?: string } {
    try {
      if (control.heartbeats === undefined) return { error: 'nobody takes heartbeats' }
      control.heartbeats(results)
      return {}
    } catch (error) {
      control.warned('intake', `heartbeats were not taken: ${messageOf(error)}`)
      return { error: messageOf(error) }
    }
  }

  /** The spool may drop what both the store and the correlation checkpoint have passed for good. */
  function release() {
    const offset = Math.min(durable.store, durable.checkpoint) + 1
    if (offset > passed) {
      passed = offset
      toIntake({ kind: 'passed', offset })
    }
  }

  intake.on('message', (message: FromIntake) => {
    switch (message.kind) {
      case 'ready': {
        spoolId = message.spoolId
        state.spool.end = message.end
        const committed = control.position(spoolId)
        const snapshot = control.snapshot()
        toPipeline({
          kind: 'begin',
          config,
          spoolId,
          position: committed.offset,
          ...(committed.checkpoint ? { checkpoint: committed.checkpoint } : {}),
          snapshot,
          end: message.end
        })
        durable.checkpoint = committed.checkpoint?.offset ?? -1
        toStore({ kind: 'begin', config, spoolId, snapshot, end: message.end })
        intakeReady()
        return
      }
      case 'durable':
        state.spool.end = message.end
        toPipeline({ kind: 'durable', end: message.end })
        toStore({ kind: 'durable', end: message.end })
        return
      case 'status': {
        state.listeners = message.listeners
        state.spool = {
          bytes: message.bytes,
          end: message.end,
          refusal: message.refusal ?? null,
          damage: message.damage.length
        }
        const older = fatesSeen.findLast((seen) => seen.at <= message.at)
        if (older) state.ledger = ledgerOf({ at: message.at, end: message.end, received: message.received }, older)
        control.changed(state)
        return
      }
      case 'opened':
        return answer(message.id, message.listeners, message.error)
      case 'closed':
        return answer(message.id, undefined)
      case 'replayed':
        return answer(message.id, undefined, message.error)
      case 'notice':
        return control.notice(message.notice)
      case 'heartbeats':
        return toIntake({ kind: 'beats', id: message.id, ...beatsError(message.results) })
      case 'failed':
        return fail('intake', message.message)
      case 'stopped':
        return
    }
  })
  pipeline.on('message', (message: FromPipeline) => {
    switch (message.kind) {
      case 'matches':
        control.commit(message.batch, spoolId)
        if (message.batch.checkpoint) {
          durable = { ...durable, checkpoint: message.batch.to }
          release()
        }
        toPipeline({ kind: 'committed', to: message.batch.to })
        return
      case 'rules':
        Object.assign(state, { rules: message.rules, rulesLoadedAt: message.loadedAt, rulesLoadMs: message.loadMs })
        rulesReady()
        control.changed(state)
        return
      case 'status':
        state.detector = { position: message.position, eventsPerSecond: message.eventsPerSecond }
        return
      case 'warning':
        return control.warned('pipeline', message.message)
      case 'failed':
        return fail('pipeline', message.message)
      case 'stopped':
        return
    }
  })
  store.on('message', (message: FromStore) => {
    switch (message.kind) {
      case 'ready':
        state.store.position = message.position
        return
      case 'status':
        fatesSeen = [...fatesSeen, message].slice(-STATUS_MEMORY)
        state.store = { position: message.position, away: message.away ?? null }
        if (message.durable > durable.store) {
          durable = { ...durable, store: message.durable }
          release()
        }
        return
      case 'expired':
        return answer(message.id, message.removed, message.error)
      case 'failed':
        return fail('store', message.message)
      case 'stopped':
        return
    }
  })

  /** Intake first, so that what it took is durable; then the detector reports its position; the store ends last. */
  async function stop() {
    stopping = true
    for (const [name, worker] of threads) {
      if (exited.has(name)) continue
      const ended = new Promise<void>((resolve) => stopped.set(name, resolve))
      const deadline = setTimeout(() => void worker.terminate(), STOP_DEADLINE_MS)
      worker.postMessage({ kind: 'stop' })
      await ended
      clearTimeout(deadline)
    }
  }

  toIntake({ kind: 'snapshot', snapshot: control.snapshot() })
  try {
    await Promise.race([Promise.all([ready, listening]), failing])
  } catch (error) {
    await stop()
    throw error
  }

  return {
    state,
    open: (listeners) => ask((id) => toIntake({ kind: 'open', id, listeners })),
    close: (listeners) => ask((id) => toIntake({ kind: 'close', id, listeners })),
    setSnapshot(snapshot) {
      toIntake({ kind: 'snapshot', snapshot })
      toPipeline({ kind: 'snapshot', snapshot })
      toStore({ kind: 'snapshot', snapshot })
    },
    replay: (frames) => ask((id) => toIntake({ kind: 'replay', id, frames })),
    expire: (what) => ask((id) => toStore({ kind: 'expire', id, what })),
    reloadRules: () => toPipeline({ kind: 'reload' }),
    stop
  }
}
