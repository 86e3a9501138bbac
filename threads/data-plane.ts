import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Config } from '#core/config.ts'
import type { ControlSide, DataPlane, DataPlaneState, ListenerOrder, ReplayFrame } from '#core/data-plane.ts'
import { messageOf, SocError } from '#core/errors.ts'
import type { ProbeResult } from '#core/health.ts'
import type { DataPlaneSnapshot } from '#core/sender.ts'
import { startWorker, type RunningWorker } from '#core/worker.ts'
import type {
  EventRange,
  FromIntake,
  FromPipeline,
  FromStore,
  IntakeData,
  PipelineData,
  StoreData,
  ToIntake,
  ToPipeline,
  ToStore
} from './messages.ts'
import { PlaneState } from './plane-state.ts'
import { SpoolRelease } from './spool-release.ts'

/** A thread that has not ended by then is ended: what it had not finished is done again from the spool at the next start. */
const STOP_MS = 20_000

/**
 * Starts intake, pipeline and store threads and joins them to the control side. Resolves when the rules are loaded and
 * frames can be taken; rejects with `data_plane.failed`, with no thread left.
 */
export async function startDataPlane(config: Config, control: ControlSide): Promise<DataPlane> {
  const threads = new Threads(config, control)
  try {
    await threads.ready()
  } catch (error) {
    await threads.stop()
    throw error
  }
  return threads
}

/**
 * The three threads and what this one does for them: it commits matches, and hears counters. Frames, events and the news
 * of what is durable go between them directly, so that a busy control plane delays nothing before its own commits.
 */
class Threads implements DataPlane {
  readonly #config: Config
  readonly #control: ControlSide
  readonly #plane = new PlaneState()
  readonly #release = new SpoolRelease((offset) => this.#intake.post({ kind: 'passed', offset }))
  readonly #intake: RunningWorker<ToIntake>
  readonly #pipeline: RunningWorker<ToPipeline>
  readonly #store: RunningWorker<ToStore>
  readonly #listening = Promise.withResolvers<void>()
  readonly #rulesLoaded = Promise.withResolvers<void>()
  readonly #failed = Promise.withResolvers<never>()
  #spoolId = ''
  #stopping = false

  constructor(config: Config, control: ControlSide) {
    this.#config = config
    this.#control = control
    // Also heard when nobody waits for the start any more.
    this.#failed.promise.catch(() => undefined)
    const toPipeline = new MessageChannel()
    const toStore = new MessageChannel()
    const batches = new MessageChannel()
    const intake: IntakeData = { config, durablePorts: [toPipeline.port1, toStore.port1] }
    const pipeline: PipelineData = { intakePort: toPipeline.port2, storePort: batches.port1 }
    const store: StoreData = { intakePort: toStore.port2, pipelinePort: batches.port2 }
    this.#intake = this.#start('intake', intake, intake.durablePorts, (message: FromIntake) =>
      this.#hearIntake(message)
    )
    this.#pipeline = this.#start('pipeline', pipeline, Object.values(pipeline), (message: FromPipeline) =>
      this.#hearPipeline(message)
    )
    this.#store = this.#start('store', store, Object.values(store), (message: FromStore) => this.#hearStore(message))
    this.#intake.post({ kind: 'snapshot', snapshot: control.snapshot() })
  }

  get state(): DataPlaneState {
    return this.#plane.state
  }

  /** Resolves when listeners can be opened and rules are loaded; rejects when a thread fails before. */
  async ready(): Promise<void> {
    await Promise.race([Promise.all([this.#listening.promise, this.#rulesLoaded.promise]), this.#failed.promise])
  }

  open = (listeners: ListenerOrder[]) =>
    this.#intake.ask<Awaited<ReturnType<DataPlane['open']>>>((id) => ({ kind: 'open', id, listeners }))
  close = (listeners: string[]) => this.#intake.ask<void>((id) => ({ kind: 'close', id, listeners }))
  replay = (frames: ReplayFrame[]) => this.#intake.ask<void>((id) => ({ kind: 'replay', id, frames }))
  expire = (range: EventRange) => this.#store.ask<string[]>((id) => ({ kind: 'expire', id, range }))
  reloadRules = () => this.#pipeline.post({ kind: 'reload' })

  setSnapshot(snapshot: DataPlaneSnapshot): void {
    for (const thread of [this.#intake, this.#pipeline, this.#store]) thread.post({ kind: 'snapshot', snapshot })
  }

  /** Intake first, so that what it took is durable; then the detector reports its position; the store ends last. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const thread of [this.#intake, this.#pipeline, this.#store]) await thread.stop()
  }

  #start<To, From>(name: string, data: unknown, ports: MessagePort[], onMessage: (message: From) => void) {
    return startWorker<To, From>(new URL(`./${name}.ts`, import.meta.url), {
      name,
      data,
      ports,
      onMessage,
      onFailed: (reason) => this.#fail(name, reason),
      ended: (cause) => new SocError('data_plane.failed', `the ${name} thread has ended`, { status: 503, cause }),
      stopMs: STOP_MS
    })
  }

  #fail(thread: string, message: string) {
    if (this.#stopping) return
    this.#failed.reject(new SocError('data_plane.failed', `${thread}: ${message}`))
    this.#control.failed(thread, message)
  }

  #hearIntake(message: FromIntake) {
    switch (message.kind) {
      case 'ready':
        return this.#begin(message.spoolId, message.end)
      case 'status':
        this.#plane.intake(message)
        return this.#control.changed(this.state)
      case 'notice':
        return this.#control.notice(message.notice)
      case 'heartbeats':
        return this.#intake.post({ kind: 'beats', id: message.id, ...this.#commitHeartbeats(message.results) })
      case 'failed':
        return this.#fail('intake', message.message)
    }
  }

  /** The spool is open: the pipeline goes on after what the control plane has committed of it, the store after its own position. */
  #begin(spoolId: string, end: number) {
    const config = this.#config
    this.#spoolId = spoolId
    this.#plane.intakeReady(end)
    const { offset: position, checkpoint } = this.#control.position(spoolId)
    const snapshot = this.#control.snapshot()
    this.#pipeline.post({ kind: 'begin', config, spoolId, position, ...(checkpoint && { checkpoint }), snapshot, end })
    this.#release.checkpointed(checkpoint?.offset ?? -1)
    this.#store.post({ kind: 'begin', config, spoolId, snapshot, end })
    this.#listening.resolve()
  }

  /** Hands heartbeats up; the reason when they were not taken. */
  #commitHeartbeats(results: ProbeResult[]): { error?: string } {
    try {
      if (this.#control.heartbeats === undefined) return { error: 'nobody takes heartbeats' }
      this.#control.heartbeats(results)
      return {}
    } catch (error) {
      this.#control.warned('intake', `heartbeats were not taken: ${messageOf(error)}`)
      return { error: messageOf(error) }
    }
  }

  #hearPipeline(message: FromPipeline) {
    switch (message.kind) {
      case 'matches': {
        const { batch } = message
        this.#control.commit(batch, this.#spoolId)
        if (batch.checkpoint) this.#release.checkpointed(batch.to)
        return this.#pipeline.post({ kind: 'committed', to: batch.to })
      }
      case 'rules':
        this.#plane.rules(message)
        this.#rulesLoaded.resolve()
        return this.#control.changed(this.state)
      case 'status':
        return this.#plane.pipeline(message)
      case 'warning':
        return this.#control.warned('pipeline', message.message)
      case 'failed':
        return this.#fail('pipeline', message.message)
    }
  }

  #hearStore(message: FromStore) {
    switch (message.kind) {
      case 'ready':
        return this.#plane.storeReady(message.position)
      case 'status':
        this.#plane.store(message)
        return this.#release.stored(message.durable)
      case 'failed':
        return this.#fail('store', message.message)
    }
  }
}
